#include "recover/integer_weights.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/float16.h"

namespace octolite {
namespace {

int32_t BitsOf(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return 8;
    case DataType::kInt4:
      return 4;
    case DataType::kInt2:
      return 2;
    default:
      return 0;
  }
}

// Codes of less than 8 bits lie one after the other from the lowest bits of a byte on.
std::vector<int8_t> Unpack(std::span<const uint8_t> bytes, int32_t bits, size_t count) {
  std::vector<int8_t> codes(count);
  const auto per_byte = static_cast<size_t>(8 / bits);
  for (size_t i = 0; i < count; ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    const auto up = static_cast<uint8_t>(bytes[i / per_byte] << (8 - bits - shift));
    codes[i] = static_cast<int8_t>(static_cast<int8_t>(up) >> (8 - bits));
  }
  return codes;
}

ByteVector Pack(std::span<const int8_t> codes, int32_t bits) {
  const auto per_byte = static_cast<size_t>(8 / bits);
  ByteVector bytes((codes.size() + per_byte - 1) / per_byte);
  const int mask = (1 << bits) - 1;
  for (size_t i = 0; i < codes.size(); ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    bytes[i / per_byte] = static_cast<uint8_t>(bytes[i / per_byte] | (codes[i] & mask) << shift);
  }
  return bytes;
}

// How many operators of the subgraph read a tensor, and which one makes it.
struct Use {
  int readers = 0;
  const Operator* maker = nullptr;
};

Use UseOf(const Subgraph& subgraph, int32_t tensor) {
  Use use;
  for (const Operator& op : subgraph.operators) {
    use.readers += static_cast<int>(std::count(op.inputs.begin(), op.inputs.end(), tensor));
    if (std::find(op.outputs.begin(), op.outputs.end(), tensor) != op.outputs.end()) {
      use.maker = &op;
    }
  }
  return use;
}

std::vector<float> FloatsOf(const Model& model, const Tensor& tensor) {
  const std::span<const uint8_t> bytes = model.data(tensor);
  std::vector<float> values;
  if (tensor.type == DataType::kFloat32) {
    values.resize(bytes.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  } else if (tensor.type == DataType::kFloat16) {
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
      uint16_t half = 0;
      std::memcpy(&half, &bytes[i], sizeof(half));
      values.push_back(Float16ToFloat(half));
    }
  }
  return values;
}

bool SetGrid(const Model& model, const Subgraph& subgraph, const Tensor& tensor,
             IntegerWeights& weights) {
  const size_t count = weights.codes.size();
  const Quantization& quantization = *tensor.quantization;
  weights.scales.resize(count);
  weights.zero_points.assign(count, 0);
  if (quantization.blockwise) {
    const BlockwiseQuantization& blocks = *quantization.blockwise;
    if (blocks.zero_points >= 0 || blocks.block_size < 1) return false;
    const std::vector<float> scales =
        FloatsOf(model, subgraph.tensors[static_cast<size_t>(blocks.scales)]);
    const auto block = static_cast<size_t>(blocks.block_size);
    if (scales.size() * block != count) return false;
    for (size_t i = 0; i < count; ++i) weights.scales[i] = scales[i / block];
    return true;
  }
  if (!quantization.has_scale()) return false;
  size_t inner = count;
  if (quantization.per_channel()) {
    inner = 1;
    for (size_t d = static_cast<size_t>(quantization.quantized_dimension) + 1;
         d < tensor.shape.size(); ++d) {
      inner *= static_cast<size_t>(tensor.shape[d]);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const size_t channel = i / inner % quantization.scale.size();
    weights.scales[i] = quantization.scale[channel];
    weights.zero_points[i] = static_cast<int8_t>(quantization.zero_point_at(channel));
  }
  return true;
}

}  // namespace

std::optional<IntegerWeights> ReadIntegerWeights(const Model& model, int32_t subgraph,
                                                 const LinearLayer& layer) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  IntegerWeights weights;
  weights.tensor = layer.weights;
  Use use = UseOf(graph, layer.weights);
  if (use.readers != 1) return std::nullopt;
  if (use.maker) {
    if (model.code(*use.maker).builtin != static_cast<int32_t>(BuiltinOp::kDequantize)) {
      return std::nullopt;
    }
    weights.tensor = use.maker->inputs[0];
    if (UseOf(graph, weights.tensor).readers != 1) return std::nullopt;
  }
  const Tensor& tensor = graph.tensors[static_cast<size_t>(weights.tensor)];
  weights.bits = BitsOf(tensor.type);
  if (weights.bits == 0 || !tensor.quantization || tensor.sparsity || !model.is_constant(tensor)) {
    return std::nullopt;
  }
  const auto count = static_cast<size_t>(layer.channels() * layer.depth);
  const std::span<const uint8_t> bytes = model.data(tensor);
  if (bytes.size() * 8 < count * static_cast<size_t>(weights.bits)) return std::nullopt;
  weights.codes = Unpack(bytes, weights.bits, count);
  if (!SetGrid(model, graph, tensor, weights)) return std::nullopt;
  const int32_t top = 1 << (weights.bits - 1);
  weights.max_code = top - 1;
  // A range that was kept narrow stays so: kernels may count on it.
  const bool full = std::any_of(weights.codes.begin(), weights.codes.end(),
                                [&](int8_t code) { return code == -top; }) ||
                    std::any_of(weights.zero_points.begin(), weights.zero_points.end(),
                                [](int8_t zero_point) { return zero_point != 0; });
  weights.min_code = full ? -top : 1 - top;
  return weights;
}

void SetTensorBytes(Model& model, int32_t subgraph, int32_t index, ByteVector bytes) {
  Tensor& tensor =
      model.subgraphs[static_cast<size_t>(subgraph)].tensors[static_cast<size_t>(index)];
  int users = 0;
  for (const Subgraph& graph : model.subgraphs) {
    for (const Tensor& other : graph.tensors) users += other.buffer == tensor.buffer ? 1 : 0;
  }
  if (users > 1) {
    tensor.buffer = static_cast<uint32_t>(model.buffers.size());
    model.buffers.emplace_back();
  }
  model.buffers[tensor.buffer] = {ByteSlice(std::move(bytes)), true};
}

void WriteCodes(Model& model, int32_t subgraph, const IntegerWeights& weights) {
  SetTensorBytes(model, subgraph, weights.tensor, Pack(weights.codes, weights.bits));
}

}  // namespace octolite
