#include <algorithm>
#include <map>

#include "quantize/affine.h"
#include "quantize/passes/passes.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

Result<int32_t> AddAsymmetricWeights(ModelEditor& editor, int32_t subgraph, int32_t weights,
                                     int axis, std::span<const float> values) {
  const ChannelLayout layout = ChannelLayout::Of(editor.tensor(subgraph, weights).shape, axis);
  OCTO_ASSIGN_OR_RETURN(const std::vector<AffineParams> params,
                        AsymmetricChannelParams(values, layout));
  Quantization quantization;
  for (const AffineParams& channel : params) {
    quantization.scale.push_back(channel.scale);
    quantization.zero_point.push_back(channel.zero_point);
  }
  quantization.quantized_dimension = std::max(axis, 0);
  return editor.AddConstantLike(subgraph, weights, "_quantized", DataType::kInt8,
                                std::move(quantization),
                                QuantizeAsymmetric(values, layout, params));
}

}  // namespace

Status QuantizeWeightsOnly(ModelEditor& editor, int32_t subgraph,
                           std::span<const Decision> decisions) {
  // By int8 tensor: the float32 tensor that its DEQUANTIZE makes.
  std::map<int32_t, int32_t> dequantized;
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    const Decision& decision = decisions[static_cast<size_t>(i)];
    if (decision.mode != QuantMode::kWeightOnlyInt8) continue;
    const auto input = static_cast<size_t>(decision.rule->weight_input);
    const int32_t weights = editor.op(subgraph, i).inputs[input];
    const int axis = WeightAxis(*decision.rule, decision.granularity);
    const std::vector<float> values = editor.Floats(subgraph, weights);
    int32_t quantized = kNoTensor;
    if (decision.symmetric_weights) {
      const ChannelLayout layout = ChannelLayout::Of(editor.tensor(subgraph, weights).shape, axis);
      quantized = AddSymmetricWeights(editor, subgraph, weights, axis, values,
                                      SymmetricScales(values, layout));
    } else {
      Result<int32_t> added = AddAsymmetricWeights(editor, subgraph, weights, axis, values);
      if (!added.ok()) {
        return added.status().AtTensor(weights, editor.tensor(subgraph, weights).name);
      }
      quantized = added.value();
    }
    if (!dequantized.contains(quantized)) {
      dequantized[quantized] =
          editor.AddTensorLike(subgraph, weights, "_dequantized", DataType::kFloat32, std::nullopt);
      editor.AddDequantize(subgraph, {ModelEditor::Place::kBefore, i}, quantized,
                           dequantized[quantized]);
    }
    editor.op(subgraph, i).inputs[input] = dequantized[quantized];
  }
  return Status::Ok();
}

}  // namespace octolite
