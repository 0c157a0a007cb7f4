#include "quantize/passes/recurrent.h"
#include "quantize/recurrent.h"

namespace octolite {
namespace {

// Calls f(i, its integer form) for every input that holds weights.
template <typename F>
Status ForEachWeights(ModelEditor& editor, int32_t subgraph, int32_t op, const Decision& decision,
                      F f) {
  for (const int8_t i : FindRecurrent(editor.builtin(subgraph, op))->weights) {
    if (!HasInput(editor.op(subgraph, op), i)) continue;
    OCTO_ASSIGN_OR_RETURN(const AddedWeights weights,
                          AddRecurrentWeights(editor, subgraph, op, i, decision));
    f(static_cast<size_t>(i), weights.tensor);
  }
  return Status::Ok();
}

}  // namespace

Result<AddedWeights> AddRecurrentWeights(ModelEditor& editor, int32_t subgraph, int32_t op, int i,
                                         const Decision& decision) {
  const int32_t weights = editor.op(subgraph, op).inputs[static_cast<size_t>(i)];
  // As of an operator that has these weights alone, of which each row makes one output.
  QuantRule rule;
  rule.weight_input = static_cast<int8_t>(i);
  rule.channel_axis = editor.tensor(subgraph, weights).shape.size() > 1 ? 0 : -1;
  Decision alone = decision;
  alone.rule = &rule;
  return AddWeights(editor, subgraph, op, alone, nullptr);
}

Status QuantizeRecurrentDynamic(ModelEditor& editor, int32_t subgraph, int32_t op,
                                const Decision& decision) {
  OCTO_RETURN_IF_ERROR(ForEachWeights(
      editor, subgraph, op, decision,
      [&](size_t i, int32_t weights) { editor.op(subgraph, op).inputs[i] = weights; }));
  editor.RequireVersion(subgraph, op, RequiredVersion(decision));
  return Status::Ok();
}

Status QuantizeRecurrentWeightsOnly(ModelEditor& editor, int32_t subgraph, int32_t op,
                                    const Decision& decision) {
  return ForEachWeights(editor, subgraph, op, decision, [&](size_t i, int32_t weights) {
    const int32_t source = editor.op(subgraph, op).inputs[i];
    const int32_t dequantized =
        editor.AddTensorLike(subgraph, source, "_dequantized", DataType::kFloat32, std::nullopt);
    editor.AddDequantize(subgraph, {ModelEditor::Place::kBefore, op}, weights, dequantized);
    editor.op(subgraph, op).inputs[i] = dequantized;
  });
}

}  // namespace octolite
