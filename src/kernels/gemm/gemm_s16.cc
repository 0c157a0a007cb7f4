#include "kernels/gemm/gemm_s16.h"

#include <algorithm>
#include <type_traits>

#include "kernels/gemm/parts.h"

namespace octolite {
namespace {

constexpr int64_t kRows = 8;  // of a chunk

int64_t RowBytes(const MatrixLayout& layout) { return int64_t{layout.k} * 2; }

int64_t ThreadBytes(const MatrixLayout& layout) {
  return Align64(kRows * RowBytes(layout) + RowSource::kSlack);
}

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
  const int64_t row_bytes = RowBytes(layout);
  const auto* weights = reinterpret_cast<const W*>(product.packed);
  ForEachPart(product, kRows, [&](const ProductPart& part) {
    uint8_t* gathered = product.scratch + part.thread * ThreadBytes(layout);
    const auto get = [&](int64_t first, int64_t count) {
      return product.rows->Get(first, count, gathered, row_bytes);
    };
    const int64_t begin = part.first_block * MatrixLayout::kBlock;
    const int64_t end = std::min<int64_t>(part.last_block * MatrixLayout::kBlock, layout.n);
    ForEachChunk(product, part, kRows, get, [&](const Chunk& chunk) {
      for (int64_t r = 0; r < chunk.count; ++r) {
        const auto* row = reinterpret_cast<const int16_t*>(chunk.data + chunk.offsets[r]);
        for (int64_t n = begin; n < end; ++n) {
          const int64_t channel = product.first_channel + n;
          result.output[chunk.positions[r] + channel] = result.Value(
              Dot(row, weights + n * layout.k, layout.k), static_cast<size_t>(channel));
        }
      }
    });
  });
}

}  // namespace

int64_t GemmS16Scratch(const MatrixLayout& layout, int threads) {
  return threads * ThreadBytes(layout);
}

void RunGemmS16(const MatrixProduct& product, const WideResult& result) {
  if (product.layout->type == DataType::kInt16) {
    Run<int16_t>(product, result);
  } else {
    Run<int8_t>(product, result);
  }
}

}  // namespace octolite
