#include <vector>

#include "ops/common/subgraph_call.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// A copy of a tensor that outlives the next call of the subgraph that made it.
struct Carried {
  explicit Carried(const RuntimeTensor& from)
      : bytes(from.data, from.data + from.bytes),
        tensor{from.type, from.shape, bytes.data(), from.bytes} {}

  std::vector<uint8_t> bytes;
  RuntimeTensor tensor;
};

Status Run(EvalContext& eval, int32_t condition, int32_t body) {
  std::vector<std::unique_ptr<Carried>> carried;
  std::vector<const RuntimeTensor*> values(eval.inputs().begin(), eval.inputs().end());
  while (true) {
    if (eval.host().cancelled()) return Status(StatusCode::kCancelled, "stopped while running");
    OCTO_ASSIGN_OR_RETURN(const auto verdict, eval.host().CallSubgraph(condition, values));
    if (verdict[0]->type != DataType::kBool || verdict[0]->shape.num_elements() != 1) {
      return Status(StatusCode::kInvalidModel, "the condition does not give one bool");
    }
    if (!*reinterpret_cast<const bool*>(verdict[0]->data)) return CopyToOutputs(eval, values);
    OCTO_ASSIGN_OR_RETURN(const auto results, eval.host().CallSubgraph(body, values));
    carried.clear();
    for (size_t i = 0; i < values.size(); ++i) {
      carried.push_back(std::make_unique<Carried>(*results[i]));
      values[i] = &carried.back()->tensor;
    }
  }
}

// As many outputs as inputs: what the loop carries, before and after.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const auto count = static_cast<size_t>(ctx.num_inputs());
  if (ctx.num_outputs() != ctx.num_inputs()) {
    return ctx.Error(StatusCode::kInvalidModel, "carries another number of tensors out than in");
  }
  OCTO_ASSIGN_OR_RETURN(const int32_t condition, ReadSubgraph(ctx, "cond_subgraph_index"));
  OCTO_ASSIGN_OR_RETURN(const int32_t body, ReadSubgraph(ctx, "body_subgraph_index"));
  OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, condition, count, 1));
  OCTO_RETURN_IF_ERROR(ExpectSubgraphCounts(ctx, body, count, count));
  for (int i = 0; i < ctx.num_inputs(); ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(i), ctx.output(i)));
    ctx.SetOutputDynamic(i);
  }
  return MakeKernel([=](EvalContext& eval) { return Run(eval, condition, body); });
}

}  // namespace

extern const OpDef kWhileOp = {.op = BuiltinOp::kWhile, .prepare = Prepare, .pure = false};

}  // namespace octolite
