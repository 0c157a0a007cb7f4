#include <string>

#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// Runs a subgraph of no inputs and no outputs, which sets resources, the first time only: once for
// all operators that name it, also in different subgraphs. That it ran is a resource itself.
class CallOnce final : public OpKernel {
 public:
  explicit CallOnce(int32_t subgraph) : subgraph_(subgraph) {}

  Status Eval(EvalContext& ctx) const override {
    ResourceStore& resources = ctx.host().resources();
    const int32_t ran = resources.VariableHandle({"CALL_ONCE", std::to_string(subgraph_)});
    if (resources.variable(ran)->assigned) return Status::Ok();
    OCTO_RETURN_IF_ERROR(ctx.host().CallSubgraph(subgraph_, {}).status());
    // The call may have moved the variables.
    resources.variable(ran)->assigned = true;
    return Status::Ok();
  }

 private:
  int32_t subgraph_;
};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(0, 0, 0));
  OCTO_ASSIGN_OR_RETURN(const int32_t subgraph, ReadSubgraph(ctx, "init_subgraph_index"));
  OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, subgraph, 0, 0));
  return std::unique_ptr<OpKernel>(std::make_unique<CallOnce>(subgraph));
}

}  // namespace

extern const OpDef kCallOnceOp = {.op = BuiltinOp::kCallOnce, .prepare = Prepare, .pure = false};

}  // namespace octolite
