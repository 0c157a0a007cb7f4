#include "tflite/lut_tensors.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/checked_math.h"
#include "base/data_type.h"
#include "schema/lut_metadata_generated.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

constexpr uint32_t kVersion = 1;
// A flatbuffer cannot hold more, so that no file came from more.
constexpr size_t kMaxDecodedBytes = size_t{1} << 31u;

Status Invalid(const std::string& message) {
  return Status(StatusCode::kInvalidModel, "compressed tensor: " + message);
}

bool IsLutType(DataType type) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kInt8:
    case DataType::kInt16:
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kBool:
      return true;
    default:
      return false;
  }
}

// Which table belongs to an element: [outer, channels, inner] as it lies in memory.
struct Channels {
  size_t count = 1;
  size_t inner = 1;
  size_t Of(size_t element) const { return element / inner % count; }
};

class Decoder {
 public:
  explicit Decoder(Model& model) : model_(model) {}

  Status Run() {
    const auto entry =
        std::find_if(model_.metadata.begin(), model_.metadata.end(),
                     [](const Metadata& one) { return one.name == kLutMetadataName; });
    if (entry == model_.metadata.end()) return Status::Ok();
    if (entry->buffer >= model_.buffers.size()) return Invalid("its metadata is not in the file");
    const ByteSlice bytes = model_.buffers[entry->buffer].data;
    // Flatbuffers are aligned from their beginning, which may lie anywhere in the file.
    const ByteVector copy(bytes.bytes().begin(), bytes.bytes().end());
    flatbuffers::Verifier verifier(copy.data(), copy.size());
    if (!schema::VerifyLutMetadataBuffer(verifier)) return Invalid("its metadata is damaged");
    const schema::LutMetadata& metadata = *schema::GetLutMetadata(copy.data());
    if (metadata.schema_version() > kVersion) {
      return Status(StatusCode::kUnsupportedModel, "version " +
                                                       std::to_string(metadata.schema_version()) +
                                                       " of the compression metadata")
          .WithHint("use a newer version of this library");
    }
    OCTO_RETURN_IF_ERROR(DecodeAll(metadata));
    const uint32_t metadata_buffer = entry->buffer;
    model_.metadata.erase(entry);
    Forget(metadata_buffer);
    for (const auto& [buffer, table] : decoded_) Forget(table);
    while (forgotten_.contains(static_cast<uint32_t>(model_.buffers.size() - 1))) {
      model_.buffers.pop_back();
    }
    return Status::Ok();
  }

 private:
  Status DecodeAll(const schema::LutMetadata& metadata) {
    if (metadata.subgraphs() == nullptr) return Status::Ok();
    if (metadata.subgraphs()->size() > model_.subgraphs.size()) {
      return Invalid("its metadata has more subgraphs than the model");
    }
    for (uint32_t s = 0; s < metadata.subgraphs()->size(); ++s) {
      const auto* tensors = metadata.subgraphs()->Get(s)->lut_tensors();
      if (tensors == nullptr) continue;
      const Subgraph& subgraph = model_.subgraphs[s];
      for (const schema::LutTensor* lut : *tensors) {
        if (lut->tensor() < 0 || static_cast<size_t>(lut->tensor()) >= subgraph.tensors.size()) {
          return Invalid("the subgraph has no tensor " + std::to_string(lut->tensor()))
              .AtSubgraph(static_cast<int32_t>(s));
        }
        const Tensor& tensor = subgraph.tensors[static_cast<size_t>(lut->tensor())];
        Status status = Decode(tensor, *lut);
        if (!status.ok()) {
          return status.AtTensor(lut->tensor(), tensor.name).AtSubgraph(static_cast<int32_t>(s));
        }
      }
    }
    return Status::Ok();
  }

