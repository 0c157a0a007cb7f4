#include "support/model_mutator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/shape.h"
#include "ops/op_def.h"

namespace octolite::testing {
namespace {

constexpr int64_t kIntegers[] = {0,   1,    2,     3,     4,           5,         7,        8,
                                 15,  16,   31,    32,    33,          127,       128,      255,
                                 256, 1000, 32767, 65536, 2147483647,  -1,        -2,       -3,
                                 -4,  -5,   -128,  -129,  -32768,      -65536,    1 << 20,  46341,
                                 9,   10,   11,    12,    -2147483648, 1ll << 31, 1ll << 40};
const double kReals[] = {0.0,   1.0,  -1.0,  0.5,      2.0,       1e-30, 1e30,
                         1e-45, 3e38, 0.001, INFINITY, -INFINITY, NAN,   6.0};
// A mutated constant is not made larger than this.
constexpr size_t kMaxConstantBytes = 1 << 16;

class Mutator {
 public:
  Mutator(Model& model, Rng& rng) : model_(model), rng_(rng) {}

  void Change() {
    Subgraph& subgraph = Pick(model_.subgraphs);
    if (subgraph.tensors.empty() || subgraph.operators.empty()) return;
    switch (Below(10)) {
      case 0:
      case 1:
        return ChangeShape(Pick(subgraph.tensors));
      case 2:
        return ChangeType(Pick(subgraph.tensors));
      case 3:
        return ChangeQuantization(Pick(subgraph.tensors));
      case 4:
        return ChangeTensorList(subgraph, Pick(subgraph.operators));
      case 5:
      case 6:
        return ChangeOptions(Pick(subgraph.operators));
      case 7:
        return ChangeOperator(Pick(subgraph.operators));
      case 8:
        return ChangeConstant(Pick(subgraph.tensors));
      default:
        Pick(subgraph.tensors).is_variable ^= true;
    }
  }

  // Gives constants whose tensor has changed the size that it demands, in most cases.
  void FitConstants() {
    for (Subgraph& subgraph : model_.subgraphs) {
      for (Tensor& tensor : subgraph.tensors) {
        const ByteSlice& data = model_.buffers[tensor.buffer].data;
        const auto shape = Shape::Make(tensor.shape);
        if (data.empty() || !shape || tensor.sparsity) continue;
        const auto bytes = DataTypeBytes(tensor.type, static_cast<size_t>(shape->num_elements()));
        if (!bytes || *bytes == 0 || *bytes == data.size() || *bytes > kMaxConstantBytes) continue;
        if (Below(8) == 0) continue;
        ByteVector content(*bytes);
        for (size_t i = 0; i < content.size(); ++i) content[i] = data.bytes()[i % data.size()];
        SetContent(tensor, std::move(content));
      }
    }
  }

 private:
  size_t Below(size_t count) { return static_cast<size_t>(rng_.Next() % count); }
  template <typename T>
  T& Pick(std::vector<T>& values) {
    return values[Below(values.size())];
  }
  int64_t Integer() {
    // Small numbers fit more often.
    return Below(2) == 0 ? rng_.Integer(-2, 5) : kIntegers[Below(std::size(kIntegers))];
  }
  double Real() { return kReals[Below(std::size(kReals))]; }

  void ChangeShape(Tensor& tensor) {
    std::vector<int32_t>& shape = tensor.shape;
    const size_t kind = shape.empty() ? 0 : Below(6);
    if (kind == 0) {
      shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(Below(shape.size() + 1)),
                   static_cast<int32_t>(rng_.Integer(0, 3)));
    } else if (kind == 1) {
      shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(Below(shape.size())));
    } else if (kind == 2) {
      std::swap(Pick(shape), Pick(shape));
    } else {
      Pick(shape) = static_cast<int32_t>(std::clamp<int64_t>(Integer(), -1, 1 << 30));
    }
    if (tensor.shape_signature) tensor.shape_signature = shape;
  }

  void ChangeType(Tensor& tensor) {
    constexpr DataType kTypes[] = {DataType::kFloat32, DataType::kInt8,    DataType::kUInt8,
                                   DataType::kInt16,   DataType::kInt32,   DataType::kInt64,
                                   DataType::kBool,    DataType::kString,  DataType::kFloat16,
                                   DataType::kInt4,    DataType::kUInt32,  DataType::kComplex64,
                                   DataType::kFloat64, DataType::kResource};
    tensor.type = kTypes[Below(std::size(kTypes))];
  }

