#include "compress/weights.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>

#include "base/float16.h"
#include "base/shape.h"
#include "model/builtin_op.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

bool HoldsWeights(DataType type) {
  constexpr std::array kTypes = {DataType::kFloat32, DataType::kFloat16, DataType::kInt8,
                                 DataType::kUInt8,   DataType::kInt4,    DataType::kInt2};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool IsReadable(const Model& model, const Tensor& tensor) {
  const size_t large = static_cast<size_t>(std::count_if(
      tensor.shape.begin(), tensor.shape.end(), [](int32_t dimension) { return dimension > 1; }));
  if (!HoldsWeights(tensor.type) || large < 2 || tensor.sparsity || tensor.external_buffer != 0 ||
      !model.is_constant(tensor)) {
    return false;
  }
  const bool is_float = tensor.type == DataType::kFloat32 || tensor.type == DataType::kFloat16;
  if (!is_float && !(tensor.quantization && tensor.quantization->has_scale())) return false;
  const std::optional<Shape> shape = Shape::Make(tensor.shape);
  return shape && DataTypeBytes(tensor.type, static_cast<size_t>(shape->num_elements())) ==
                      model.data(tensor).size();
}

// Operators all of whose constant matrices are weights; their rules name one at most.
bool IsRecurrent(int32_t builtin) {
  constexpr std::array kOps = {BuiltinOp::kLstm,
                               BuiltinOp::kUnidirectionalSequenceLstm,
                               BuiltinOp::kBidirectionalSequenceLstm,
                               BuiltinOp::kRnn,
                               BuiltinOp::kUnidirectionalSequenceRnn,
                               BuiltinOp::kBidirectionalSequenceRnn,
                               BuiltinOp::kSvdf};
  return std::any_of(kOps.begin(), kOps.end(),
                     [&](BuiltinOp op) { return builtin == static_cast<int32_t>(op); });
}

class Finder {
 public:
  explicit Finder(const Model& model) : model_(model) {}

  std::vector<WeightTensor> Find() {
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) SearchSubgraph(static_cast<int32_t>(s));
    // A buffer that is used otherwise too is left alone.
    std::map<uint32_t, size_t> users;
    for (const Subgraph& subgraph : model_.subgraphs) {
      for (const Tensor& tensor : subgraph.tensors) ++users[tensor.buffer];
    }
    std::erase_if(found_, [&](const WeightTensor& one) {
      const uint32_t buffer = TensorOf(one).buffer;
      return used_[buffer] != users[buffer];
    });
    return std::move(found_);
  }

 private:
  const Tensor& TensorOf(const WeightTensor& one) const {
    return model_.subgraphs[static_cast<size_t>(one.subgraph)]
        .tensors[static_cast<size_t>(one.tensor)];
  }

  void SearchSubgraph(int32_t s) {
    const Subgraph& subgraph = model_.subgraphs[static_cast<size_t>(s)];
    std::vector<bool> seen(subgraph.tensors.size(), false);
    std::vector<int32_t> dequantized(subgraph.tensors.size(), kNoTensor);
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      const OperatorCode& code = model_.code(op);
      if (code.builtin == static_cast<int32_t>(BuiltinOp::kDequantize)) {
        if (op.inputs.size() == 1 && op.outputs.size() == 1 && op.inputs[0] != kNoTensor) {
          dequantized[static_cast<size_t>(op.outputs[0])] = op.inputs[0];
        }
        continue;
      }
      const OpDef* def = FindOp(code.builtin, code.custom_code);
      if (def == nullptr) continue;
      for (size_t j = 0; j < op.inputs.size(); ++j) {
        int32_t tensor = op.inputs[j];
        if (tensor == kNoTensor) continue;
        const bool is_weight =
            def->quant.weight_input == static_cast<int32_t>(j) || IsRecurrent(code.builtin);
        if (!is_weight) continue;
        if (dequantized[static_cast<size_t>(tensor)] != kNoTensor) {
          tensor = dequantized[static_cast<size_t>(tensor)];
        }
        if (seen[static_cast<size_t>(tensor)]) continue;
        seen[static_cast<size_t>(tensor)] = true;
        Add({.subgraph = s,
             .tensor = tensor,
             .axis = def->quant.channel_axis,
             .user = {s, static_cast<int32_t>(i)},
             .op_name = std::string(def->name())});
      }
    }
  }

  void Add(WeightTensor one) {
    const Tensor& tensor = TensorOf(one);
    if (!IsReadable(model_, tensor)) return;
    const auto rank = static_cast<int32_t>(tensor.shape.size());
    if (one.axis >= rank) one.axis = -1;
    if (used_[tensor.buffer]++ > 0) {
      // Content that stands for other numbers elsewhere counts as another use.
      const auto first = std::find_if(found_.begin(), found_.end(), [&](const WeightTensor& other) {
        return TensorOf(other).buffer == tensor.buffer;
      });
      const Tensor& other = TensorOf(*first);
      if (other.type != tensor.type || other.shape != tensor.shape ||
          other.quantization != tensor.quantization) {
        --used_[tensor.buffer];
      }
      return;
    }
    found_.push_back(std::move(one));
  }

  const Model& model_;
  std::vector<WeightTensor> found_;
  std::map<uint32_t, size_t> used_;  // of a buffer: tensors that are such weights
};

