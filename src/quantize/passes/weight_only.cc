#include <map>

#include "quantize/passes/passes.h"
#include "quantize/passes/recurrent.h"
#include "quantize/recurrent.h"
#include "quantize/weight_tensor.h"

namespace octolite {

Status QuantizeWeightsOnly(ModelEditor& editor, int32_t subgraph,
                           std::span<const Decision> decisions) {
  // By quantized tensor: the float32 tensor that its DEQUANTIZE makes.
  std::map<int32_t, int32_t> dequantized;
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    const Decision& decision = decisions[static_cast<size_t>(i)];
    if (decision.mode() != QuantMode::kWeightOnly) continue;
    if (FindRecurrent(editor.builtin(subgraph, i)) != nullptr) {
      OCTO_RETURN_IF_ERROR(QuantizeRecurrentWeightsOnly(editor, subgraph, i, decision));
      continue;
    }
    const auto input = static_cast<size_t>(decision.rule->weight_input);
    const int32_t source = editor.op(subgraph, i).inputs[input];
    OCTO_ASSIGN_OR_RETURN(const AddedWeights weights,
                          AddWeights(editor, subgraph, i, decision, nullptr));
    if (!dequantized.contains(weights.tensor)) {
      dequantized[weights.tensor] =
          editor.AddTensorLike(subgraph, source, "_dequantized", DataType::kFloat32, std::nullopt);
      editor.AddDequantize(subgraph, {ModelEditor::Place::kBefore, i}, weights.tensor,
                           dequantized[weights.tensor]);
    }
    editor.op(subgraph, i).inputs[input] = dequantized[weights.tensor];
  }
  return Status::Ok();
}

}  // namespace octolite
