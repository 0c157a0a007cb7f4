#include <vector>

#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// Inputs: the number of a branch, then the inputs of all branches. A number that no branch has
// means the last one.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kInt32));
  if (ctx.input(0).shape.num_elements() != 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is not the number of one branch");
  }
  const size_t inputs = static_cast<size_t>(ctx.num_inputs()) - 1;
  const auto outputs = static_cast<size_t>(ctx.num_outputs());
  const std::vector<int64_t>* const indices = ctx.options().Ints("branch_subgraph_indices");
  if (indices == nullptr || indices->empty()) {
    return ctx.Error(StatusCode::kInvalidModel, "has no branch");
  }
  std::vector<int32_t> branches;
  for (const int64_t index : *indices) {
    OCTO_ASSIGN_OR_RETURN(const int32_t branch, CheckSubgraph(ctx, index));
    OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, branch, inputs, outputs));
    branches.push_back(branch);
  }
  for (int i = 1; i < ctx.num_inputs(); ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  for (int i = 0; i < ctx.num_outputs(); ++i) ctx.SetOutputDynamic(i);
  return MakeKernel([branches](EvalContext& eval) -> Status {
    const int32_t number = *eval.input<int32_t>(0);
    const bool exists = number >= 0 && static_cast<size_t>(number) < branches.size();
    const int32_t branch = exists ? branches[static_cast<size_t>(number)] : branches.back();
    OCTO_ASSIGN_OR_RETURN(const auto values,
                          eval.host().CallSubgraph(branch, eval.inputs().subspan(1)));
    return CopyToOutputs(eval, values);
  });
}

}  // namespace

extern const OpDef kStablehloCaseOp = {
    .op = BuiltinOp::kStablehloCase, .prepare = Prepare, .pure = false};

}  // namespace octolite
