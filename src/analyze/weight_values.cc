#include "analyze/weight_values.h"

#include <algorithm>
#include <cstring>

#include "base/float16.h"
#include "base/shape.h"
#include "model/constants.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

template <typename T>
T ElementAt(std::span<const uint8_t> bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// Elements of less than 8 bits lie in a byte with the first in the lowest bits.
uint32_t PackedAt(std::span<const uint8_t> bytes, size_t i, int bits) {
  const auto per_byte = static_cast<size_t>(8 / bits);
  const uint32_t mask = (1u << bits) - 1u;
  return (static_cast<uint32_t>(bytes[i / per_byte]) >>
          (i % per_byte * static_cast<size_t>(bits))) &
         mask;
}

float SignedPackedAt(std::span<const uint8_t> bytes, size_t i, int bits) {
  const auto value = static_cast<int32_t>(PackedAt(bytes, i, bits));
  const int32_t half = 1 << (bits - 1);
  return static_cast<float>(value >= half ? value - 2 * half : value);
}

// The stored number, before scale and zero point.
std::optional<float> StoredAt(DataType type, std::span<const uint8_t> bytes, size_t i) {
  switch (type) {
    case DataType::kFloat32:
      return ElementAt<float>(bytes, i);
    case DataType::kFloat16:
      return Float16ToFloat(ElementAt<uint16_t>(bytes, i));
    case DataType::kInt8:
      return static_cast<float>(ElementAt<int8_t>(bytes, i));
    case DataType::kUInt8:
      return static_cast<float>(bytes[i]);
    case DataType::kInt16:
      return static_cast<float>(ElementAt<int16_t>(bytes, i));
    case DataType::kInt4:
      return SignedPackedAt(bytes, i, 4);
    case DataType::kInt2:
      return SignedPackedAt(bytes, i, 2);
    case DataType::kUInt4:
      return static_cast<float>(PackedAt(bytes, i, 4));
    default:
      return std::nullopt;
  }
}

// Which scale an element has: that of its index along an axis, or of its block.
struct Grouping {
  std::vector<float> scales;
  std::vector<float> zero_points;
  size_t run = 1;  // neighbouring elements with the same parameters

  size_t group(size_t i) const { return i / run % scales.size(); }
};

std::optional<std::vector<float>> Unscaled(const Model& model, const Subgraph& subgraph,
                                           int32_t index) {
  if (index < 0 || static_cast<size_t>(index) >= subgraph.tensors.size()) return std::nullopt;
  const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
  const std::span<const uint8_t> bytes = model.data(tensor);
  const int bits = DataTypeBits(tensor.type);
  if (bits < 8) return std::nullopt;
  std::vector<float> values(bytes.size() / static_cast<size_t>(bits / 8));
  for (size_t i = 0; i < values.size(); ++i) {
    const std::optional<float> value = StoredAt(tensor.type, bytes, i);
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  return values;
}

std::optional<Grouping> BlockGroups(const Model& model, const Subgraph& subgraph,
                                    const BlockwiseQuantization& blocks, size_t count) {
  Grouping groups;
  std::optional<std::vector<float>> scales = Unscaled(model, subgraph, blocks.scales);
  if (!scales || blocks.block_size <= 0) return std::nullopt;
  groups.run = static_cast<size_t>(blocks.block_size);
  if (scales->empty() || scales->size() * groups.run != count) return std::nullopt;
  groups.scales = std::move(*scales);
  groups.zero_points.assign(groups.scales.size(), 0.0f);
  if (blocks.zero_points < 0) return groups;
  std::optional<std::vector<float>> zero_points = Unscaled(model, subgraph, blocks.zero_points);
  if (!zero_points || zero_points->size() != groups.scales.size()) return std::nullopt;
  groups.zero_points = std::move(*zero_points);
  return groups;
}

std::optional<Grouping> GroupsOf(const Model& model, const Subgraph& subgraph, const Tensor& tensor,
                                 size_t count) {
  Grouping groups;
  groups.scales = {1.0f};
  groups.zero_points = {0.0f};
  if (!tensor.quantization || tensor.type == DataType::kFloat32) return groups;
  const Quantization& quantization = *tensor.quantization;
  if (quantization.blockwise) return BlockGroups(model, subgraph, *quantization.blockwise, count);
  if (quantization.multi_axis || quantization.custom) return std::nullopt;
  if (!quantization.has_scale()) return groups;
  groups.scales = quantization.scale;
  groups.zero_points.clear();
  for (size_t c = 0; c < groups.scales.size(); ++c) {
    groups.zero_points.push_back(static_cast<float>(quantization.zero_point_at(c)));
  }
  if (!quantization.per_channel()) return groups;
  const auto axis = static_cast<size_t>(quantization.quantized_dimension);
  if (axis >= tensor.shape.size() ||
      static_cast<size_t>(tensor.shape[axis]) != groups.scales.size()) {
    return std::nullopt;
  }
  for (size_t i = axis + 1; i < tensor.shape.size(); ++i) {
    groups.run *= static_cast<size_t>(tensor.shape[i]);
  }
  return groups;
}

}  // namespace

std::optional<std::vector<float>> ConstantReals(const Model& model, const Subgraph& subgraph,
                                                const Tensor& constant) {
  if (constant.sparsity) return std::nullopt;
  const std::optional<Shape> shape = Shape::Make(constant.shape);
  if (!shape) return std::nullopt;
  const auto count = static_cast<size_t>(shape->num_elements());
  const std::span<const uint8_t> bytes = model.data(constant);
  const std::optional<size_t> expected = DataTypeBytes(constant.type, count);
  if (!expected || *expected != bytes.size()) return std::nullopt;
  const std::optional<Grouping> groups = GroupsOf(model, subgraph, constant, count);
  if (!groups) return std::nullopt;
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    const std::optional<float> stored = StoredAt(constant.type, bytes, i);
    if (!stored) return std::nullopt;
    const size_t group = groups->group(i);
    values[i] = (*stored - groups->zero_points[group]) * groups->scales[group];
  }
  return values;
}

std::optional<ErrorMetrics> CompareWeights(const Model& reference, const Subgraph& reference_graph,
                                           const Operator& reference_op, const Model& candidate,
                                           const Subgraph& candidate_graph,
                                           const Operator& candidate_op) {
  const OpDef* def = FindOp(reference.code(reference_op).builtin);
  ErrorAccumulator error;
  bool any = false;
  const size_t inputs = std::min(reference_op.inputs.size(), candidate_op.inputs.size());
  for (size_t i = 0; i < inputs; ++i) {
    if (reference_op.inputs[i] < 0 || candidate_op.inputs[i] < 0) continue;
    if (def && def->quant.bias_input == static_cast<int>(i)) continue;
    const Tensor* ours = ConstantBehind(reference, reference_graph, reference_op.inputs[i]);
    const Tensor* theirs = ConstantBehind(candidate, candidate_graph, candidate_op.inputs[i]);
    if (!ours || !theirs) continue;
    if (ours->type != DataType::kFloat32 && ours->type != DataType::kFloat16) continue;
    const std::optional<std::vector<float>> a = ConstantReals(reference, reference_graph, *ours);
    const std::optional<std::vector<float>> b = ConstantReals(candidate, candidate_graph, *theirs);
    if (!a || !b || a->size() != b->size()) continue;
    error.Add(*a, *b);
    any = true;
  }
  return any ? std::optional(error.metrics()) : std::nullopt;
}

}  // namespace octolite
