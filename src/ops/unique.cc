#include "kernels/search/search.h"
#include "ops/common/scratch.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

template <typename T, typename Index>
Status Run(EvalContext& eval) {
  const int64_t count = eval.input_tensor(0).shape.num_elements();
  auto* firsts = eval.scratch<int32_t>();
  const T* in = eval.input<T>(0);
  const int64_t different = Unique(count, in, eval.output<Index>(1), firsts, firsts + count);
  OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, {static_cast<int32_t>(different)}));
  T* out = eval.output<T>(0);
  for (int64_t i = 0; i < different; ++i) out[i] = in[firsts[i]];
  return Status::Ok();
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareType(PrepareContext& ctx) {
  const TensorSpec& indices = ctx.output(1);
  if (indices.type != DataType::kInt32 && indices.type != DataType::kInt64) {
    return ctx.UnsupportedType(indices);
  }
  const Shape& shape = ctx.input(0).shape;
  ctx.SetOutputDynamic(0);
  ctx.SetOutputShape(1, shape);
  ctx.RequestScratch(ScratchBytes(2 * shape.num_elements(), sizeof(int32_t)));
  return MakeKernel(indices.type == DataType::kInt32 ? Run<T, int32_t> : Run<T, int64_t>);
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 2));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  const TensorSpec& input = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(0)));
  if (input.shape.rank() != 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + input.shape.ToString() + " where 1 dimension is needed");
  }
  switch (input.type) {
    case DataType::kFloat32:
      return PrepareType<float>(ctx);
    case DataType::kInt8:
      return PrepareType<int8_t>(ctx);
    case DataType::kUInt8:
      return PrepareType<uint8_t>(ctx);
    case DataType::kInt16:
      return PrepareType<int16_t>(ctx);
    case DataType::kInt32:
      return PrepareType<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareType<int64_t>(ctx);
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kUniqueOp = {
    .op = BuiltinOp::kUnique,
    .prepare = Prepare,
};

}  // namespace octolite
