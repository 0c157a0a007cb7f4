#include "compress/micro.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "base/data_type.h"
#include "base/shape.h"
#include "model/builtin_op.h"
#include "ops/op_def.h"
#include "quantize/weights.h"
#include "tflite/lut_tensors.h"

namespace octolite {
namespace {

// In the file: an entry of the metadata, its offset and vtable, and the table's buffer.
constexpr size_t kOverheadBytes = 48;

bool UnpacksConstants(int32_t builtin) {
  constexpr std::array kOps = {BuiltinOp::kFullyConnected,  BuiltinOp::kConv2D,
                               BuiltinOp::kDepthwiseConv2D, BuiltinOp::kTransposeConv,
                               BuiltinOp::kConcatenation,   BuiltinOp::kAssignVariable};
  return std::any_of(kOps.begin(), kOps.end(),
                     [&](BuiltinOp op) { return builtin == static_cast<int32_t>(op); });
}

// Who reads a buffer.
struct Use {
  std::vector<LutTensor> tensors;
  std::string op_name;   // the first operator with support; empty: none
  std::string other;     // an operator without
  bool is_edge = false;  // input or output of a subgraph
  bool is_metadata = false;
};

std::map<uint32_t, Use> FindUses(const Model& model) {
  std::map<uint32_t, Use> uses;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    const auto use_of = [&](int32_t tensor) -> Use& {
      return uses[subgraph.tensors[static_cast<size_t>(tensor)].buffer];
    };
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      use_of(static_cast<int32_t>(i))
          .tensors.push_back({static_cast<int32_t>(s), static_cast<int32_t>(i)});
    }
    for (const Operator& op : subgraph.operators) {
      const OperatorCode& code = model.code(op);
      const OpDef* def = FindOp(code.builtin, code.custom_code);
      const std::string name(def != nullptr ? def->name() : "an unknown operator");
      for (size_t i = 0; i < op.inputs.size(); ++i) {
        if (op.inputs[i] == kNoTensor) continue;
        Use& use = use_of(op.inputs[i]);
        // The shape of TRANSPOSE_CONV's output must be known before anything is unpacked.
        const bool is_shape =
            code.builtin == static_cast<int32_t>(BuiltinOp::kTransposeConv) && i == 0;
        std::string& reader = UnpacksConstants(code.builtin) && !is_shape ? use.op_name : use.other;
        if (reader.empty()) reader = name;
      }
    }
    for (const std::vector<int32_t>* edges : {&subgraph.inputs, &subgraph.outputs}) {
      for (const int32_t tensor : *edges) use_of(tensor).is_edge = true;
    }
  }
  for (const Metadata& entry : model.metadata) {
    const auto found = uses.find(entry.buffer);
    if (found != uses.end()) found->second.is_metadata = true;
  }
  return uses;
}

const Tensor& TensorAt(const Model& model, const LutTensor& place) {
  return model.subgraphs[static_cast<size_t>(place.subgraph)]
      .tensors[static_cast<size_t>(place.tensor)];
}

// An element of 1 to 8 bytes as a number that tells it from others. Equal values are equal bytes
// here, and 0 and -0 are two.
uint64_t KeyAt(std::span<const uint8_t> data, size_t element, size_t width) {
  uint64_t key = 0;
  std::memcpy(&key, &data[element * width], width);
  return key;
}

class TensorCompressor {
 public:
  TensorCompressor(const Model& model, const Use& use) : model_(model), use_(use) {}

  // Why it cannot be; empty when it was.
  std::string Run() {
    const Tensor& tensor = TensorAt(model_, use_.tensors.front());
    if (!use_.other.empty()) return "also read by " + use_.other;
    if (use_.is_edge || use_.is_metadata) return "also read by others than operators";
    if (tensor.sparsity) return "sparse";
    for (const LutTensor& place : use_.tensors) {
      const Tensor& other = TensorAt(model_, place);
      if (other.type != tensor.type || other.shape != tensor.shape || other.is_variable ||
          other.quantization != tensor.quantization) {
        return "its buffer is shared by tensors that differ";
      }
    }
    constexpr std::array kTypes = {DataType::kFloat32, DataType::kInt8,  DataType::kInt16,
                                   DataType::kInt32,   DataType::kInt64, DataType::kBool};
    if (std::find(kTypes.begin(), kTypes.end(), tensor.type) == kTypes.end()) {
      return std::string(DataTypeName(tensor.type)) + " is not unpacked";
    }
    int axis = -1;
    if (HasLutChannels(tensor)) {
      axis = tensor.quantization->quantized_dimension;
      const bool is_last = axis == 3 && tensor.shape.size() == 4;
      if (axis != 0 && !is_last) return "its scales lie along dimension " + std::to_string(axis);
    }
    return Compress(tensor, WeightLayout::PerChannel(tensor.shape, axis));
  }

