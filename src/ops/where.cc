#include <limits>

#include "kernels/search/search.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareType(PrepareContext& ctx) {
  ctx.SetOutputDynamic(0);
  return MakeKernel([](EvalContext& eval) {
    const Shape& shape = eval.input_tensor(0).shape;
    const T* in = eval.input<T>(0);
    const int64_t count = CountNonZero(shape.num_elements(), in);
    const int32_t dims[] = {static_cast<int32_t>(count), shape.rank()};
    const auto output = Shape::Make(dims);
    if (!output) {
      return Status(StatusCode::kOutOfMemory,
                    "has more coordinates to tell than a tensor can hold");
    }
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, *output));
    WhereNonZero(shape, in, eval.output<int64_t>(0));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt64));
  const TensorSpec& input = ctx.input(0);
  if (input.shape.rank() == 0) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is a scalar, which has no coordinates");
  }
  switch (input.type) {
    case DataType::kFloat32:
      return PrepareType<float>(ctx);
    case DataType::kInt8:
      return PrepareType<int8_t>(ctx);
    case DataType::kUInt8:
    case DataType::kBool:
      return PrepareType<uint8_t>(ctx);
    case DataType::kInt32:
      return PrepareType<int32_t>(ctx);
    case DataType::kUInt32:
      return PrepareType<uint32_t>(ctx);
    case DataType::kInt64:
      return PrepareType<int64_t>(ctx);
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kWhereOp = {
    .op = BuiltinOp::kWhere,
    .prepare = Prepare,
};

}  // namespace octolite
