#include <algorithm>
#include <cmath>
#include <variant>

#include "kernels/search/search.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> Make(std::vector<float> boundaries) {
  return MakeKernel([boundaries = std::move(boundaries)](EvalContext& eval) {
    Bucketize<T>(boundaries, eval.input_tensor(0).shape.num_elements(), eval.input<T>(0),
                 eval.output<int32_t>(0));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt32));
  std::vector<float> boundaries;
  if (const OptionValue* option = ctx.options().Find("boundaries")) {
    if (const auto* values = std::get_if<std::vector<double>>(option)) {
      for (const double value : *values) boundaries.push_back(static_cast<float>(value));
    }
  }
  if (!std::ranges::is_sorted(boundaries) ||
      std::ranges::any_of(boundaries, [](float b) { return std::isnan(b); })) {
    return ctx.Error(StatusCode::kInvalidModel, "needs boundaries in increasing order");
  }
  ctx.SetOutputShape(0, ctx.input(0).shape);
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return Make<float>(std::move(boundaries));
    case DataType::kFloat64:
      return Make<double>(std::move(boundaries));
    case DataType::kInt32:
      return Make<int32_t>(std::move(boundaries));
    case DataType::kInt64:
      return Make<int64_t>(std::move(boundaries));
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kBucketizeOp = {
    .op = BuiltinOp::kBucketize,
    .prepare = Prepare,
};

}  // namespace octolite
