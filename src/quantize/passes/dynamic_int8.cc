#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "quantize/affine.h"
#include "quantize/passes/passes.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

// A float32 constant of its own for a bias that will be float16 again in the end.
void KeepBiasFloat32(ModelEditor& editor, int32_t subgraph, int32_t& bias,
                     std::span<const FoldedConstant> folded) {
  if (!IsFolded(folded, subgraph, bias)) return;
  const std::vector<float> values = editor.Floats(subgraph, bias);
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  bias = editor.AddConstantLike(subgraph, bias, "_float32", DataType::kFloat32, std::nullopt,
                                std::move(bytes));
}

}  // namespace

void QuantizeDynamic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                     std::span<const FoldedConstant> folded) {
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    const Decision& decision = decisions[static_cast<size_t>(i)];
    if (decision.mode != QuantMode::kDynamicInt8) continue;
    const QuantRule& rule = *decision.rule;
    const auto input = static_cast<size_t>(rule.weight_input);
    const int32_t weights = editor.op(subgraph, i).inputs[input];
    const int axis = WeightAxis(rule, decision.granularity);
    const std::vector<float> values = editor.Floats(subgraph, weights);
    const ChannelLayout layout = ChannelLayout::Of(editor.tensor(subgraph, weights).shape, axis);
    const int32_t quantized = AddSymmetricWeights(editor, subgraph, weights, axis, values,
                                                  SymmetricScales(values, layout));
    Operator& op = editor.op(subgraph, i);
    op.inputs[input] = quantized;
    const auto bias = static_cast<size_t>(rule.bias_input);
    if (rule.bias_input >= 0 && bias < op.inputs.size()) {
      KeepBiasFloat32(editor, subgraph, op.inputs[bias], folded);
    }
    editor.RequireVersion(subgraph, i,
                          axis >= 0 ? rule.dynamic_per_channel_version : rule.dynamic_version);
  }
}

}  // namespace octolite
