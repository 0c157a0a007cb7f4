#include "kernels/requantize.h"
#include "ops/common/map.h"

namespace octolite {
namespace {

// As the reference kernel: both operands with 7 fractional bits of twice the larger scale, the
// square of their difference rescaled.
struct QuantizedSquare {
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  FixedMultiplier a_multiplier;
  FixedMultiplier b_multiplier;
  FixedMultiplier output_multiplier;
  OutputRange output;

  int8_t operator()(int8_t a, int8_t b) const {
    const int32_t difference =
        MultiplyByQuantizedMultiplier((a - a_zero_point) * 128, a_multiplier) -
        MultiplyByQuantizedMultiplier((b - b_zero_point) * 128, b_multiplier);
    return static_cast<int8_t>(
        RequantizeFixedPoint(difference * difference, output_multiplier, output));
  }
};

Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const BroadcastPlan plan, PrepareBroadcast(ctx));
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  for (const TensorSpec* tensor : {&a, &b, &output}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
  }
  const double unit = static_cast<double>(2 * std::max(a.scale(), b.scale()));
  QuantizedSquare square;
  square.a_zero_point = a.zero_point();
  square.b_zero_point = b.zero_point();
  square.a_multiplier = QuantizeMultiplier(static_cast<double>(a.scale()) / unit);
  square.b_multiplier = QuantizeMultiplier(static_cast<double>(b.scale()) / unit);
  square.output_multiplier =
      QuantizeMultiplier(unit * unit / static_cast<double>(16384 * output.scale()));
  square.output.zero_point = output.zero_point();
  return MakeMapBroadcast<int8_t>(plan, square);
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  if (ctx.input(0).type == DataType::kInt8) return PrepareQuantized(ctx);
  return PrepareMapBroadcast<DataType::kFloat32, DataType::kInt32>(
      ctx, [](auto a, auto b) { return SquaredDifference(a, b); });
}

}  // namespace

extern const OpDef kSquaredDifferenceOp = {
    .op = BuiltinOp::kSquaredDifference,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2},
};

}  // namespace octolite
