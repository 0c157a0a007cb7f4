#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

struct Called final : OpState {
  bool done = false;
};

// Runs a subgraph of no inputs and no outputs, which sets resources, the first time only.
class CallOnce final : public OpKernel {
 public:
  explicit CallOnce(int32_t subgraph) : subgraph_(subgraph) {}

  std::unique_ptr<OpState> NewState() const override { return std::make_unique<Called>(); }

  Status Eval(EvalContext& ctx) const override {
    auto& called = ctx.state<Called>();
    if (called.done) return Status::Ok();
    OCTO_ASSIGN_OR_RETURN(const auto nothing, ctx.host().CallSubgraph(subgraph_, {}));
    called.done = nothing.empty();
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