  Status Decode(const Tensor& tensor, const schema::LutTensor& lut) {
    const uint32_t table = lut.value_buffer();
    if (tensor.buffer >= model_.buffers.size() || table >= model_.buffers.size()) {
      return Invalid("a buffer of it is not in the file");
    }
    const auto before = decoded_.find(tensor.buffer);
    if (before != decoded_.end()) {
      return before->second == table ? Status::Ok() : Invalid("its indices have two value tables");
    }
    const int bits = lut.index_bitwidth();
    if (bits < 1 || bits > kMaxLutBits) {
      return Invalid("indices of " + std::to_string(bits) + " bits");
    }
    if (!IsLutType(tensor.type)) {
      return Invalid("values of type " + std::string(DataTypeName(tensor.type)));
    }
    std::optional<size_t> count = 1;
    for (const int32_t dimension : tensor.shape) {
      if (dimension < 0) return Invalid("negative dimension");
      count = count ? CheckedMul(*count, static_cast<size_t>(dimension)) : count;
    }
    const auto width = static_cast<size_t>(DataTypeBits(tensor.type) / 8);
    const std::optional<size_t> size = count ? CheckedMul(*count, width) : count;
    const std::optional<size_t> packed =
        count ? CheckedMul(*count, static_cast<size_t>(bits)) : count;
    if (!size || !packed || *size > kMaxDecodedBytes - total_) {
      return Status(StatusCode::kOutOfMemory, "compressed tensors take more than 2 GB");
    }
    const std::span<const uint8_t> indices = model_.buffers[tensor.buffer].data.bytes();
    if (indices.size() != (*packed + 7) / 8) {
      return Invalid(std::to_string(indices.size()) + " bytes of indices for " +
                     std::to_string(*count) + " elements of " + std::to_string(bits) + " bits");
    }
    OCTO_ASSIGN_OR_RETURN(const Channels channels, ChannelsOf(tensor));
    const std::span<const uint8_t> values = model_.buffers[table].data.bytes();
    if (values.empty() || values.size() % (width * channels.count) != 0) {
      return Invalid(std::to_string(values.size()) + " bytes of values for " +
                     std::to_string(channels.count) + " tables");
    }
    void* memory = std::malloc(*size);
    std::free(memory);
    if (memory == nullptr && *size > 0) {
      return Status(StatusCode::kOutOfMemory, "could not allocate " + std::to_string(*size) +
                                                  " bytes for a compressed tensor");
    }
    total_ += *size;
    ByteVector decoded(*size);
    const size_t stride = values.size() / width / channels.count;
    for (size_t i = 0; i < *count; ++i) {
      const size_t index = IndexAt(indices, i, static_cast<size_t>(bits));
      if (index >= stride) {
        return Invalid("index " + std::to_string(index) + " into a table of " +
                       std::to_string(stride) + " values");
      }
      const size_t from = (channels.Of(i) * stride + index) * width;
      std::memcpy(&decoded[i * width], &values[from], width);
    }
    model_.buffers[tensor.buffer].data = ByteSlice(std::move(decoded));
    decoded_[tensor.buffer] = table;
    return Status::Ok();
  }

  static Result<Channels> ChannelsOf(const Tensor& tensor) {
    if (!tensor.quantization || tensor.quantization->scale.size() < 2) return Channels();
    const size_t rank = tensor.shape.size();
    const int32_t dimension = tensor.quantization->quantized_dimension;
    if (dimension < 0 || static_cast<size_t>(dimension) >= rank ||
        static_cast<size_t>(tensor.shape[static_cast<size_t>(dimension)]) !=
            tensor.quantization->scale.size()) {
      return Invalid("its scales do not fit its shape");
    }
    Channels channels;
    channels.count = tensor.quantization->scale.size();
    for (size_t i = static_cast<size_t>(dimension) + 1; i < rank; ++i) {
      channels.inner *= static_cast<size_t>(tensor.shape[i]);
    }
    channels.inner = std::max<size_t>(channels.inner, 1);
    return channels;
  }

