#include "recover/float_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "quantize/model_editor.h"
#include "quantize/passes/passes.h"
#include "recover/integer_weights.h"

namespace octolite {

Model WithFloat32Constants(const Model& model) {
  ModelEditor editor(model);
  FoldFloat16(editor);
  return editor.Finish();
}

std::vector<float> FloatConstant(const Model& model, int32_t subgraph, int32_t index) {
  const Tensor& tensor =
      model.subgraphs[static_cast<size_t>(subgraph)].tensors[static_cast<size_t>(index)];
  if (tensor.type != DataType::kFloat32 || tensor.sparsity || !model.is_constant(tensor)) return {};
  const std::span<const uint8_t> bytes = model.data(tensor);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  const bool finite =
      std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  return finite ? values : std::vector<float>();
}

void SetFloatConstant(Model& model, int32_t subgraph, int32_t tensor,
                      std::span<const float> values) {
  ByteVector bytes(values.size() * sizeof(float));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  SetTensorBytes(model, subgraph, tensor, std::move(bytes));
}

int CountReaders(const Subgraph& subgraph, int32_t tensor) {
  int readers = 0;
  for (const Operator& op : subgraph.operators) {
    readers += static_cast<int>(std::count(op.inputs.begin(), op.inputs.end(), tensor));
  }
  return readers;
}

}  // namespace octolite
