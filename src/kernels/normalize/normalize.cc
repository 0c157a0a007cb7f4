#include "kernels/normalize/normalize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/fixed_math.h"
#include "kernels/simd/map.h"
#include "kernels/softmax/exp_row.h"

namespace octolite {

void L2NormalizeFloat(const float* in, float* out, int64_t rows, int64_t depth) {
  constexpr float kEpsilon = 1e-6f;
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const float sum = simd::SumFloats(in, static_cast<size_t>(depth),
                                      [](v128_t x) { return wasm_f32x4_mul(x, x); });
    const float norm = std::max(std::sqrt(sum), kEpsilon);
    for (int64_t i = 0; i < depth; ++i) out[i] = in[i] / norm;
  }
}

template <typename T>
void L2NormalizeQuantized(int32_t zero_point, const T* in, T* out, int64_t rows, int64_t depth) {
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  constexpr int32_t kMiddle = (kMin + kMax + 1) / 2;
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    int64_t sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t value = in[i] - zero_point;
      sum += int64_t{value} * value;
    }
    const FixedMultiplier inverse =
        InverseSquareRoot(static_cast<int32_t>(std::min<int64_t>(sum, INT32_MAX)));
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t value = in[i] - zero_point;
      // 7 fractional bits: the unsigned kernel brings them in before, the signed one with the
      // multiplier.
      const int32_t scaled = std::numeric_limits<T>::is_signed
                                 ? MultiplyByQuantizedMultiplier(value, ScaleMultiplier(inverse, 7))
                                 : MultiplyByQuantizedMultiplier(value * 128, inverse);
      out[i] = static_cast<T>(std::clamp(scaled + kMiddle, kMin, kMax));
    }
  }
}

void LocalResponseNormalize(const LocalResponse& params, const float* in, float* out, int64_t rows,
                            int64_t depth) {
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    // The window [begin, end) moves along; its sum is kept in double, so that taking out what was
    // put in leaves nothing behind.
    double sum = 0;
    int64_t begin = 0;
    int64_t end = 0;
    const auto square = [in](int64_t i) { return static_cast<double>(in[i]) * in[i]; };
    for (int64_t i = 0; i < depth; ++i) {
      const int64_t last = std::min(depth, i + params.radius + (params.with_last ? 1 : 0));
      for (; end < last; ++end) sum += square(end);
      for (; begin < i - params.radius; ++begin) sum -= square(begin);
      const float scale = params.bias + params.alpha * static_cast<float>(sum);
      out[i] = in[i] * std::pow(scale, -params.beta);
    }
  }
}

void LogSoftmaxFloat(const float* in, float* out, int64_t rows, int64_t depth) {
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const float largest = LargestOfRow(in, depth);
    const float log_sum = std::log(ExpOfRow(in, out, depth, largest, 1.0f));
    for (int64_t i = 0; i < depth; ++i) out[i] = in[i] - largest - log_sum;
  }
}

template void L2NormalizeQuantized<int8_t>(int32_t, const int8_t*, int8_t*, int64_t, int64_t);
template void L2NormalizeQuantized<uint8_t>(int32_t, const uint8_t*, uint8_t*, int64_t, int64_t);

}  // namespace octolite