  static size_t IndexAt(std::span<const uint8_t> indices, size_t element, size_t bits) {
    const size_t first = element * bits;
    const size_t byte = first / 8;
    const unsigned next = byte + 1 < indices.size() ? indices[byte + 1] : 0u;
    const unsigned window = (static_cast<unsigned>(indices[byte]) << 8u) | next;
    return (window >> (16u - first % 8 - bits)) & ((1u << bits) - 1u);
  }

  // Empties a buffer that nothing uses any more.
  void Forget(uint32_t buffer) {
    if (buffer == 0 || decoded_.contains(buffer)) return;
    for (const Subgraph& subgraph : model_.subgraphs) {
      for (const Tensor& tensor : subgraph.tensors) {
        if (tensor.buffer == buffer) return;
      }
    }
    for (const Metadata& entry : model_.metadata) {
      if (entry.buffer == buffer) return;
    }
    model_.buffers[buffer] = Buffer();
    forgotten_.insert(buffer);
  }

  Model& model_;
  std::map<uint32_t, uint32_t> decoded_;  // buffer of indices -> buffer of values
  std::set<uint32_t> forgotten_;
  size_t total_ = 0;
};

ByteVector MetadataOf(size_t subgraphs,
                      const std::vector<std::pair<LutTensor, std::pair<uint32_t, int>>>& tensors) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<schema::LutSubgraph>> list;
  for (size_t s = 0; s < subgraphs; ++s) {
    std::vector<flatbuffers::Offset<schema::LutTensor>> luts;
    for (const auto& [place, table] : tensors) {
      if (static_cast<size_t>(place.subgraph) != s) continue;
      luts.push_back(schema::CreateLutTensor(builder, place.tensor, table.first,
                                             static_cast<uint8_t>(table.second)));
    }
    list.push_back(schema::CreateLutSubgraph(builder, builder.CreateVector(luts)));
  }
  builder.Finish(schema::CreateLutMetadata(builder, kVersion, builder.CreateVector(list)));
  return ByteVector(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

}  // namespace

ByteVector PackLutIndices(std::span<const uint8_t> indices, int bits) {
  ByteVector bytes((indices.size() * static_cast<size_t>(bits) + 7) / 8, 0);
  size_t at = 0;
  for (const uint8_t index : indices) {
    for (int bit = bits; bit-- > 0; ++at) {
      const unsigned one = (static_cast<unsigned>(index) >> bit) & 1u;
      bytes[at / 8] = static_cast<uint8_t>(bytes[at / 8] | (one << (7u - at % 8)));
    }
  }
  return bytes;
}

bool HasLutChannels(const Tensor& tensor) {
  return tensor.quantization && tensor.quantization->scale.size() > 1;
}

Result<ByteVector> WriteLutModel(const Model& model, std::span<const LutBuffer> buffers) {
  Model compressed = model;
  std::vector<std::pair<LutTensor, std::pair<uint32_t, int>>> tensors;
  for (const LutBuffer& buffer : buffers) {
    const auto table = static_cast<uint32_t>(compressed.buffers.size());
    for (const LutTensor& place : buffer.tensors) {
      const Tensor& tensor = model.subgraphs[static_cast<size_t>(place.subgraph)]
                                 .tensors[static_cast<size_t>(place.tensor)];
      compressed.buffers[tensor.buffer].data = ByteSlice(buffer.indices);
      tensors.push_back({place, {table, buffer.bits}});
    }
    compressed.buffers.push_back({.data = ByteSlice(buffer.values), .present = true});
  }
  const auto metadata = static_cast<uint32_t>(compressed.buffers.size());
  compressed.buffers.push_back(
      {.data = ByteSlice(MetadataOf(model.subgraphs.size(), tensors)), .present = true});
  compressed.metadata.push_back({.name = std::string(kLutMetadataName), .buffer = metadata});
  // What is said of the model holds for the file that the reader makes it of again.
  return WriteStoredForm(model, compressed);
}

Status DecodeLutTensors(Model& model) { return Decoder(model).Run(); }

}  // namespace octolite