  const LutBuffer& buffer() const { return buffer_; }

 private:
  std::string Compress(const Tensor& tensor, const WeightLayout& layout) {
    const std::span<const uint8_t> data = model_.data(tensor);
    const auto width = static_cast<size_t>(DataTypeBits(tensor.type) / 8);
    constexpr size_t kMaxValues = size_t{1} << static_cast<unsigned>(kMaxLutBits);
    std::vector<std::vector<uint64_t>> tables(static_cast<size_t>(layout.groups));
    std::vector<uint8_t> indices(data.size() / width);
    size_t longest = 1;
    for (int64_t channel = 0; channel < layout.groups; ++channel) {
      std::vector<uint64_t>& table = tables[static_cast<size_t>(channel)];
      for (int64_t i = 0; i < layout.outer; ++i) {
        const int64_t begin = (i * layout.groups + channel) * layout.inner;
        for (int64_t j = 0; j < layout.inner; ++j) {
          const uint64_t key = KeyAt(data, static_cast<size_t>(begin + j), width);
          const auto at = std::lower_bound(table.begin(), table.end(), key);
          if (at != table.end() && *at == key) continue;
          if (table.size() == kMaxValues) {
            return "more than " + std::to_string(kMaxValues) + " different values";
          }
          table.insert(at, key);
        }
      }
      for (int64_t i = 0; i < layout.outer; ++i) {
        const int64_t begin = (i * layout.groups + channel) * layout.inner;
        for (int64_t j = 0; j < layout.inner; ++j) {
          const auto element = static_cast<size_t>(begin + j);
          const auto at = std::lower_bound(table.begin(), table.end(), KeyAt(data, element, width));
          indices[element] = static_cast<uint8_t>(at - table.begin());
        }
      }
      longest = std::max(longest, table.size());
    }
    buffer_.bits = std::max(1, static_cast<int>(std::bit_width(longest - 1)));
    buffer_.tensors = use_.tensors;
    buffer_.indices = PackLutIndices(indices, buffer_.bits);
    buffer_.values.assign(tables.size() * longest * width, 0);
    for (size_t i = 0; i < tables.size(); ++i) {
      for (size_t j = 0; j < tables[i].size(); ++j) {
        std::memcpy(&buffer_.values[(i * longest + j) * width], &tables[i][j], width);
      }
    }
    const size_t after = buffer_.indices.size() + buffer_.values.size() + kOverheadBytes;
    return after < data.size() ? "" : "it would not be smaller";
  }

  const Model& model_;
  const Use& use_;
  LutBuffer buffer_;
};

}  // namespace

Result<MicroResult> CompressForMicro(const Model& model) {
  MicroResult result;
  std::vector<LutBuffer> buffers;
  for (const auto& [buffer, use] : FindUses(model)) {
    const ByteSlice& data = model.buffers[buffer].data;
    if (use.op_name.empty() || data.empty()) continue;
    const LutTensor& place = use.tensors.front();
    TensorCompressor compressor(model, use);
    MicroTensor report = {.subgraph = place.subgraph,
                          .tensor = place.tensor,
                          .name = TensorAt(model, place).name,
                          .op_name = use.op_name,
                          .bytes_before = static_cast<int64_t>(data.size()),
                          .bytes_after = static_cast<int64_t>(data.size()),
                          .reason = compressor.Run()};
    if (report.reason.empty()) {
      const LutBuffer& compressed = compressor.buffer();
      report.bits = compressed.bits;
      report.bytes_after =
          static_cast<int64_t>(compressed.indices.size() + compressed.values.size());
      buffers.push_back(compressed);
    }
    result.tensors.push_back(std::move(report));
  }
  if (buffers.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  "no constant of the model can be compressed for tflite-micro")
        .WithHint("cluster the weights to 128 values or less first, and quantize them to int8");
  }
  OCTO_ASSIGN_OR_RETURN(result.file, WriteLutModel(model, buffers));
  return result;
}

}  // namespace octolite
