#include "kernels/gemm/pack.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

// Calls value(d, element index) for the depth of channel n from `from` on, in order.
template <typename Value>
void ForEachDepth(const WeightsView& view, int64_t n, int64_t from, const Value& value) {
  int64_t d = 0;
  for (int64_t y = 0; y < view.rows; ++y) {
    for (int64_t x = 0; x < view.columns; ++x) {
      const int64_t first =
          view.first + n * view.channel_stride + y * view.row_stride + x * view.column_stride;
      for (int64_t i = std::max<int64_t>(from - d, 0); i < view.inner; ++i) {
        value(d + i, first + i * view.inner_stride);
      }
      d += view.inner;
    }
  }
}

// Four steps of eight channels, 32 bits each: v[c] has those of channel c.
void StoreSteps(const v128_t (&v)[MatrixLayout::kBlock], void* to) {
  auto* out = static_cast<uint8_t*>(to);
  for (size_t c = 0; c < MatrixLayout::kBlock; c += 4, out += 16) {
    const v128_t low01 = wasm_i32x4_shuffle(v[c], v[c + 1], 0, 4, 1, 5);
    const v128_t low23 = wasm_i32x4_shuffle(v[c + 2], v[c + 3], 0, 4, 1, 5);
    const v128_t high01 = wasm_i32x4_shuffle(v[c], v[c + 1], 2, 6, 3, 7);
    const v128_t high23 = wasm_i32x4_shuffle(v[c + 2], v[c + 3], 2, 6, 3, 7);
    simd::Store(out, wasm_i64x2_shuffle(low01, low23, 0, 2));
    simd::Store(out + 32, wasm_i64x2_shuffle(low01, low23, 1, 3));
    simd::Store(out + 64, wasm_i64x2_shuffle(high01, high23, 0, 2));
    simd::Store(out + 96, wasm_i64x2_shuffle(high01, high23, 1, 3));
  }
}

// Of weights [n][k], value(n, element index) goes to where step `d / kStep` of channel n has it.
// vector(n, element index) makes four steps at once, where a step has 32 bits and a channel's depth
// lies together: code that runs once runs as the engine's first compiler leaves it, and then it
// counts how many instructions there are.
template <int64_t kStep, typename Packed, typename Vector, typename Value>
void PackSteps(const MatrixLayout& layout, const WeightsView& view, Packed* packed,
               const Vector& vector, const Value& value) {
  constexpr int64_t kBlock = MatrixLayout::kBlock;
  constexpr int64_t kDepth = 4 * kStep;
  const int64_t block = layout.steps() * kStep * kBlock;
  const int64_t length = layout.segment_k();
  const int64_t padding = layout.segment_steps() * kStep - length;
  const bool together =
      view.rows == 1 && view.columns == 1 && view.inner_stride == 1 && padding == 0;
  for (int64_t first = 0; first < layout.n; first += kBlock, packed += block) {
    int64_t done = 0;
    if constexpr (kStep * sizeof(Packed) == 4) {
      if (together && first + kBlock <= layout.n) {
        for (; done + kDepth <= layout.k; done += kDepth) {
          v128_t v[kBlock];
          for (int64_t c = 0; c < kBlock; ++c) {
            v[c] = vector(first + c, view.first + (first + c) * view.channel_stride + done);
          }
          StoreSteps(v, packed + done * kBlock);
        }
      }
    }
    for (int64_t n = first; n < std::min<int64_t>(first + kBlock, layout.n); ++n) {
      Packed* channel = packed + (n - first) * kStep;
      ForEachDepth(view, n, done, [&](int64_t d, int64_t element) {
        const int64_t at = padding == 0 ? d : d + d / length * padding;
        channel[at / kStep * (kBlock * kStep) + at % kStep] = value(n, element);
      });
    }
  }
}

void PackBytes(const MatrixLayout& layout, const WeightsView& view, const uint8_t* weights,
               uint8_t* packed) {
  // uint8 to int8: less 128, which is the top bit flipped.
  const uint8_t flip = layout.type == DataType::kUInt8 ? 0x80 : 0;
  const v128_t flips = wasm_i8x16_splat(static_cast<int8_t>(flip));
  if (layout.dot == simd::DotKind::kDot16 && layout.wide) {
    const auto zero_point = static_cast<int16_t>(layout.stored_zero_point());
    PackSteps<2>(
        layout, view, reinterpret_cast<int16_t*>(packed),
        [&](int64_t, int64_t element) {
          const v128_t eight = wasm_v128_xor(wasm_v128_load64_zero(weights + element), flips);
          return wasm_i16x8_sub(wasm_i16x8_extend_low_i8x16(eight), wasm_i16x8_splat(zero_point));
        },
        [&](int64_t, int64_t element) {
          const auto value = static_cast<int8_t>(weights[element] ^ flip);
          return static_cast<int16_t>(value - zero_point);
        });
    return;
  }
  const auto sixteen = [&](int64_t element) {
    return wasm_v128_xor(simd::Load(weights + element), flips);
  };
  if (layout.dot == simd::DotKind::kDot16) {
    PackSteps<2>(
        layout, view, packed, [&](int64_t, int64_t element) { return sixteen(element); },
        [&](int64_t, int64_t element) { return static_cast<uint8_t>(weights[element] ^ flip); });
    return;
  }
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  const auto add = [&](int64_t n, int32_t more) {
    sums[n] = static_cast<int32_t>(static_cast<uint32_t>(sums[n]) + static_cast<uint32_t>(more));
  };
  PackSteps<4>(
      layout, view, packed,
      [&](int64_t n, int64_t element) {
        const v128_t values = sixteen(element);
        const v128_t quarters =
            wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_extadd_pairwise_i8x16(values));
        add(n, wasm_i32x4_extract_lane(quarters, 0) + wasm_i32x4_extract_lane(quarters, 1) +
                   wasm_i32x4_extract_lane(quarters, 2) + wasm_i32x4_extract_lane(quarters, 3));
        return values;
      },
      [&](int64_t n, int64_t element) {
        const auto value = static_cast<uint8_t>(weights[element] ^ flip);
        add(n, static_cast<int8_t>(value));
        return value;
      });
}

template <typename W>
void PackPlain(const MatrixLayout& layout, const WeightsView& view, const W* weights, W* packed) {
  for (int64_t n = 0; n < layout.n; ++n) {
    W* channel = packed + n * layout.k;
    ForEachDepth(view, n, 0, [&](int64_t d, int64_t element) { channel[d] = weights[element]; });
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
    PackSteps<1>(
        layout, view, reinterpret_cast<float*>(packed),
        [&](int64_t, int64_t element) { return simd::Load(values + element); },
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
