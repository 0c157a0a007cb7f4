#include "runtime/passes/tensor_uses.h"

namespace octolite {

TensorUses::TensorUses(const Subgraph& subgraph) : uses_(subgraph.tensors.size()) {
  for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
    uses_[i].visible = subgraph.tensors[i].is_variable;
  }
  for (size_t op = 0; op < subgraph.operators.size(); ++op) {
    for (const int32_t tensor : subgraph.operators[op].inputs) {
      if (tensor == kNoTensor) continue;
      Use& use = uses_[static_cast<size_t>(tensor)];
      ++use.count;
      use.reader = static_cast<int32_t>(op);
    }
  }
  for (const int32_t tensor : subgraph.inputs) uses_[static_cast<size_t>(tensor)].visible = true;
  for (const int32_t tensor : subgraph.outputs) {
    Use& use = uses_[static_cast<size_t>(tensor)];
    use.visible = true;
    ++use.count;
  }
}

std::optional<int32_t> TensorUses::SoleReader(int32_t tensor) const {
  const Use& use = uses_[static_cast<size_t>(tensor)];
  if (use.visible || use.count != 1) return std::nullopt;
  return use.reader;
}

}  // namespace octolite
