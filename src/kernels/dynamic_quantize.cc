#include "kernels/dynamic_quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/simd/kept.h"
#include "kernels/simd/simd.h"

namespace octolite {
namespace {

struct Floats {
  const float* data;
  size_t count;
  const Parallel& parallel;
};

struct Range {
  float min = 0;
  float max = 0;
};

// Calls step(from, to) for 16 values at a time; the last, fewer ones are followed by zeros.
template <typename Step>
void ForEach16(const float* values, size_t count, int8_t* quantized, const Step& step) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) step(values + i, quantized + i);
  if (i == count) return;
  float rest[16] = {};
  int8_t result[16];
  std::copy(values + i, values + count, rest);
  step(rest, result);
  std::copy(result, result + (count - i), quantized + i);
}

// What threads take at a time: a multiple of 16.
constexpr int64_t kPart = 16 * 1024;

Range Merge(Range a, Range b) { return {std::min(a.min, b.min), std::max(a.max, b.max)}; }

// Of the values and zero; NaN does not count.
Range FindRange(const float* values, size_t count) {
  constexpr size_t kVectors = 4;
  v128_t min[kVectors] = {};
  v128_t max[kVectors] = {};
  size_t i = 0;
  for (; i + 4 * kVectors <= count; i += 4 * kVectors) {
    for (size_t j = 0; j < kVectors; ++j) {
      const v128_t value = simd::Load(values + i + 4 * j);
      min[j] = wasm_f32x4_pmin(min[j], value);
      max[j] = wasm_f32x4_pmax(max[j], value);
    }
  }
  float lowest[4 * kVectors];
  float highest[4 * kVectors];
  std::memcpy(lowest, min, sizeof(lowest));
  std::memcpy(highest, max, sizeof(highest));
  Range range = {*std::ranges::min_element(lowest), *std::ranges::max_element(highest)};
  for (; i < count; ++i) {
    range.min = values[i] < range.min ? values[i] : range.min;
    range.max = values[i] > range.max ? values[i] : range.max;
  }
  return range;
}

Range FindRange(const Floats& values) {
  if (values.parallel.threads() == 1) return FindRange(values.data, values.count);
  Range ranges[ThreadPool::kMaxThreads];
  values.parallel.For(
      static_cast<int64_t>(values.count), kPart, [&](int64_t begin, int64_t end, int thread) {
        const Range part = FindRange(values.data + begin, static_cast<size_t>(end - begin));
        ranges[thread] = Merge(ranges[thread], part);
      });
  Range all;
  for (const Range& range : ranges) all = Merge(all, range);
  return all;
}

// To the nearest integer, ties away from zero. What is added is the largest value below a half:
// added to less than a half it stays below one, and added to a half it is rounded up to one.
struct RoundHalfAway {
  v128_t operator()(v128_t value) const {
    const v128_t addend = wasm_v128_or(wasm_v128_and(value, sign), half);
    return wasm_f32x4_trunc(wasm_f32x4_add(value, addend));
  }
  v128_t sign = simd::KeptSplat(-0.0f);
  v128_t half = simd::KeptSplat(0x1.fffffep-2f);
};

v128_t ZeroForNan(v128_t value) { return wasm_v128_and(value, wasm_f32x4_eq(value, value)); }

// Writes what round() makes of four values, as integers from `low` to 127.
template <typename Round>
void Quantize(const Floats& values, float low, int8_t* quantized, const Round& round) {
  // Added to an integer, leaves it in the mantissa. The upper bound comes of saturation.
  const v128_t magic = simd::KeptSplat(12582912.0f);
  const v128_t least = simd::KeptSplat(low);
  const auto four = [&](const float* from) {
    // The operands in this order make NaN the least.
    const v128_t rounded = wasm_f32x4_pmax(least, round(simd::Load(from)));
    return wasm_i32x4_sub(wasm_f32x4_add(rounded, magic), magic);
  };
  const auto sixteen = [&](const float* from, int8_t* to) {
    const v128_t first = wasm_i16x8_narrow_i32x4(four(from), four(from + 4));
    const v128_t second = wasm_i16x8_narrow_i32x4(four(from + 8), four(from + 12));
    simd::Store(to, wasm_i8x16_narrow_i16x8(first, second));
  };
  values.parallel.For(static_cast<int64_t>(values.count), kPart,
                      [&](int64_t begin, int64_t end, int) {
                        ForEach16(values.data + begin, static_cast<size_t>(end - begin),
                                  quantized + begin, sixteen);
                      });
}

