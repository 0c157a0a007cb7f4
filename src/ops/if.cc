#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// Inputs: a bool of one element, then the inputs of both branches.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kBool));
  if (ctx.input(0).shape.num_elements() != 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is a condition of more than one element");
  }
  const size_t inputs = static_cast<size_t>(ctx.num_inputs()) - 1;
  const auto outputs = static_cast<size_t>(ctx.num_outputs());
  OCTO_ASSIGN_OR_RETURN(const int32_t then_branch, ReadSubgraph(ctx, "then_subgraph_index"));
  OCTO_ASSIGN_OR_RETURN(const int32_t else_branch, ReadSubgraph(ctx, "else_subgraph_index"));
  for (const int32_t branch : {then_branch, else_branch}) {
    OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, branch, inputs, outputs));
  }
  for (int i = 1; i < ctx.num_inputs(); ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  for (int i = 0; i < ctx.num_outputs(); ++i) ctx.SetOutputDynamic(i);
  return MakeKernel([then_branch, else_branch](EvalContext& eval) -> Status {
    const int32_t branch = *eval.input<bool>(0) ? then_branch : else_branch;
    OCTO_ASSIGN_OR_RETURN(const auto values,
                          eval.host().CallSubgraph(branch, eval.inputs().subspan(1)));
    return CopyToOutputs(eval, values);
  });
}

}  // namespace

extern const OpDef kIfOp = {.op = BuiltinOp::kIf, .prepare = Prepare, .pure = false};

}  // namespace octolite
