#include "quantize/weights.h"

#include <algorithm>
#include <utility>

#include "quantize/affine.h"

namespace octolite {

int32_t AddSymmetricWeights(ModelEditor& editor, int32_t subgraph, int32_t weights, int axis,
                            std::span<const float> values, std::vector<float> scales) {
  const ChannelLayout layout = ChannelLayout::Of(editor.tensor(subgraph, weights).shape, axis);
  std::vector<uint8_t> bytes = QuantizeSymmetric(values, layout, scales);
  Quantization quantization;
  quantization.zero_point.assign(scales.size(), 0);
  quantization.scale = std::move(scales);
  quantization.quantized_dimension = std::max(axis, 0);
  return editor.AddConstantLike(subgraph, weights, "_quantized", DataType::kInt8,
                                std::move(quantization), std::move(bytes));
}

}  // namespace octolite
