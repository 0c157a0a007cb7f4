#include <cstring>

#include "ops/common/random.h"
#include "ops/common/scratch.h"

namespace octolite {
namespace {

Result<Shape> OutputShape(const Shape& logits, const uint8_t* data) {
  int32_t samples;
  std::memcpy(&samples, data, sizeof(samples));
  const int32_t dims[] = {logits[0], samples};
  if (const auto shape = Shape::Make(dims)) return *shape;
  return Status(StatusCode::kInvalidModel, "cannot draw " + std::to_string(samples) +
                                               " samples for each row of " + logits.ToString());
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  for (int i = 0; i < 2; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& logits = ctx.input(0);
  const TensorSpec& samples = ctx.input(1);
  if (logits.type != DataType::kFloat32) return ctx.UnsupportedType(logits);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(samples, DataType::kInt32));
  const DataType type = ctx.output(0).type;
  if (type != DataType::kInt32 && type != DataType::kInt64) {
    return ctx.UnsupportedType(ctx.output(0));
  }
  if (logits.shape.rank() != 2 || logits.shape[1] == 0) {
    return ctx.InputError(
        0, StatusCode::kShapeMismatch,
        "has shape " + logits.shape.ToString() + " where rows of one class or more are needed");
  }
  if (samples.shape.rank() != 0) {
    return ctx.InputError(1, StatusCode::kInvalidModel, "has to be a scalar");
  }
  const bool dynamic = !samples.is_constant;
  if (dynamic) {
    ctx.SetOutputDynamic(0);
  } else {
    auto shape = OutputShape(logits.shape, samples.constant.data());
    if (!shape.ok()) return ctx.InputError(1, shape.status().code(), shape.status().message());
    ctx.SetOutputShape(0, *shape);
  }
  ctx.RequestScratch(ScratchBytes(logits.shape[1], sizeof(double)));
  const auto run = [=](PhiloxRandom& random, EvalContext& eval) -> Status {
    const Shape& input = eval.input_tensor(0).shape;
    if (dynamic) {
      OCTO_ASSIGN_OR_RETURN(const Shape shape, OutputShape(input, eval.input_tensor(1).data));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, shape));
    }
    const MultinomialShape shape = {input[0], input[1], eval.output_tensor(0).shape[1]};
    auto* sums = eval.scratch<double>();
    if (type == DataType::kInt32) {
      FillMultinomial(random, shape, eval.input<float>(0), eval.output<int32_t>(0), sums);
    } else {
      FillMultinomial(random, shape, eval.input<float>(0), eval.output<int64_t>(0), sums);
    }
    return Status::Ok();
  };
  return MakeRandomKernel(ctx, run);
}

}  // namespace

extern const OpDef kMultinomialOp = {
    .op = BuiltinOp::kMultinomial,
    .prepare = Prepare,
    .pure = false,
};

}  // namespace octolite
