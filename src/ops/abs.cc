#include <algorithm>
#include <cstdlib>
#include <limits>

#include "ops/common/activation.h"
#include "ops/common/map.h"

namespace octolite {
namespace {

// |q - zero point| rescaled to the output, in fixed point where the scales differ.
struct QuantizedAbs {
  int32_t input_zero_point = 0;
  bool same_scale = false;
  FixedMultiplier scale;
  int32_t output_zero_point = 0;

  int64_t operator()(int32_t q) const {
    const int32_t value = std::abs(q - input_zero_point);
    const int32_t scaled = same_scale ? value : MultiplyByQuantizedMultiplier(value, scale);
    return static_cast<int64_t>(scaled) + output_zero_point;
  }
};

Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  QuantizedAbs absolute;
  absolute.input_zero_point = input.zero_point();
  absolute.output_zero_point = output.zero_point();
  absolute.same_scale = input.scale() == output.scale();
  absolute.scale = QuantizeMultiplier(static_cast<double>(input.scale() / output.scale()));
  if (input.type == DataType::kInt8) {
    return MakeLutKernel(MakeLut8(QuantizedTypeOf(input), QuantizedTypeOf(output), absolute));
  }
  return PrepareMap<DataType::kInt16>(ctx, [absolute](int16_t q) {
    return std::clamp<int64_t>(absolute(q), INT16_MIN, INT16_MAX);
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  if (input.type == DataType::kInt8 || (input.type == DataType::kInt16 && input.quantized())) {
    return PrepareQuantized(ctx);
  }
  return PrepareMap<DataType::kFloat32, DataType::kInt16, DataType::kInt32>(
      ctx, [](auto x) { return Absolute(x); });
}

}  // namespace

extern const OpDef kAbsOp = {
    .op = BuiltinOp::kAbs,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 3},
};

}  // namespace octolite