DynamicRow AsymmetricFloat(const Floats& values, Range range, int8_t* quantized) {
  const float inverse = 255.0f / (range.max - range.min);
  const float low = range.min * inverse;
  const float high = range.max * inverse;
  const float from_low = -128.0f - low;
  const float from_high = 127.0f - high;
  // The bound that is farther out keeps the smaller error.
  const float zero_point = (-128.0f + low) + (127.0f + high) > 0 ? from_low : from_high;
  const float nudged = std::nearbyint(std::clamp(zero_point, -128.0f, 127.0f));
  const v128_t factor = wasm_f32x4_splat(inverse);
  const v128_t offset = wasm_f32x4_splat(nudged);
  Quantize(values, -128.0f, quantized, [&](v128_t value) {
    const v128_t scaled = ZeroForNan(wasm_f32x4_mul(value, factor));
    return wasm_f32x4_add(wasm_f32x4_nearest(scaled), offset);
  });
  return {1.0f / inverse, static_cast<int32_t>(nudged)};
}

DynamicRow AsymmetricDouble(const Floats& values, Range range, int8_t* quantized) {
  const double min = range.min;
  const double max = range.max;
  const double scale = (max - min) / 255.0;
  const double from_min = -128.0 - min / scale;
  const double from_max = 127.0 - max / scale;
  const double zero_point =
      128.0 + std::abs(min / scale) < 127.0 + std::abs(max / scale) ? from_min : from_max;
  const auto nudged = static_cast<float>(std::round(std::clamp(zero_point, -128.0, 127.0)));
  const auto float_scale = static_cast<float>(scale);
  const v128_t factor = wasm_f32x4_splat(1.0f / float_scale);
  const v128_t offset = wasm_f32x4_splat(nudged);
  const RoundHalfAway round;
  Quantize(values, -128.0f, quantized, [&](v128_t value) {
    return round(wasm_f32x4_add(offset, wasm_f32x4_mul(ZeroForNan(value), factor)));
  });
  return {float_scale, static_cast<int32_t>(nudged)};
}

DynamicRow Symmetric(const Floats& values, Range range, int8_t* quantized) {
  const float bound = std::max(-range.min, range.max);
  const v128_t factor = wasm_f32x4_splat(127.0f / bound);
  const RoundHalfAway round;
  Quantize(values, -127.0f, quantized,
           [&](v128_t value) { return round(wasm_f32x4_mul(ZeroForNan(value), factor)); });
  return {bound / 127.0f, 0};
}

}  // namespace

DynamicRow QuantizeRow(DynamicScheme scheme, const float* values, size_t count, int8_t* quantized,
                       const Parallel& parallel) {
  const Range range = FindRange({values, count, parallel});
  const float span = range.max - range.min;
  // Nothing to scale by: all zero, so small that the inverse overflows, or infinite.
  if (!(span > 0) || !std::isfinite(255.0f / span) || !std::isfinite(span)) {
    std::memset(quantized, 0, count);
    return {};
  }
  switch (scheme) {
    case DynamicScheme::kAsymmetricFloat:
      return AsymmetricFloat({values, count, parallel}, range, quantized);
    case DynamicScheme::kAsymmetricDouble:
      return AsymmetricDouble({values, count, parallel}, range, quantized);
    case DynamicScheme::kSymmetric:
      return Symmetric({values, count, parallel}, range, quantized);
  }
  return {};
}

}  // namespace octolite
