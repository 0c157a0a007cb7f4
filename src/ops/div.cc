#include "kernels/elementwise/divide.h"
#include "ops/common/activation.h"
#include "ops/common/division.h"

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx,
                                                   const BroadcastPlan& plan,
                                                   FusedActivation activation) {
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  for (const TensorSpec* tensor : {&a, &b, &output}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
  }
  const QuantizedRange range = QuantizedActivationRange(
      activation, output.type, output.scale(), output.zero_point(), Arithmetic::kReference);
  QuantizedDivision divide;
  divide.a_zero_point = a.zero_point();
  divide.b_zero_point = b.zero_point();
  divide.multiplier =
      QuantizeMultiplier(static_cast<double>(a.scale() / (b.scale() * output.scale())));
  divide.output = {output.zero_point(), range.min, range.max};
  return MakeDivision(plan, static_cast<T>(b.zero_point()), divide);
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const BroadcastPlan plan, PrepareBroadcast(ctx));
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  switch (ctx.input(0).type) {
    case DataType::kFloat32: {
      const FloatRange range = ActivationRange(activation);
      return MakeMapBroadcast<float>(
          plan, [range](float a, float b) { return std::clamp(a / b, range.min, range.max); });
    }
    case DataType::kInt32: {
      const IntegerRange<int32_t> range = IntegerActivationRange<int32_t>(activation);
      return MakeDivision(plan, int32_t{0}, [range](int32_t a, int32_t b) {
        return std::clamp(Divide(a, b), range.min, range.max);
      });
    }
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx, plan, activation);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx, plan, activation);
    case DataType::kInt16:
      return PrepareQuantized<int16_t>(ctx, plan, activation);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kDivOp = {
    .op = BuiltinOp::kDiv,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 1, .int16_version = 1},
    .fuses_activation = true,
};

}  // namespace octolite
