#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/data_type.h"
#include "base/status.h"
#include "calibrate/observer.h"
#include "model/model.h"

namespace octolite {

// How real numbers become integers here. All arithmetic is float32 with ties rounded to even, so
// that the same input gives the same bytes as the LiteRT Quantizer writes.

// Parameters of a whole tensor.
struct AffineParams {
  float scale = 0;
  int32_t zero_point = 0;
  bool operator==(const AffineParams&) const = default;
};

// A form that an activation can have: float32, or integers with parameters.
struct Form {
  DataType type = DataType::kFloat32;
  AffineParams params;
  bool operator==(const Form&) const = default;
};

// The parameters of a range for int8 or int16 activations: of int8 the whole of [-128, 127] with a
// zero point, or [-127, 127] where it is to be symmetric; of int16 always [-32767, 32767] and zero
// point 0. `range` holds 0. INVALID_ARGUMENT when its span does not fit float32. A range of nothing
// but 0 gets the parameters of [0, 1].
Result<Form> FormForRange(const Range& range, DataType type, bool symmetric);

// The same real numbers as an int8 form in uint8, 128 higher.
Form UInt8Form(const AffineParams& int8_params);

// The real numbers that a form can stand for.
Range RangeOfForm(const Form& form);

Quantization ToQuantization(const AffineParams& params);
// Nothing for float32.
std::optional<Quantization> ToQuantization(const Form& form);

// q = clamp(rint(real / scale) + zero_point), as little-endian integers of an int8 or int16 form;
// infinities go to the ends.
std::vector<uint8_t> QuantizeActivations(std::span<const float> values, const Form& form);

// The range of finite values, widened to hold 0. INVALID_ARGUMENT when one is not finite.
Result<Range> RangeOf(std::span<const float> values);

// int32 or int64 of scale input_scale * weight_scales[c]; one scale may serve all channels.
struct QuantizedBias {
  std::vector<float> scales;
  std::vector<uint8_t> bytes;
};
QuantizedBias QuantizeBias(std::span<const float> bias, float input_scale,
                           std::span<const float> weight_scales, DataType type);

// Widens the scales of weights where int32 would hold less than twice the bias at
// input_scale * scale, or where that product would be too small for a float.
void WidenForBias(std::span<const float> bias, float input_scale, std::vector<float>& scales);

}  // namespace octolite
