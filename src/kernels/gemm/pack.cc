#include "kernels/gemm/pack.h"

#include <cstring>
#include <string>

namespace octolite {
namespace {

// Calls value(d, element index) for the depth of channel n in order.
template <typename Value>
void ForEachDepth(const WeightsView& view, int64_t n, const Value& value) {
  int64_t d = 0;
  for (int64_t y = 0; y < view.rows; ++y) {
    for (int64_t x = 0; x < view.columns; ++x) {
      const int64_t first =
          view.first + n * view.channel_stride + y * view.row_stride + x * view.column_stride;
      for (int64_t i = 0; i < view.inner; ++i) value(d++, first + i * view.inner_stride);
    }
  }
}

void PackFloat(const MatrixLayout& layout, const WeightsView& view, const float* weights,
               float* packed) {
  for (int64_t n = 0; n < layout.n; ++n) {
    const int64_t block = n / MatrixLayout::kBlock * layout.k;
    float* channel = packed + block * MatrixLayout::kBlock + n % MatrixLayout::kBlock;
    ForEachDepth(view, n, [&](int64_t d, int64_t element) {
      channel[d * MatrixLayout::kBlock] = weights[element];
    });
  }
}

// kStep: layout.depth_step().
template <int64_t kStep>
void PackBytes(const MatrixLayout& layout, const WeightsView& view, const uint8_t* weights,
               uint8_t* packed) {
  // uint8 to int8: less 128, which is the top bit flipped.
  const uint8_t flip = layout.type == DataType::kUInt8 ? 0x80 : 0;
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  for (int64_t n = 0; n < layout.n; ++n) {
    uint8_t* channel =
        packed + n / MatrixLayout::kBlock * layout.block_bytes() + n % MatrixLayout::kBlock * kStep;
    uint32_t sum = 0;
    ForEachDepth(view, n, [&](int64_t d, int64_t element) {
      const auto value = static_cast<uint8_t>(weights[element] ^ flip);
      channel[d / kStep * (MatrixLayout::kBlock * kStep) + d % kStep] = value;
      sum += static_cast<uint32_t>(static_cast<int8_t>(value));
    });
    sums[n] = static_cast<int32_t>(sum);
  }
}

template <typename W>
void PackPlain(const MatrixLayout& layout, const WeightsView& view, const W* weights, W* packed) {
  for (int64_t n = 0; n < layout.n; ++n) {
    W* channel = packed + n * layout.k;
    ForEachDepth(view, n, [&](int64_t d, int64_t element) { channel[d] = weights[element]; });
  }
}

}  // namespace

void PackMatrix(const MatrixLayout& layout, const WeightsView& view, const void* weights,
                uint8_t* packed) {
  std::memset(packed, 0, static_cast<size_t>(layout.bytes()));
  if (layout.plain && layout.type == DataType::kInt16) {
    PackPlain(layout, view, static_cast<const int16_t*>(weights),
              reinterpret_cast<int16_t*>(packed));
  } else if (layout.plain) {
    PackPlain(layout, view, static_cast<const int8_t*>(weights), reinterpret_cast<int8_t*>(packed));
  } else if (layout.is_float()) {
    PackFloat(layout, view, static_cast<const float*>(weights), reinterpret_cast<float*>(packed));
  } else if (layout.dot == simd::DotKind::kDot16) {
    PackBytes<2>(layout, view, static_cast<const uint8_t*>(weights), packed);
  } else {
    PackBytes<4>(layout, view, static_cast<const uint8_t*>(weights), packed);
  }
}

void PackedWeights::Add(const MatrixLayout& layout, const WeightsView& view) {
  parts_.push_back({layout, view, bytes_});
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