// Packed integers, lowest bits first.
std::vector<float> UnpackBits(std::span<const uint8_t> bytes, size_t count, int bits) {
  std::vector<float> codes(count);
  const size_t per_byte = 8u / static_cast<unsigned>(bits);
  const int shift_up = 8 - bits;
  for (size_t i = 0; i < count; ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    const auto high = static_cast<uint8_t>((bytes[i / per_byte] >> shift) << shift_up);
    codes[i] = static_cast<float>(static_cast<int8_t>(high) >> shift_up);
  }
  return codes;
}

std::vector<uint8_t> PackBits(std::span<const float> codes, int bits) {
  const size_t per_byte = 8u / static_cast<unsigned>(bits);
  std::vector<uint8_t> bytes((codes.size() + per_byte - 1) / per_byte, 0);
  const unsigned mask = (1u << bits) - 1u;
  for (size_t i = 0; i < codes.size(); ++i) {
    const auto code = static_cast<unsigned>(static_cast<int>(codes[i])) & mask;
    bytes[i / per_byte] = static_cast<uint8_t>(
        bytes[i / per_byte] | (code << (i % per_byte * static_cast<size_t>(bits))));
  }
  return bytes;
}

template <typename T>
std::vector<float> FromElements(std::span<const uint8_t> bytes) {
  std::vector<float> codes(bytes.size() / sizeof(T));
  for (size_t i = 0; i < codes.size(); ++i) {
    T element;
    std::memcpy(&element, &bytes[i * sizeof(T)], sizeof(T));
    codes[i] = static_cast<float>(element);
  }
  return codes;
}

}  // namespace

std::vector<WeightTensor> FindWeights(const Model& model) { return Finder(model).Find(); }

bool WeightValues::integer() const {
  return type != DataType::kFloat32 && type != DataType::kFloat16;
}

WeightValues ReadWeights(const Model& model, const WeightTensor& weights) {
  const Tensor& tensor = model.subgraphs[static_cast<size_t>(weights.subgraph)]
                             .tensors[static_cast<size_t>(weights.tensor)];
  const std::span<const uint8_t> bytes = model.data(tensor);
  WeightValues values;
  values.type = tensor.type;
  const auto count = static_cast<size_t>(Shape::Make(tensor.shape)->num_elements());
  switch (tensor.type) {
    case DataType::kFloat32:
      values.codes = FromElements<float>(bytes);
      break;
    case DataType::kFloat16:
      values.codes.resize(count);
      for (size_t i = 0; i < count; ++i) {
        uint16_t half;
        std::memcpy(&half, &bytes[i * sizeof(half)], sizeof(half));
        values.codes[i] = Float16ToFloat(half);
      }
      break;
    case DataType::kUInt8:
      values.codes = FromElements<uint8_t>(bytes);
      break;
    case DataType::kInt8:
      values.codes = FromElements<int8_t>(bytes);
      break;
    default:
      values.codes = UnpackBits(bytes, count, DataTypeBits(tensor.type));
  }
  values.scales = {1.0f};
  values.zero_points = {0.0f};
  int axis = weights.axis;
  if (values.integer()) {
    const Quantization& quantization = *tensor.quantization;
    values.scales = quantization.scale;
    values.zero_points.assign(quantization.zero_point.begin(), quantization.zero_point.end());
    if (values.zero_points.empty()) values.zero_points = {0.0f};
    if (quantization.per_channel()) axis = quantization.quantized_dimension;
  }
  values.layout = WeightLayout::PerChannel(tensor.shape, axis);
  return values;
}

std::vector<uint8_t> PackCodes(DataType type, std::span<const float> codes) {
  const int bits = DataTypeBits(type);
  if (bits < 8) return PackBits(codes, bits);
  const auto width = static_cast<size_t>(bits / 8);
  std::vector<uint8_t> bytes(codes.size() * width);
  for (size_t i = 0; i < codes.size(); ++i) {
    if (type == DataType::kFloat32) {
      std::memcpy(&bytes[i * width], &codes[i], width);
    } else if (type == DataType::kFloat16) {
      const uint16_t half = FloatToFloat16(codes[i]);
      std::memcpy(&bytes[i * width], &half, width);
    } else {
      bytes[i] = static_cast<uint8_t>(static_cast<int>(codes[i]));
    }
  }
  return bytes;
}

float RoundToType(DataType type, float code) {
  if (type == DataType::kFloat32) return code;
  return type == DataType::kFloat16 ? Float16ToFloat(FloatToFloat16(code)) : std::rint(code);
}

WeightError CompareCodes(const WeightValues& before, std::span<const float> codes) {
  constexpr double kLimitDb = 300;
  double signal = 0;
  double noise = 0;
  WeightError error;
  ForEachElement(before.layout, [&](size_t i, int64_t channel) {
    const double scale = before.scale(channel);
    const double real = scale * (double{before.codes[i]} - before.zero_point(channel));
    const double difference = scale * (double{codes[i]} - before.codes[i]);
    signal += real * real;
    noise += difference * difference;
    error.max_abs_error = std::max(error.max_abs_error, std::abs(difference));
  });
  if (!(noise > 0)) {
    error.sqnr_db = kLimitDb;
  } else if (!(signal > 0)) {
    error.sqnr_db = -kLimitDb;
  } else {
    error.sqnr_db = std::clamp(10 * std::log10(signal / noise), -kLimitDb, kLimitDb);
  }
  return error;
}

}  // namespace octolite
