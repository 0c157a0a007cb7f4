#include "model/constants.h"

#include <algorithm>
#include <vector>

#include "model/builtin_op.h"

namespace octolite {

const Tensor* ConstantBehind(const Model& model, const Subgraph& subgraph, int32_t index) {
  const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
  if (model.is_constant(tensor)) return &tensor;
  for (const Operator& op : subgraph.operators) {
    if (model.code(op).builtin != static_cast<int32_t>(BuiltinOp::kDequantize)) continue;
    if (op.inputs.size() != 1 || op.inputs[0] < 0 ||
        std::find(op.outputs.begin(), op.outputs.end(), index) == op.outputs.end()) {
      continue;
    }
    const Tensor& source = subgraph.tensors[static_cast<size_t>(op.inputs[0])];
    return model.is_constant(source) ? &source : nullptr;
  }
  return nullptr;
}

int64_t OperatorConstantBytes(const Model& model, int32_t subgraph_index, int32_t op_index) {
  const Subgraph& subgraph = model.subgraphs[static_cast<size_t>(subgraph_index)];
  const Operator& op = subgraph.operators[static_cast<size_t>(op_index)];
  std::vector<uint32_t> counted;
  int64_t bytes = 0;
  for (const int32_t index : op.inputs) {
    if (index < 0) continue;
    const Tensor* constant = ConstantBehind(model, subgraph, index);
    if (!constant || std::find(counted.begin(), counted.end(), constant->buffer) != counted.end()) {
      continue;
    }
    counted.push_back(constant->buffer);
    bytes += static_cast<int64_t>(model.data_size(*constant));
  }
  return bytes;
}

int64_t ConstantBytes(const Model& model) {
  std::vector<bool> used(model.buffers.size());
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) used[tensor.buffer] = true;
  }
  int64_t bytes = 0;
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) bytes += static_cast<int64_t>(model.buffers[i].data.size());
  }
  return bytes;
}

}  // namespace octolite
