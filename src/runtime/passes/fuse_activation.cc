#include "runtime/passes/fuse_activation.h"

#include "ops/common/activation.h"

namespace octolite {
namespace {

std::optional<FusedActivation> AsFused(int32_t builtin) {
  switch (static_cast<BuiltinOp>(builtin)) {
    case BuiltinOp::kRelu:
      return FusedActivation::kRelu;
    case BuiltinOp::kRelu6:
      return FusedActivation::kRelu6;
    case BuiltinOp::kReluN1To1:
      return FusedActivation::kReluN1To1;
    default:
      return std::nullopt;
  }
}

bool SameParameters(const std::optional<Quantization>& a, const std::optional<Quantization>& b) {
  return a && b && a->scale.size() == 1 && a->scale == b->scale &&
         a->zero_point_at(0) == b->zero_point_at(0);
}

}  // namespace

std::optional<ActivationFusion> FindActivation(const Model& model, const Subgraph& subgraph,
                                               const TensorUses& uses, const OpDef& def,
                                               const Operator& op) {
  if (!def.fuses_activation || op.outputs.size() != 1) return std::nullopt;
  if (op.options.Int("fused_activation_function", 0) != 0) return std::nullopt;
  const std::optional<int32_t> reader = uses.SoleReader(op.outputs[0]);
  if (!reader) return std::nullopt;
  const Operator& next = subgraph.operators[static_cast<size_t>(*reader)];
  const std::optional<FusedActivation> function = AsFused(model.code(next).builtin);
  if (!function || next.inputs.size() != 1 || next.outputs.size() != 1) return std::nullopt;
  if (next.outputs[0] == kNoTensor) return std::nullopt;
  const Tensor& from = subgraph.tensors[static_cast<size_t>(op.outputs[0])];
  const Tensor& to = subgraph.tensors[static_cast<size_t>(next.outputs[0])];
  if (to.is_variable || from.type != to.type) return std::nullopt;
  const bool is_float = from.type == DataType::kFloat32;
  const bool is_byte = from.type == DataType::kInt8 || from.type == DataType::kUInt8;
  const bool exact = is_byte && *function == FusedActivation::kRelu &&
                     SameParameters(from.quantization, to.quantization);
  if (!is_float && !exact) return std::nullopt;
  return ActivationFusion{*reader, static_cast<int64_t>(*function)};
}

}  // namespace octolite
