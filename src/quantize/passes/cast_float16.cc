#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "base/float16.h"
#include "quantize/made_bytes.h"
#include "quantize/passes/passes.h"

namespace octolite {
namespace {

ByteVector ToFloat16(std::span<const float> values, size_t /*first*/) {
  ByteVector bytes(values.size() * sizeof(uint16_t));
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t half = FloatToFloat16(values[i]);
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return bytes;
}

bool FitsFloat16(const ModelEditor& editor, int32_t subgraph, int32_t tensor) {
  bool fits = true;
  editor.ForEachPiece(subgraph, tensor, [&](std::span<const float> values, size_t) {
    fits = fits && std::ranges::all_of(values, [](float value) {
             return !std::isfinite(value) || std::isfinite(Float16ToFloat(FloatToFloat16(value)));
           });
  });
  return fits;
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
      const size_t elements = editor.content(subgraph, tensor).size() / sizeof(float);
      if (static_cast<int64_t>(elements) < kMinFloat16Elements) continue;
      if (!cast.contains(tensor)) {
        cast[tensor] = tensor;
        if (FitsFloat16(editor, subgraph, tensor)) {
          const int32_t constant = editor.AddConstantLike(
              subgraph, tensor, "_float16", DataType::kFloat16, std::nullopt,
              MakeBytesOfFloats(editor.content(subgraph, tensor), 16, ToFloat16));
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
