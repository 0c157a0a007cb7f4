#include "kernels/segment/segment.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// As many segments as the ids count, which begin at 0 and rise by at most 1.
Result<int32_t> CountSegments(const int32_t* ids, int64_t count) {
  int64_t last = -1;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t step = ids[i] - last;
    if (i == 0 ? ids[i] != 0 : (step != 0 && step != 1)) {
      return Status(StatusCode::kInvalidArgument,
                    "needs segment ids that begin at 0 and rise by at most 1");
    }
    last = ids[i];
  }
  return static_cast<int32_t>(last + 1);
}

template <typename T>
void Run(EvalContext& eval) {
  const Shape& output = eval.output_tensor(0).shape;
  FoldSegments(SegmentKind::kSum, eval.input_tensor(1).shape.num_elements(),
               output.Product(1, output.rank()), output[0], eval.input<int32_t>(1),
               eval.input<T>(0), eval.output<T>(0));
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  for (int i = 0; i < 2; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& data = ctx.input(0);
  const TensorSpec& ids = ctx.input(1);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(data, ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ids, DataType::kInt32));
  if (data.type != DataType::kFloat32 && data.type != DataType::kInt32) {
    return ctx.UnsupportedType(data);
  }
  if (data.shape.rank() == 0 || ids.shape.rank() != 1 || ids.shape[0] != data.shape[0]) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + ids.shape.ToString() +
                              " where one number for each row of " + data.shape.ToString() +
                              " is needed");
  }
  ctx.SetOutputDynamic(0);
  return MakeKernel([is_float = data.type == DataType::kFloat32](EvalContext& eval) {
    OCTO_ASSIGN_OR_RETURN(
        const int32_t segments,
        CountSegments(eval.input<int32_t>(1), eval.input_tensor(1).shape.num_elements()));
    Shape shape = eval.input_tensor(0).shape;
    shape.set_dim(0, segments);
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, shape));
    is_float ? Run<float>(eval) : Run<int32_t>(eval);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kSegmentSumOp = {
    .op = BuiltinOp::kSegmentSum,
    .prepare = Prepare,
};

}  // namespace octolite
