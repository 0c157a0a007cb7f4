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

// Of weights [n][k], value(n, element index) goes to where step `d / kStep` of channel n has it.
template <int64_t kStep, typename Packed, typename Value>
void PackSteps(const MatrixLayout& layout, const WeightsView& view, Packed* packed,
               const Value& value) {
  const int64_t block = layout.steps() * kStep * MatrixLayout::kBlock;
  for (int64_t n = 0; n < layout.n; ++n) {
    Packed* channel = packed + n / MatrixLayout::kBlock * block + n % MatrixLayout::kBlock * kStep;
    ForEachDepth(view, n, [&](int64_t d, int64_t element) {
      channel[d / kStep * (MatrixLayout::kBlock * kStep) + d % kStep] = value(n, element);
    });
  }
}

void PackBytes(const MatrixLayout& layout, const WeightsView& view, const uint8_t* weights,
               uint8_t* packed) {
  // uint8 to int8: less 128, which is the top bit flipped.
  const uint8_t flip = layout.type == DataType::kUInt8 ? 0x80 : 0;
  if (layout.dot == simd::DotKind::kDot16) {
    if (layout.wide) {
      PackSteps<2>(layout, view, reinterpret_cast<int16_t*>(packed), [&](int64_t, int64_t element) {
        const auto value = static_cast<int8_t>(weights[element] ^ flip);
        return static_cast<int16_t>(value - layout.stored_zero_point());
      });
    } else {
      PackSteps<2>(layout, view, packed, [&](int64_t, int64_t element) {
        return static_cast<uint8_t>(weights[element] ^ flip);
      });
    }
    return;
  }
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  PackSteps<4>(layout, view, packed, [&](int64_t n, int64_t element) {
    const auto value = static_cast<uint8_t>(weights[element] ^ flip);
    sums[n] = static_cast<int32_t>(static_cast<uint32_t>(sums[n]) +
                                   static_cast<uint32_t>(static_cast<int8_t>(value)));
    return value;
  });
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
  if (layout.bytes() == 0) return;
  std::memset(packed, 0, static_cast<size_t>(layout.bytes()));
  if (layout.plain && layout.type == DataType::kInt16) {
    PackPlain(layout, view, static_cast<const int16_t*>(weights),
              reinterpret_cast<int16_t*>(packed));
  } else if (layout.plain) {
    PackPlain(layout, view, static_cast<const int8_t*>(weights), reinterpret_cast<int8_t*>(packed));
  } else if (layout.is_float()) {
    const auto* values = static_cast<const float*>(weights);
    PackSteps<1>(layout, view, reinterpret_cast<float*>(packed),
                 [&](int64_t, int64_t element) { return values[element]; });
  } else {
    PackBytes(layout, view, static_cast<const uint8_t*>(weights), packed);
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
