#include <cmath>
#include <cstring>

#include "ops/common/activation.h"
#include "ops/common/reduce.h"

namespace octolite {
namespace {

// What each multiplication is rescaled by so that the whole has the output's scale.
FixedMultiplier ProdMultiplier(double input_scale, double output_scale, int64_t count) {
  return QuantizeMultiplier(
      input_scale / std::pow(output_scale, 1.0 / static_cast<double>(std::max<int64_t>(count, 1))));
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (input.type == DataType::kInt16 && (input.zero_point() != 0 || output.zero_point() != 0)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs zero points of 0 for int16");
  }
  const QuantizedRange range = TypeRange(output.type);
  const OutputRange output_range = {output.zero_point(), range.min, range.max};
  const bool litert = ctx.arithmetic() == Arithmetic::kLitert;
  const auto in_scale = static_cast<double>(input.scale());
  const auto out_scale = static_cast<double>(output.scale());
  return PrepareReduction(
      ctx, sizeof(int64_t),
      [=](const ReduceParams& params) {
        // Beyond, products of 47 bits would not fit.
        constexpr int kMostShift = 7;
        if (ProdMultiplier(in_scale, out_scale, params.count).shift <= kMostShift) {
          return Status::Ok();
        }
        return Status(StatusCode::kUnsupportedOperator,
                      "multiplies values of too large a scale for their product's");
      },
      [=, in_zero = input.zero_point()](const ReduceParams& params, EvalContext& eval) {
        const T* in = eval.input<T>(0);
        T* out = eval.output<T>(0);
        const int64_t outputs = params.output.num_elements();
        // The optimized kernel copies where nothing is multiplied, whatever the scales.
        if (litert && params.count == 1) {
          if (outputs > 0) std::memcpy(out, in, static_cast<size_t>(outputs) * sizeof(T));
          return;
        }
        ProdQuantized<T>({in_zero, ProdMultiplier(in_scale, out_scale, params.count), output_range},
                         params.plan, in, out, eval.scratch<int64_t>(), outputs);
      });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectReduction(ctx));
  const TensorSpec& input = ctx.input(0);
  // Tensors without quantization are multiplied as the integers they are.
  if (input.quantized() && input.type == DataType::kInt8) return PrepareQuantized<int8_t>(ctx);
  if (input.quantized() && input.type == DataType::kInt16) return PrepareQuantized<int16_t>(ctx);
  if (input.quantized()) return ctx.UnsupportedType(input);
  return PrepareReduce(ctx, ReduceKind::kProd);
}

}  // namespace

extern const OpDef kReduceProdOp = {
    .op = BuiltinOp::kReduceProd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
