#include "ops/common/random.h"

#include "ops/common/lists.h"

namespace octolite {
Result<std::unique_ptr<OpKernel>> PrepareRandom(PrepareContext& ctx, FillRandom fill) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kInt32));
  if (ctx.output(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.output(0));
  const TensorSpec& shape = ctx.input(0);
  if (shape.shape.rank() != 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + shape.shape.ToString() + " where a list is needed");
  }
  const bool dynamic = !shape.is_constant && shape.shape.num_elements() > 0;
  if (dynamic) {
    ctx.SetOutputDynamic(0);
  } else {
    auto output = ShapeFromList(ConstantList(shape));
    if (!output.ok()) return ctx.InputError(0, output.status().code(), output.status().message());
    ctx.SetOutputShape(0, *output);
  }
  const auto run = [=](PhiloxRandom& random, EvalContext& eval) {
    if (dynamic) {
      OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(RuntimeList(eval.input_tensor(0))));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, output));
    }
    fill(random, eval.output_tensor(0).shape.num_elements(), eval.output<float>(0));
    return Status::Ok();
  };
  return MakeRandomKernel(ctx, run);
}

}  // namespace octolite
