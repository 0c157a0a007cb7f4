#include <cmath>

#include "kernels/fixed_math.h"
#include "ops/common/root.h"

namespace octolite {
namespace {

// As TFLite computes it, in fixed point with 20 bits below one; the root of zero is the largest
// value.
Lut8 MakeTable(const QuantizedType& input, const QuantizedType& output) {
  constexpr int kFraction = 20;
  const double real = 1.0 / static_cast<double>(std::sqrt(input.scale) * output.scale);
  const FixedMultiplier to_output = ScaleMultiplier(QuantizeMultiplier(real), -kFraction);
  return MakeLut8(input, output, [&](int32_t q) {
    const int32_t value = q - input.zero_point;
    if (value <= 0) return int64_t{output.max()};
    const FixedMultiplier inverse = ScaleMultiplier(InverseSquareRoot(value), kFraction);
    const int32_t root = MultiplyByQuantizedMultiplier(1, inverse);
    return static_cast<int64_t>(MultiplyByQuantizedMultiplier(root, to_output)) + output.zero_point;
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  if (input.type == DataType::kInt8) {
    OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
    return MakeRootKernel<int8_t>(
        "RSQRT", input.zero_point(),
        MakeLutKernel(MakeTable(QuantizedTypeOf(input), QuantizedTypeOf(output))));
  }
  if (input.type == DataType::kInt16) {
    const float largest = static_cast<float>(INT16_MAX) * output.scale();
    OCTO_ASSIGN_OR_RETURN(auto kernel, PrepareTable(ctx, [largest](float x) {
                            return x <= 0 ? largest : 1.0f / std::sqrt(x);
                          }));
    return MakeRootKernel<int16_t>("RSQRT", input.zero_point(), std::move(kernel));
  }
  return PrepareMap<DataType::kFloat32>(ctx, [](float x) { return 1.0f / std::sqrt(x); });
}

}  // namespace

extern const OpDef kRsqrtOp = {
    .op = BuiltinOp::kRsqrt,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 3},
};

}  // namespace octolite
