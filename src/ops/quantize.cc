#include "kernels/quantize/quantize.h"

#include "kernels/activation/lut.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeFromFloat(const TensorSpec& output, Arithmetic arithmetic) {
  const float scale = output.scale();
  const int32_t zero_point = output.zero_point();
  return MakeKernel([=](EvalContext& eval) {
    Quantize<T>(eval.input<float>(0), eval.output<T>(0),
                static_cast<size_t>(eval.input_tensor(0).shape.num_elements()), scale, zero_point,
                arithmetic);
    return Status::Ok();
  });
}

// float32 to int8, uint8 or int16; between int8 and uint8 of any parameters.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  ctx.SetOutputShape(0, input.shape);
  const bool to_8_bits = output.type == DataType::kInt8 || output.type == DataType::kUInt8;
  switch (input.type) {
    case DataType::kFloat32:
      if (output.type == DataType::kInt8) return MakeFromFloat<int8_t>(output, ctx.arithmetic());
      if (output.type == DataType::kUInt8) return MakeFromFloat<uint8_t>(output, ctx.arithmetic());
      if (output.type == DataType::kInt16) return MakeFromFloat<int16_t>(output, ctx.arithmetic());
      return ctx.UnsupportedType(output);
    case DataType::kInt8:
    case DataType::kUInt8:
      if (!to_8_bits) return ctx.UnsupportedType(output);
      OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
      return MakeLutKernel(
          MakeRequantizeLut8(QuantizedTypeOf(input), QuantizedTypeOf(output), ctx.arithmetic()));
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kQuantizeOp = {.op = BuiltinOp::kQuantize, .prepare = Prepare};

}  // namespace octolite
