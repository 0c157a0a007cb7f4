#include "quantize/affine.h"
#include "quantize/passes/passes.h"
#include "quantize/weights.h"

namespace octolite {

void QuantizeDynamic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions) {
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
    editor.op(subgraph, i).inputs[input] = quantized;
    editor.RequireVersion(subgraph, i,
                          axis >= 0 ? rule.dynamic_per_channel_version : rule.dynamic_version);
  }
}

}  // namespace octolite
