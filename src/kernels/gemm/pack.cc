#include "kernels/gemm/pack.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace octolite {
namespace {

void PackFloat(const MatrixLayout& layout, const WeightsView& view, const float* weights,
               float* packed) {
  for (int64_t first = 0; first < layout.n; first += MatrixLayout::kBlock) {
    const int64_t channels = std::min<int64_t>(layout.n - first, MatrixLayout::kBlock);
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t d = 0; d < layout.k; ++d) {
        packed[d * MatrixLayout::kBlock + c] = weights[view.offset(first + c, d)];
      }
    }
    packed += layout.k * int64_t{MatrixLayout::kBlock};
  }
}

void PackBytes(const MatrixLayout& layout, const WeightsView& view, const uint8_t* weights,
               uint8_t* packed) {
  // uint8 to int8: less 128, which is the top bit flipped.
  const uint8_t flip = layout.type == DataType::kUInt8 ? 0x80 : 0;
  const int64_t step = layout.depth_step();
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  for (int64_t n = 0; n < layout.n; ++n) {
    uint8_t* block = packed + n / MatrixLayout::kBlock * layout.block_bytes();
    const int64_t lane = n % MatrixLayout::kBlock;
    uint32_t sum = 0;
    for (int64_t d = 0; d < layout.k; ++d) {
      const auto value = static_cast<uint8_t>(weights[view.offset(n, d)] ^ flip);
      block[(d / step * MatrixLayout::kBlock + lane) * step + d % step] = value;
      sum += static_cast<uint32_t>(static_cast<int8_t>(value));
    }
    sums[n] = static_cast<int32_t>(sum);
  }
}

}  // namespace

void PackMatrix(const MatrixLayout& layout, const WeightsView& view, const void* weights,
                uint8_t* packed) {
  std::memset(packed, 0, static_cast<size_t>(layout.bytes()));
  if (layout.is_float()) {
    PackFloat(layout, view, static_cast<const float*>(weights), reinterpret_cast<float*>(packed));
  } else {
    PackBytes(layout, view, static_cast<const uint8_t*>(weights), packed);
  }
}

void PackedWeights::Add(const MatrixLayout& layout, WeightsView view) {
  parts_.push_back({layout, std::move(view), bytes_});
  bytes_ += layout.bytes();
}

Status PackedWeights::Finish(const void* weights) {
  if (bytes_ > INT32_MAX) {
    return Status(StatusCode::kOutOfMemory,
                  "weights take " + std::to_string(bytes_) + " bytes when packed");
  }
  if (weights == nullptr) return Status::Ok();
  OCTO_ASSIGN_OR_RETURN(owned_, AlignedBuffer::Allocate(static_cast<size_t>(bytes_)));
  PackInto(weights, owned_.data());
  packed_ = true;
  return Status::Ok();
}

const uint8_t* PackedWeights::Get(const void* weights, uint8_t* scratch) const {
  if (packed_) return owned_.data();
  PackInto(weights, scratch);
  return scratch;
}

void PackedWeights::PackInto(const void* weights, uint8_t* to) const {
  for (const Part& part : parts_) PackMatrix(part.layout, part.view, weights, to + part.offset);
}

}  // namespace octolite
