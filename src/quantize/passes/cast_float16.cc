#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "base/float16.h"
#include "quantize/passes/passes.h"

namespace octolite {
namespace {

// Nothing when a value overflows.
std::optional<std::vector<uint8_t>> ToFloat16(std::span<const float> values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(uint16_t));
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t half = FloatToFloat16(values[i]);
    if (std::isfinite(values[i]) && !std::isfinite(Float16ToFloat(half))) return std::nullopt;
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return bytes;
}

}  // namespace

void CastFloat16(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                 std::span<const FoldedConstant> folded, std::vector<std::string>& warnings) {
  // What reads of a constant become; the constant itself where it cannot be cast.
  std::map<int32_t, int32_t> cast;
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    if (decisions[static_cast<size_t>(i)].mode() != QuantMode::kFloat16) continue;
    for (size_t k = 0; k < editor.op(subgraph, i).inputs.size(); ++k) {
      const int32_t tensor = editor.op(subgraph, i).inputs[k];
      if (tensor == kNoTensor || !editor.IsFloatConstant(subgraph, tensor) ||
          IsFolded(folded, subgraph, tensor)) {
        continue;
      }
      const std::vector<float> values = editor.Floats(subgraph, tensor);
      if (static_cast<int64_t>(values.size()) < kMinFloat16Elements) continue;
      if (!cast.contains(tensor)) {
        cast[tensor] = tensor;
        std::optional<std::vector<uint8_t>> halves = ToFloat16(values);
        if (halves) {
          const int32_t constant = editor.AddConstantLike(
              subgraph, tensor, "_float16", DataType::kFloat16, std::nullopt, std::move(*halves));
          cast[tensor] = editor.AddTensorLike(subgraph, tensor, "_dequantized", DataType::kFloat32,
                                              std::nullopt);
          editor.AddDequantize(subgraph, {ModelEditor::Place::kBefore, i}, constant, cast[tensor]);
        } else {
          warnings.push_back("tensor '" + editor.tensor(subgraph, tensor).name +
                             "' stays float32: it holds values beyond the range of float16");
        }
      }
      editor.op(subgraph, i).inputs[k] = cast[tensor];
    }
  }
}

}  // namespace octolite
