#include <optional>

#include "ops/common/reduce_window.h"
#include "ops/common/subgraph_call.h"

namespace octolite {
namespace {

// The function of a subgraph of one operator.
std::optional<ReduceKind> KindOf(const Model& model, const Subgraph& body) {
  if (body.operators.size() != 1) return std::nullopt;
  const size_t opcode = body.operators[0].opcode_index;
  if (opcode >= model.operator_codes.size()) return std::nullopt;
  switch (static_cast<BuiltinOp>(model.operator_codes[opcode].builtin)) {
    case BuiltinOp::kAdd:
    case BuiltinOp::kStablehloAdd:
      return ReduceKind::kSum;
    case BuiltinOp::kMul:
    case BuiltinOp::kStablehloMultiply:
      return ReduceKind::kProd;
    case BuiltinOp::kMaximum:
    case BuiltinOp::kStablehloMaximum:
      return ReduceKind::kMax;
    case BuiltinOp::kMinimum:
    case BuiltinOp::kStablehloMinimum:
      return ReduceKind::kMin;
    case BuiltinOp::kLogicalAnd:
    case BuiltinOp::kStablehloAnd:
      return ReduceKind::kAll;
    case BuiltinOp::kLogicalOr:
    case BuiltinOp::kStablehloOr:
      return ReduceKind::kAny;
    default:
      return std::nullopt;
  }
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  for (int i = 0; i < 2; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  OCTO_ASSIGN_OR_RETURN(const int32_t body, ReadSubgraph(ctx, "body_subgraph_index"));
  const auto kind = KindOf(ctx.model(), ctx.model().subgraphs[static_cast<size_t>(body)]);
  if (!kind) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "reduces with a subgraph that is not one addition, multiplication, minimum, "
                     "maximum, logical and, or logical or");
  }
  const auto list = [&](const char* name) -> std::span<const int64_t> {
    const std::vector<int64_t>* values = ctx.options().Ints(name);
    return values ? std::span<const int64_t>(*values) : std::span<const int64_t>();
  };
  return PrepareReduceWindow(ctx, *kind,
                             {.window = list("window_dimensions"),
                              .stride = list("window_strides"),
                              .window_dilation = list("window_dilations"),
                              .base_dilation = list("base_dilations"),
                              .padding = list("padding")});
}

}  // namespace

extern const OpDef kStablehloReduceWindowOp = {
    .op = BuiltinOp::kStablehloReduceWindow,
    .prepare = Prepare,
};

}  // namespace octolite