  void ChangeQuantization(Tensor& tensor) {
    if (!tensor.quantization) tensor.quantization.emplace();
    Quantization& quantization = *tensor.quantization;
    switch (Below(6)) {
      case 0:
        return tensor.quantization.reset();
      case 1:
        quantization.scale.assign(1, static_cast<float>(Real()));
        quantization.zero_point.assign(1, Integer());
        return;
      case 2:
        if (!quantization.scale.empty()) {
          Pick(quantization.scale) = static_cast<float>(Real());
        }
        return;
      case 3:
        if (!quantization.zero_point.empty()) Pick(quantization.zero_point) = Integer();
        return;
      case 4:
        quantization.quantized_dimension = static_cast<int32_t>(rng_.Integer(-1, 4));
        return;
      default: {
        const size_t channels =
            tensor.shape.empty() ? 1 : static_cast<size_t>(std::clamp(Pick(tensor.shape), 1, 64));
        quantization.scale.assign(channels, 0.05f);
        quantization.zero_point.assign(channels, 0);
      }
    }
  }

  void ChangeTensorList(const Subgraph& subgraph, Operator& op) {
    std::vector<int32_t>& list = Below(4) == 0 ? op.outputs : op.inputs;
    const auto any = static_cast<int32_t>(Below(subgraph.tensors.size()));
    switch (list.empty() ? 0 : Below(4)) {
      case 0:
        list.push_back(any);
        return;
      case 1:
        list.pop_back();
        return;
      case 2:
        Pick(list) = kNoTensor;
        return;
      default:
        Pick(list) = any;
    }
  }

  void ChangeOptions(Operator& op) {
    if (op.custom_options && Below(2) == 0) {
      ByteVector bytes(op.custom_options->bytes().begin(), op.custom_options->bytes().end());
      if (!bytes.empty()) Pick(bytes) = static_cast<uint8_t>(rng_.Next());
      op.custom_options = ByteSlice(std::move(bytes));
      return;
    }
    if (op.options.fields.empty()) return;
    OptionValue& value = Pick(op.options.fields).value;
    if (auto* integer = std::get_if<int64_t>(&value)) {
      // What does not fit the field's width would only be refused by the writer.
      *integer = Below(2) == 0 ? std::clamp<int64_t>(Integer(), 0, 127) : Integer();
    } else if (auto* real = std::get_if<double>(&value)) {
      *real = static_cast<float>(Real());  // no table has a double
    } else if (auto* integers = std::get_if<std::vector<int64_t>>(&value)) {
      if (integers->empty() || Below(3) == 0) {
        integers->push_back(rng_.Integer(-1, 3));
      } else {
        Pick(*integers) = Integer();
      }
    }
  }

  void ChangeOperator(Operator& op) {
    const OpDef& def = *AllOps()[Below(AllOps().size())];
    OperatorCode code;
    code.builtin = static_cast<int32_t>(def.op);
    code.custom_code = def.custom_code;
    code.has_custom_code = !def.custom_code.empty();
    op.opcode_index = static_cast<uint32_t>(model_.operator_codes.size());
    model_.operator_codes.push_back(std::move(code));
  }

  void ChangeConstant(Tensor& tensor) {
    const std::span<const uint8_t> old = model_.data(tensor);
    if (old.empty()) return;
    ByteVector content(old.begin(), old.end());
    const auto number = [&](auto value) {
      if (content.size() < sizeof(value)) return;
      const size_t at = Below(content.size() / sizeof(value)) * sizeof(value);
      std::memcpy(content.data() + at, &value, sizeof(value));
    };
    switch (tensor.type) {
      case DataType::kInt32:
        number(static_cast<int32_t>(Integer()));
        break;
      case DataType::kInt64:
        number(Integer());
        break;
      case DataType::kFloat32:
        number(static_cast<float>(Real()));
        break;
      default:
        Pick(content) = static_cast<uint8_t>(rng_.Next());
    }
    SetContent(tensor, std::move(content));
  }

  // In a buffer of its own: others may share the old one.
  void SetContent(Tensor& tensor, ByteVector content) {
    tensor.buffer = static_cast<uint32_t>(model_.buffers.size());
    model_.buffers.push_back({ByteSlice(std::move(content)), true});
  }

  Model& model_;
  Rng& rng_;
};

}  // namespace

void MutateModel(Model& model, Rng& rng) {
  if (model.subgraphs.empty() || model.buffers.empty()) return;
  Mutator mutator(model, rng);
  for (int64_t changes = rng.Integer(1, 4); changes > 0; --changes) mutator.Change();
  mutator.FitConstants();
}

}  // namespace octolite::testing
