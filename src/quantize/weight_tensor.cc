#include "quantize/weight_tensor.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/float16.h"
#include "quantize/affine.h"
#include "quantize/made_bytes.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

// The nearest float16 whose mantissa has the 7 bits of a bfloat16, ties to even: kernels read the
// scales of blocks as the one or the other.
float RoundBlockScale(float scale) {
  auto bits = std::bit_cast<uint32_t>(scale);
  bits += 0x7FFFu + ((bits >> 16) & 1u);
  const float rounded = std::bit_cast<float>(bits & 0xFFFF0000u);
  const float half = Float16ToFloat(FloatToFloat16(rounded));
  constexpr float kSmallestNormal = 0x1p-14f;
  return std::clamp(half, kSmallestNormal, 65280.0f);
}

Quantization BlockScales(ModelEditor& editor, int32_t subgraph, int32_t weights, int32_t block_size,
                         std::span<const float> scales) {
  std::vector<int32_t> shape = editor.tensor(subgraph, weights).shape;
  shape.back() /= block_size;
  std::vector<uint8_t> bytes(scales.size() * sizeof(uint16_t));
  for (size_t i = 0; i < scales.size(); ++i) {
    const uint16_t half = FloatToFloat16(scales[i]);
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  Quantization quantization;
  quantization.blockwise = BlockwiseQuantization{
      editor.AddConstant(subgraph, weights, "_scales", DataType::kFloat16, shape, std::move(bytes)),
      kNoTensor, block_size};
  return quantization;
}

Quantization ChannelScales(const WeightParams& params, int axis) {
  Quantization quantization;
  quantization.scale = params.scales;
  quantization.zero_point.assign(params.zero_points.begin(), params.zero_points.end());
  quantization.zero_point.resize(params.scales.size());
  quantization.quantized_dimension = std::max(axis, 0);
  return quantization;
}

// Clipping looks at all values of a group again and again, so that it needs them in memory.
Result<WeightParams> ChooseParams(const ModelEditor& editor, int32_t subgraph, int32_t weights,
                                  const WeightLayout& layout, const WeightConfig& config) {
  if (config.clipping != WeightClipping::kMinMax) {
    return ChooseWeightParams(editor.Floats(subgraph, weights), layout, config);
  }
  WeightBounds bounds(layout);
  editor.ForEachPiece(subgraph, weights, [&](std::span<const float> values, size_t first) {
    bounds.Add(values, first);
  });
  return WidestWeightParams(bounds, config);
}

}  // namespace

Result<AddedWeights> AddWeights(ModelEditor& editor, int32_t subgraph, int32_t op,
                                const Decision& decision, const BiasScale* bias) {
  const WeightConfig& config = decision.config.weights;
  const auto input = static_cast<size_t>(decision.rule->weight_input);
  const int32_t weights = editor.op(subgraph, op).inputs[input];
  const std::vector<int32_t> shape = editor.tensor(subgraph, weights).shape;
  const bool blockwise = config.granularity == Granularity::kBlockwise;
  const int axis = WeightAxis(decision);
  const WeightLayout layout = blockwise ? WeightLayout::Blockwise(shape, config.block_size)
                                        : WeightLayout::PerChannel(shape, axis);
  Result<WeightParams> chosen = ChooseParams(editor, subgraph, weights, layout, config);
  if (!chosen.ok()) {
    return chosen.status()
        .AtTensor(weights, editor.tensor(subgraph, weights).name)
        .AtSubgraph(subgraph);
  }
  WeightParams params = std::move(chosen).value();
  if (bias && bias->fits_int32) WidenForBias(bias->values, bias->input_scale, params.scales);
  if (blockwise) {
    for (float& scale : params.scales) scale = RoundBlockScale(scale);
  }
  ByteSlice content = MakeBytesOfFloats(
      editor.content(subgraph, weights), config.bits,
      [layout, params, config](std::span<const float> values, size_t first) {
        const CodeRange range = CodeRange::Of(config);
        return PackCodes(WeightCodes(values, layout, params, range, first), config.bits);
      });
  Quantization quantization =
      blockwise ? BlockScales(editor, subgraph, weights, config.block_size, params.scales)
                : ChannelScales(params, axis);
  AddedWeights added;
  added.tensor = editor.AddConstantLike(subgraph, weights, "_quantized", WeightType(config.bits),
                                        std::move(quantization), std::move(content));
  if (!blockwise) added.scales = std::move(params.scales);
  return added;
}

}  // namespace octolite
