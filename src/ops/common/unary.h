#pragma once

#include <cstddef>
#include <functional>

#include "kernels/activation/lut.h"
#include "ops/common/parts.h"
#include "ops/op_def.h"

namespace octolite {

// An operator of one input and one output of the same shape and type.
Status PrepareUnaryShape(PrepareContext& ctx);

// The tensor's quantization for kernels; needs ExpectPerTensorQuantization.
inline QuantizedType QuantizedTypeOf(const TensorSpec& tensor) {
  return {tensor.type, tensor.scale(), tensor.zero_point()};
}

// Prepares min(max(x, low), high): RELU and its kin.
Result<std::unique_ptr<OpKernel>> PrepareClamp(PrepareContext& ctx, float low, float high);

// A kernel that runs `table` over input `input`.
std::unique_ptr<OpKernel> MakeLutKernel(const Lut8& table, int input = 0);

// Prepares a function of an int8, uint8 or int16 tensor by a table of `function`.
Result<std::unique_ptr<OpKernel>> PrepareTable(PrepareContext& ctx,
                                               const std::function<float(float)>& function);

// Checks that input and output have one scale each, and zero point 0 where they are int16.
Status ExpectQuantizedUnary(const PrepareContext& ctx);

// Prepares a function of one float32, int8 or uint8 tensor: `run_float` is
// void(const float* in, float* out, size_t count), `make_table` is
// Lut8(const QuantizedType& input, const QuantizedType& output).
template <typename Float, typename Table>
Result<std::unique_ptr<OpKernel>> PrepareUnary(PrepareContext& ctx, Float run_float,
                                               Table make_table) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  ctx.AllowInPlace(0);
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  switch (input.type) {
    case DataType::kFloat32:
      return MakeKernel([run_float](EvalContext& eval) {
        const float* in = eval.input<float>(0);
        float* out = eval.output<float>(0);
        ForElements(eval, 0,
                    [&](int64_t at, size_t count) { run_float(in + at, out + at, count); });
        return Status::Ok();
      });
    case DataType::kInt8:
    case DataType::kUInt8:
      OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
      OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
      return MakeLutKernel(make_table(QuantizedTypeOf(input), QuantizedTypeOf(output)));
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace octolite
