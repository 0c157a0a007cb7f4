#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// An operator that has a name of its own and is made of others: it runs them, as LiteRT does
// without a delegate that knows the name.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const int32_t subgraph, ReadSubgraph(ctx, "decomposition_subgraph_index"));
  OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, subgraph, static_cast<size_t>(ctx.num_inputs()),
                                            static_cast<size_t>(ctx.num_outputs())));
  for (int i = 0; i < ctx.num_inputs(); ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  for (int i = 0; i < ctx.num_outputs(); ++i) ctx.SetOutputDynamic(i);
  return MakeKernel([subgraph](EvalContext& eval) -> Status {
    OCTO_ASSIGN_OR_RETURN(const auto values, eval.host().CallSubgraph(subgraph, eval.inputs()));
    return CopyToOutputs(eval, values);
  });
}

}  // namespace

extern const OpDef kStablehloCompositeOp = {
    .op = BuiltinOp::kStablehloComposite, .prepare = Prepare, .pure = false};

}  // namespace octolite
