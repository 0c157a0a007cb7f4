#include <algorithm>
#include <cstring>

#include "base/float16.h"
#include "base/shape.h"
#include "quantize/made_bytes.h"
#include "quantize/passes/passes.h"

namespace octolite {
namespace {

bool IsFloat16Constant(const ModelEditor& editor, const Tensor& tensor) {
  if (tensor.type != DataType::kFloat16 || tensor.sparsity || !editor.model().is_constant(tensor)) {
    return false;
  }
  const std::optional<Shape> shape = Shape::Make(tensor.shape);
  return shape && editor.model().data_size(tensor) ==
                      static_cast<size_t>(shape->num_elements()) * sizeof(uint16_t);
}

ByteVector ToFloat32(std::span<const uint8_t> halves, size_t /*first*/) {
  const size_t count = halves.size() / sizeof(uint16_t);
  ByteVector bytes(count * sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    uint16_t half;
    std::memcpy(&half, halves.data() + i * sizeof(half), sizeof(half));
    const float value = Float16ToFloat(half);
    std::memcpy(bytes.data() + i * sizeof(value), &value, sizeof(value));
  }
  return bytes;
}

}  // namespace

std::vector<FoldedConstant> FoldFloat16(ModelEditor& editor) {
  std::vector<FoldedConstant> folded;
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<TensorUse> uses = FindUses(editor, s);
    for (int32_t i = 0; i < editor.num_operators(s); ++i) {
      if (editor.builtin(s, i) != static_cast<int32_t>(BuiltinOp::kDequantize)) continue;
      const Operator& op = editor.op(s, i);
      if (op.inputs.size() != 1 || op.outputs.size() != 1) continue;
      const Tensor& from = editor.tensor(s, op.inputs[0]);
      const Tensor& to = editor.tensor(s, op.outputs[0]);
      if (!IsFloat16Constant(editor, from) || to.type != DataType::kFloat32 ||
          to.shape != from.shape || uses[static_cast<size_t>(op.outputs[0])].is_graph_output) {
        continue;
      }
      folded.push_back({s, i, op.outputs[0]});
      editor.SetContent(s, op.outputs[0], DataType::kFloat32,
                        MakeBytes(editor.content(s, op.inputs[0]), 16, 32, ToFloat32));
      editor.Remove(s, i);
    }
  }
  return folded;
}

bool IsFolded(std::span<const FoldedConstant> folded, int32_t subgraph, int32_t tensor) {
  return std::any_of(folded.begin(), folded.end(), [&](const FoldedConstant& constant) {
    return constant.subgraph == subgraph && constant.tensor == tensor;
  });
}

void UnfoldFloat16(ModelEditor& editor, std::span<const FoldedConstant> folded) {
  std::vector<std::vector<TensorUse>> uses;
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) uses.push_back(FindUses(editor, s));
  for (const FoldedConstant& constant : folded) {
    const std::vector<TensorUse>& of_subgraph = uses[static_cast<size_t>(constant.subgraph)];
    if (of_subgraph[static_cast<size_t>(constant.tensor)].consumers.empty()) continue;
    editor.tensor(constant.subgraph, constant.tensor).buffer = 0;
    editor.Restore(constant.subgraph, constant.op);
  }
}

}  // namespace octolite
