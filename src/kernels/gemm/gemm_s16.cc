#include "kernels/gemm/gemm_s16.h"

#include <algorithm>
#include <type_traits>

namespace octolite {
namespace {

template <typename W>
int64_t Dot(const int16_t* row, const W* weights, int64_t depth) {
  int64_t sum = 0;
  if constexpr (std::is_same_v<W, int8_t>) {
    // Products have 22 bits and a sign: 256 of them fit 32 bits.
    constexpr int64_t kBlock = 256;
    for (int64_t first = 0; first < depth; first += kBlock) {
      const int64_t last = std::min(first + kBlock, depth);
      int32_t part = 0;
      for (int64_t i = first; i < last; ++i) part += int32_t{row[i]} * int32_t{weights[i]};
      sum += part;
    }
  } else {
    for (int64_t i = 0; i < depth; ++i) sum += int32_t{row[i]} * int32_t{weights[i]};
  }
  return sum;
}

template <typename W>
void Run(const MatrixProduct& product, const WideResult& result) {
  const MatrixLayout& layout = *product.layout;
  const auto* weights = reinterpret_cast<const W*>(product.packed);
  for (int64_t m = 0; m < product.m; ++m) {
    const auto* row = reinterpret_cast<const int16_t*>(product.rows->Row(m, product.scratch));
    int16_t* output = result.output + product.rows->OutputRow(m) * product.output_stride;
    for (int64_t n = 0; n < layout.n; ++n) {
      const int64_t channel = product.first_channel + n;
      output[channel] =
          result.Value(Dot(row, weights + n * layout.k, layout.k), static_cast<size_t>(channel));
    }
  }
}

}  // namespace

int64_t GemmS16Scratch(const MatrixLayout& layout) {
  return (static_cast<int64_t>(layout.k) * int64_t{sizeof(int16_t)} + 63) / 64 * 64;
}

void RunGemmS16(const MatrixProduct& product, const WideResult& result) {
  if (product.layout->type == DataType::kInt16) {
    Run<int16_t>(product, result);
  } else {
    Run<int8_t>(product, result);
  }
}

}  // namespace octolite
