#include "runtime/prepare_node.h"

namespace octolite {

Result<PreparedNode> PrepareNode(const Model& model, const Operator& op, int32_t op_index,
                                 const OpDef& def, const PlanOptions& options,
                                 std::span<const TensorSpec> inputs, std::span<TensorSpec> outputs,
                                 const NodeFolding& folding) {
  Options fused;
  if (folding.activation) {
    fused = op.options;
    fused.Set("fused_activation_function", *folding.activation);
  }
  PrepareContext::Node node;
  node.index = op_index;
  node.name = OperatorName(model, op);
  node.options = folding.activation ? &fused : &op.options;
  if (op.custom_options) node.custom_options = op.custom_options->bytes();
  node.model = &model;
  node.op = &op;
  node.subgraph = &model.subgraphs[static_cast<size_t>(options.subgraph)];
  node.user = def.user;
  node.padding = folding.padding;
  PrepareContext ctx(node, options.arithmetic, inputs, outputs, options.parallel.threads());

  PreparedNode prepared;
  OCTO_ASSIGN_OR_RETURN(prepared.kernel, def.prepare(ctx));
  for (int i = 0; i < ctx.num_outputs(); ++i) {
    const auto state = ctx.output_state(i);
    if (state == PrepareContext::OutputState::kUnset) {
      return ctx.OutputError(i, StatusCode::kInternal, "prepare left an output without a shape");
    }
    // The size of strings is known when they are there.
    const bool dynamic =
        state == PrepareContext::OutputState::kDynamic || ctx.output(i).type == DataType::kString;
    prepared.dynamic_outputs.push_back(dynamic);
    prepared.any_dynamic |= dynamic;
    if (state == PrepareContext::OutputState::kShaped && !Shape::Make(ctx.output(i).shape.dims())) {
      return ctx.OutputError(i, StatusCode::kOutOfMemory,
                             "would have shape " + ctx.output(i).shape.ToString());
    }
    if (!dynamic) {
      const auto bytes = DataTypeBytes(outputs[static_cast<size_t>(i)].type,
                                       static_cast<size_t>(ctx.output(i).shape.num_elements()));
      if (!bytes) {
        return ctx.OutputError(i, StatusCode::kUnsupportedOperator,
                               "makes a tensor whose elements have no fixed size");
      }
      if (*bytes > options.memory_limit) {
        return ctx.OutputError(i, StatusCode::kOutOfMemory,
                               "needs " + std::to_string(*bytes) + " bytes for one tensor");
      }
    }
  }
  prepared.in_place_inputs = ctx.in_place_inputs();
  prepared.output_is_view = ctx.output_is_view();
  prepared.scratch_bytes = ctx.scratch_bytes();
  if (prepared.scratch_bytes > options.memory_limit) {
    return ctx.Error(StatusCode::kOutOfMemory,
                     "needs " + std::to_string(prepared.scratch_bytes) + " bytes to work in");
  }
  return prepared;
}

}  // namespace octolite
