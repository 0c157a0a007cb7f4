#include "kernels/svdf/svdf.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "kernels/recurrent/scratch.h"

namespace octolite {
namespace {

struct FloatWorkspace {
  float* products;  // [batch, filters]
  RecurrentRows input;

  FloatWorkspace(const SvdfShape& shape, bool int8_weights, ScratchAllocator& scratch) {
    products = scratch.Take<float>(int64_t{shape.batch} * shape.filters);
    input = {shape.batch, shape.inputs};
    if (int8_weights) input.TakeScratch(scratch);
  }
};

}  // namespace

int64_t FloatSvdfScratchBytes(const SvdfShape& shape, bool int8_weights) {
  ScratchAllocator counter;
  const FloatWorkspace work(shape, int8_weights, counter);
  return counter.bytes();
}

void RunFloatSvdf(const FloatSvdf& svdf, const float* input, float* state, float* output,
                  uint8_t* scratch) {
  const SvdfShape& shape = svdf.shape;
  const bool int8_weights = svdf.feature.bytes != nullptr;
  ScratchAllocator allocator(scratch);
  FloatWorkspace work(shape, int8_weights, allocator);
  work.input.values = input;
  if (int8_weights) work.input.Quantize(svdf.asymmetric_rows);
  const int64_t products = int64_t{shape.batch} * shape.filters;
  std::fill_n(work.products, products, 0.0f);
  MultiplyAccumulate(svdf.feature, work.input, work.products, shape.filters);

  const int64_t memory = shape.memory;
  for (int64_t i = 0; i < products; ++i) {
    float* const history = state + i * memory;
    std::copy(history + 1, history + memory, history);
    history[memory - 1] = work.products[i];
    const int64_t weights = (i % shape.filters) * memory;
    float sum = 0;
    for (int64_t t = 0; t < memory; ++t) sum += svdf.time[weights + t] * history[t];
    work.products[i] = sum;
  }
  const int64_t units = shape.units();
  for (int64_t i = 0; i < shape.batch * units; ++i) {
    float sum = 0;
    for (int64_t r = 0; r < shape.rank; ++r) sum += work.products[i * shape.rank + r];
    output[i] = sum + (svdf.bias != nullptr ? svdf.bias[i % units] : 0.0f);
  }
  ApplyGateActivation(svdf.activation, output, output, static_cast<size_t>(shape.batch * units));
}

template <typename T>
void RunIntegerSvdf(const IntegerSvdf<T>& svdf, const int8_t* input, T* state, int8_t* output) {
  const SvdfShape& shape = svdf.shape;
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  const int64_t memory = shape.memory;
  const int64_t units = shape.units();
  if (units == 0) return;
  for (int64_t b = 0; b < shape.batch; ++b) {
    for (int64_t u = 0; u < units; ++u) {
      // Sums of 32 bits wrap, as the peer's do.
      auto total = static_cast<uint32_t>(svdf.bias != nullptr ? svdf.bias[u] : 0);
      for (int64_t f = u * shape.rank; f < (u + 1) * shape.rank; ++f) {
        uint32_t sum = 0;
        for (int64_t i = 0; i < shape.inputs; ++i) {
          sum += static_cast<uint32_t>(int32_t{svdf.feature[f * shape.inputs + i]} *
                                       (input[b * shape.inputs + i] - svdf.input_zero_point));
        }
        const int32_t product =
            MultiplyByQuantizedMultiplier(static_cast<int32_t>(sum), svdf.feature_scale);
        T* const history = state + (b * shape.filters + f) * memory;
        std::copy(history + 1, history + memory, history);
        history[memory - 1] =
            static_cast<T>(std::clamp(product, kMin, kMax) + svdf.state_zero_point);
        for (int64_t t = 0; t < memory; ++t) {
          total += static_cast<uint32_t>(int32_t{svdf.time[f * memory + t]}) *
                   static_cast<uint32_t>(history[t] - svdf.state_zero_point);
        }
      }
      const int32_t scaled =
          MultiplyByQuantizedMultiplier(static_cast<int32_t>(total), svdf.time_scale);
      const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(scaled) +
                                                static_cast<uint32_t>(svdf.output_zero_point));
      output[b * units + u] = static_cast<int8_t>(std::clamp(shifted, -128, 127));
    }
  }
}

template void RunIntegerSvdf(const IntegerSvdf<int8_t>& svdf, const int8_t* input, int8_t* state,
                             int8_t* output);
template void RunIntegerSvdf(const IntegerSvdf<int16_t>& svdf, const int8_t* input, int16_t* state,
                             int8_t* output);

}  // namespace octolite
