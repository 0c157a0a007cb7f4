#include "kernels/elementwise/binary16.h"
#include "ops/common/activation.h"
#include "ops/common/binary.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeQuantized(const PreluParams& params, const BroadcastPlan& plan) {
  return MakeKernel([=](EvalContext& eval) {
    PreluQuantized<T>(params, plan, eval.input<T>(0), eval.input<T>(1), eval.output<T>(0));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& slope = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  // The slopes of int16 are int8, as 16x8 weights are.
  const bool int16 = input.type == DataType::kInt16;
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(slope, int16 ? DataType::kInt8 : input.type));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, output));
  OCTO_ASSIGN_OR_RETURN(const Shape shape, BroadcastShapes(ctx, input.shape, slope.shape));
  if (!(shape == input.shape)) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has slopes of shape " + slope.shape.ToString() +
                              " that do not broadcast to " + input.shape.ToString());
  }
  ctx.SetOutputShape(0, shape);
  const BroadcastPlan plan = MakeBroadcastPlan(input.shape, slope.shape, shape);
  switch (input.type) {
    case DataType::kFloat32:
      return MakeKernel([=](EvalContext& eval) {
        PreluFloat(plan, eval.input<float>(0), eval.input<float>(1), eval.output<float>(0));
        return Status::Ok();
      });
    case DataType::kInt8:
    case DataType::kUInt8:
    case DataType::kInt16: {
      for (const TensorSpec* tensor : {&input, &slope, &output}) {
        OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
      }
      const QuantizedRange range = TypeRange(output.type);
      PreluParams params;
      params.a_zero_point = input.zero_point();
      params.slope_zero_point = slope.zero_point();
      params.positive = QuantizeMultiplier(static_cast<double>(input.scale() / output.scale()));
      params.negative =
          QuantizeMultiplier(static_cast<double>(input.scale() * slope.scale() / output.scale()));
      params.output = {output.zero_point(), range.min, range.max};
      if (int16) {
        return MakeKernel([=](EvalContext& eval) {
          PreluInt16(params, plan, eval.input<int16_t>(0), eval.input<int8_t>(1),
                     eval.output<int16_t>(0));
          return Status::Ok();
        });
      }
      return input.type == DataType::kInt8 ? MakeQuantized<int8_t>(params, plan)
                                           : MakeQuantized<uint8_t>(params, plan);
    }
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kPreluOp = {
    .op = BuiltinOp::kPrelu,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 1},
};

}  // namespace octolite
