#include "ops/common/non_max_suppression.h"

#include <algorithm>
#include <cstring>

#include "kernels/detection/non_max_suppression.h"
#include "ops/common/scratch.h"

namespace octolite {
namespace {

constexpr int kMaxOutputs = 2;

Result<Shape> OutputShape(const uint8_t* data) {
  int32_t count;
  std::memcpy(&count, data, sizeof(count));
  if (count >= 0) return Shape{count};
  return Status(StatusCode::kInvalidModel, "selects at most " + std::to_string(count) +
                                               " boxes, which is not a number of them");
}

Status ExpectInputs(const PrepareContext& ctx, bool soft) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(soft ? 6 : 5, soft ? 6 : 5, soft ? 3 : 2));
  for (int i = 0; i < ctx.num_inputs(); ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    const TensorSpec& input = ctx.input(i);
    OCTO_RETURN_IF_ERROR(
        ctx.ExpectType(input, i == kMaxOutputs ? DataType::kInt32 : DataType::kFloat32));
    if (i >= kMaxOutputs && input.shape.rank() != 0) {
      return ctx.InputError(i, StatusCode::kInvalidModel, "has to be a scalar");
    }
  }
  const Shape& boxes = ctx.input(0).shape;
  const Shape& scores = ctx.input(1).shape;
  if (boxes.rank() != 2 || boxes[1] != 4) {
    return ctx.InputError(0, StatusCode::kShapeMismatch,
                          "has shape " + boxes.ToString() + " where [boxes,4] is needed");
  }
  if (scores.rank() != 1 || scores[0] != boxes[0]) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + scores.ToString() + " where one score for each of " +
                              std::to_string(boxes[0]) + " boxes is needed");
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt32));
  if (soft) OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(1), DataType::kFloat32));
  return ctx.ExpectType(ctx.output(soft ? 2 : 1), DataType::kInt32);
}

Status Run(EvalContext& eval, bool soft) {
  static_assert(sizeof(CornerBox) == 4 * sizeof(float));
  SuppressionParams params;
  params.max_outputs = eval.output_tensor(0).shape[0];
  params.iou_threshold = *eval.input<float>(3);
  params.score_threshold = *eval.input<float>(4);
  params.sigma = soft ? *eval.input<float>(5) : 0.0f;
  if (params.sigma < 0) {
    return Status(StatusCode::kInvalidArgument, "needs a sigma that is not negative");
  }
  auto* indices = eval.output<int32_t>(0);
  float* scores = soft ? eval.output<float>(1) : nullptr;
  const int64_t found =
      NonMaxSuppression(params, eval.input_tensor(1).shape[0], eval.input<CornerBox>(0),
                        eval.input<float>(1), eval.scratch<BoxCandidate>(), indices, scores);
  std::fill(indices + found, indices + params.max_outputs, 0);
  if (scores) std::fill(scores + found, scores + params.max_outputs, 0.0f);
  *eval.output<int32_t>(soft ? 2 : 1) = static_cast<int32_t>(found);
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareNonMaxSuppression(PrepareContext& ctx, bool soft) {
  OCTO_RETURN_IF_ERROR(ExpectInputs(ctx, soft));
  const TensorSpec& most = ctx.input(kMaxOutputs);
  const int lists = soft ? 2 : 1;
  for (int i = 0; i < lists; ++i) {
    if (!most.is_constant) {
      ctx.SetOutputDynamic(i);
      continue;
    }
    auto shape = OutputShape(most.constant.data());
    if (!shape.ok()) {
      return ctx.InputError(kMaxOutputs, shape.status().code(), shape.status().message());
    }
    ctx.SetOutputShape(i, *shape);
  }
  ctx.SetOutputShape(lists, Shape());
  ctx.RequestScratch(ScratchBytes(ctx.input(1).shape[0], sizeof(BoxCandidate)));
  return MakeKernel([=, dynamic = !most.is_constant](EvalContext& eval) -> Status {
    for (int i = 0; dynamic && i < lists; ++i) {
      OCTO_ASSIGN_OR_RETURN(const Shape shape, OutputShape(eval.input_tensor(kMaxOutputs).data));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(i, shape));
    }
    return Run(eval, soft);
  });
}

}  // namespace octolite
