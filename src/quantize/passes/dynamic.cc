#include <optional>
#include <utility>
#include <vector>

#include "quantize/passes/passes.h"
#include "quantize/passes/recurrent.h"
#include "quantize/recurrent.h"
#include "quantize/weight_tensor.h"

namespace octolite {
namespace {

// A float32 constant of its own for a bias that will be float16 again in the end.
void KeepBiasFloat32(ModelEditor& editor, int32_t subgraph, int32_t& bias,
                     std::span<const FoldedConstant> folded) {
  if (!IsFolded(folded, subgraph, bias)) return;
  bias = editor.AddConstantLike(subgraph, bias, "_float32", DataType::kFloat32, std::nullopt,
                                editor.content(subgraph, bias));
}

}  // namespace

Status QuantizeDynamic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                       std::span<const FoldedConstant> folded) {
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    const Decision& decision = decisions[static_cast<size_t>(i)];
    if (decision.mode() != QuantMode::kDynamic) continue;
    if (FindRecurrent(editor.builtin(subgraph, i)) != nullptr) {
      OCTO_RETURN_IF_ERROR(QuantizeRecurrentDynamic(editor, subgraph, i, decision));
      for (int32_t& input : editor.op(subgraph, i).inputs) {
        KeepBiasFloat32(editor, subgraph, input, folded);
      }
      continue;
    }
    OCTO_ASSIGN_OR_RETURN(const AddedWeights weights,
                          AddWeights(editor, subgraph, i, decision, nullptr));
    Operator& op = editor.op(subgraph, i);
    op.inputs[static_cast<size_t>(decision.rule->weight_input)] = weights.tensor;
    const auto bias = static_cast<size_t>(decision.rule->bias_input);
    if (decision.rule->bias_input >= 0 && bias < op.inputs.size()) {
      KeepBiasFloat32(editor, subgraph, op.inputs[bias], folded);
    }
    editor.RequireVersion(subgraph, i, RequiredVersion(decision));
  }
  return Status::Ok();
}

}  // namespace octolite
