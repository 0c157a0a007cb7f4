#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/rng.h"
#include "kernels/dynamic_quantize.h"
#include "kernels/quantized_output.h"
#include "kernels/simd/dot_kind.h"

namespace octolite::testing {

template <typename T>
std::vector<T> RandomIntegers(Rng& rng, int64_t count, int64_t low = std::numeric_limits<T>::min(),
                              int64_t high = std::numeric_limits<T>::max()) {
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) {
    // A third are extremes, where saturation would show.
    const int64_t kind = rng.Integer(0, 5);
    value = static_cast<T>(kind == 0 ? low : (kind == 1 ? high : rng.Integer(low, high)));
  }
  return values;
}

inline std::vector<float> RandomFloats(Rng& rng, int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = rng.Uniform() * 2 - 1;
  return values;
}

// Scales such that results of `depth` products fill the range and overshoot it now and then.
inline QuantizedOutput RandomOutput(Rng& rng, Rounding rounding, int64_t channels, int64_t depth,
                                    bool is_unsigned) {
  std::vector<float> floats;
  std::vector<double> doubles;
  const double base = 400.0 / (128.0 * 128.0 * std::sqrt(static_cast<double>(depth) + 1));
  for (int64_t c = 0; c < channels; ++c) {
    // Powers of two make ties; scales above one shift left; one channel is dead.
    double scale = base * (0.5 + static_cast<double>(rng.Uniform()));
    const int64_t kind = rng.Integer(0, 9);
    if (kind < 3) scale = std::ldexp(1.0, -static_cast<int>(rng.Integer(4, 12)));
    if (kind == 3) scale = 1.5;
    if (kind == 4 && channels > 4) scale = 0;
    doubles.push_back(scale);
    floats.push_back(static_cast<float>(scale));
  }
  const int32_t low = is_unsigned ? 0 : -128;
  OutputRange range;
  range.min = low;
  range.max = low + 255;
  const int64_t kind = rng.Integer(0, 3);
  range.zero_point = kind == 0   ? low
                     : kind == 1 ? low + 255
                                 : static_cast<int32_t>(rng.Integer(low, low + 255));
  if (rng.Integer(0, 1) == 0) range.min = range.zero_point;
  if (rng.Integer(0, 2) == 0) range.max = static_cast<int32_t>(rng.Integer(range.min, low + 255));
  return QuantizedOutput::Make(rounding, range, floats, doubles);
}

// Of int16: from results that are almost all 0 to such that wrap.
inline QuantizedOutput RandomWideOutput(Rng& rng, Rounding rounding, int64_t channels) {
  std::vector<double> scales;
  for (int64_t c = 0; c < channels; ++c) {
    scales.push_back(std::ldexp(0.5 + static_cast<double>(rng.Uniform()),
                                -static_cast<int>(rng.Integer(0, 24))));
  }
  const std::vector<float> floats(scales.size());
  return QuantizedOutput::Make(rounding, {0, -32768, 32767}, floats, scales);
}

inline DynamicOutput RandomDynamicOutput(Rng& rng, int64_t channels) {
  DynamicOutput output;
  for (int64_t c = 0; c < channels; ++c) output.channel_scale.push_back(rng.Uniform() * 0.01f);
  output.channel_scale.resize(PaddedChannels(static_cast<size_t>(channels)));
  output.min = rng.Integer(0, 1) == 0 ? 0.0f : -std::numeric_limits<float>::infinity();
  output.max = rng.Integer(0, 1) == 0 ? 6.0f : std::numeric_limits<float>::infinity();
  return output;
}

// Scratch filled with garbage: nothing may depend on what is there.
inline AlignedBuffer DirtyScratch(int64_t size) {
  const auto bytes = static_cast<size_t>(size);
  AlignedBuffer scratch = std::move(AlignedBuffer::Allocate(bytes)).value();
  for (size_t i = 0; i < bytes; ++i) scratch.data()[i] = static_cast<uint8_t>(i * 37 + 0x7D);
  return scratch;
}

// Calls run() under every meaning that the relaxed dot may have; in wasm, under the engine's own.
template <typename Run>
void ForEachDot(Run run) {
#if defined(__wasm__)
  run();
#else
  for (const simd::DotSemantics semantics :
       {simd::DotSemantics::kSaturating, simd::DotSemantics::kSigned,
        simd::DotSemantics::kUnsigned}) {
    simd::SetEmulatedDotSemantics(semantics);
    run();
  }
  simd::SetEmulatedDotSemantics(simd::DotSemantics::kSaturating);
#endif
}

inline constexpr Rounding kAllRoundings[] = {Rounding::kFloat, Rounding::kFixedPoint,
                                             Rounding::kFixedPointUp, Rounding::kDouble};

}  // namespace octolite::testing
