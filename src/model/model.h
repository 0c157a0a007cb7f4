#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/byte_stream.h"
#include "base/data_type.h"
#include "model/options.h"

namespace octolite {

// The one representation of a model: the reader makes it, the quantizer changes copies of it, the
// runtime compiles it, the writer serializes it. A plain value: parts refer to each other by index
// as in the file, copying a Model copies no weights, and nothing in the file is dropped, known to
// us or not, so that read followed by write loses nothing.

using ByteVector = std::vector<uint8_t>;

// Bytes shared by every copy of a model: a slice of the input file, or a vector made by us. Those
// of a model that is larger than the memory are remote: they have a size, and come when they are
// read.
class ByteSlice {
 public:
  ByteSlice() = default;
  // A slice of `owner`'s bytes; `bytes` must lie inside it.
  ByteSlice(std::shared_ptr<const ByteVector> owner, std::span<const uint8_t> bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}
  explicit ByteSlice(ByteVector bytes)
      : owner_(std::make_shared<const ByteVector>(std::move(bytes))), bytes_(*owner_) {}

  // Remote: `size` bytes of `source` from `offset` on, which must lie inside it.
  ByteSlice(std::shared_ptr<const ByteSource> source, uint64_t offset, size_t size)
      : source_(std::move(source)), offset_(offset), remote_size_(size) {}

  // Empty where the bytes are remote.
  std::span<const uint8_t> bytes() const { return bytes_; }
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return source_ ? remote_size_ : bytes_.size(); }
  bool empty() const { return size() == 0; }

  bool is_remote() const { return source_ != nullptr; }
  // Copies the bytes from `offset` on, wherever they are; they must lie inside.
  Status Read(size_t offset, std::span<uint8_t> into) const;
  // Equal for slices that are the same bytes in the same place.
  std::tuple<const ByteSource*, uint64_t, const uint8_t*, size_t> place() const {
    return {source_.get(), offset_, data(), size()};
  }

 private:
  std::shared_ptr<const ByteVector> owner_;
  std::span<const uint8_t> bytes_;
  std::shared_ptr<const ByteSource> source_;
  uint64_t offset_ = 0;
  size_t remote_size_ = 0;
};

// Constant data. Buffer 0 of a model is empty by convention.
struct Buffer {
  ByteSlice data;
  bool present = false;  // the file has a data vector, be it empty
};

struct BlockwiseQuantization {
  int32_t scales = 0;       // tensor of the same subgraph
  int32_t zero_points = 0;  // tensor of the same subgraph; -1: none
  int32_t block_size = 0;
  bool operator==(const BlockwiseQuantization&) const = default;
};

// Scales along several dimensions at once.
struct MultiAxisQuantization {
  int32_t scales = 0;       // tensor of the same subgraph
  int32_t zero_points = 0;  // tensor of the same subgraph; -1: none
  int32_t block_size = 0;   // 0: no blocks
  std::vector<int32_t> quantized_dimensions;
  bool operator==(const MultiAxisQuantization&) const = default;
};

struct CustomQuantization {
  ByteVector custom;
  bool operator==(const CustomQuantization&) const = default;
};

// real = scale * (q - zero_point), per tensor (one scale) or per channel (one for each index of
// dimension quantized_dimension). A tensor may have min and max alone: recorded ranges.
struct Quantization {
  std::vector<float> min;
  std::vector<float> max;
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t quantized_dimension = 0;
  std::optional<CustomQuantization> custom;
  std::optional<BlockwiseQuantization> blockwise;
  std::optional<MultiAxisQuantization> multi_axis;

  bool operator==(const Quantization&) const = default;
  bool has_scale() const { return !scale.empty(); }
  bool per_channel() const { return scale.size() > 1; }
  int64_t zero_point_at(size_t channel) const {
    if (zero_point.empty()) return 0;
    return zero_point[channel < zero_point.size() ? channel : 0];
  }
};

enum class DimensionFormat : int8_t { kDense = 0, kSparseCsr = 1 };

// The width that the file stores sparse indices with.
enum class SparseIndexType : int8_t { kNone = 0, kInt32 = 1, kUInt16 = 2, kUInt8 = 3 };

struct SparseIndices {
  SparseIndexType type = SparseIndexType::kNone;
  std::vector<int32_t> values;
  bool operator==(const SparseIndices&) const = default;
};

struct DimensionMetadata {
  DimensionFormat format = DimensionFormat::kDense;
  int32_t dense_size = 0;
  SparseIndices segments;
  SparseIndices indices;
  bool operator==(const DimensionMetadata&) const = default;
};

struct Sparsity {
  std::vector<int32_t> traversal_order;
  std::vector<int32_t> block_map;
  std::vector<DimensionMetadata> dims;
  bool operator==(const Sparsity&) const = default;
};

struct VariantSubType {
  std::vector<int32_t> shape;
  DataType type = DataType::kFloat32;
  bool has_rank = false;
  bool operator==(const VariantSubType&) const = default;
};

struct Tensor {
  std::string name;
  DataType type = DataType::kFloat32;
  std::vector<int32_t> shape;
  // With -1 for dimensions that are free; absent when all are fixed.
  std::optional<std::vector<int32_t>> shape_signature;
  uint32_t buffer = 0;
  std::optional<Quantization> quantization;
  bool is_variable = false;
  std::optional<Sparsity> sparsity;
  bool has_rank = false;
  std::vector<VariantSubType> variant_tensors;
  // Id of an entry of Model::external_buffers; 0: none.
  uint32_t external_buffer = 0;
};

// The role of a tensor index that an operator leaves out.
inline constexpr int32_t kNoTensor = -1;

struct Operator {
  uint32_t opcode_index = 0;
  std::vector<int32_t> inputs;  // kNoTensor: an optional input that is not given
  std::vector<int32_t> outputs;
  std::vector<int32_t> intermediates;
  std::vector<bool> mutating_variable_inputs;
  Options options;
  std::optional<ByteSlice> custom_options;
  int8_t custom_options_format = 0;
  // Custom options beyond the flatbuffer are resolved into custom_options by the reader.
  int32_t debug_metadata_index = -1;
};

struct OperatorCode {
  int32_t builtin = 0;  // number of the builtin operator, the larger of the file's two fields
  std::string custom_code;
  bool has_custom_code = false;
  int32_t version = 1;
  bool operator==(const OperatorCode&) const = default;
};

struct Subgraph {
  std::string name;
  bool has_name = false;
  std::vector<Tensor> tensors;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::vector<Operator> operators;
  int32_t debug_metadata_index = -1;
};

struct NamedTensor {
  std::string name;
  uint32_t tensor = 0;
  bool operator==(const NamedTensor&) const = default;
};

struct Signature {
  std::vector<NamedTensor> inputs;
  std::vector<NamedTensor> outputs;
  std::string key;
  std::string deprecated_tag;
  uint32_t subgraph = 0;
  bool operator==(const Signature&) const = default;
};

struct Metadata {
  std::string name;
  uint32_t buffer = 0;
  bool operator==(const Metadata&) const = default;
};

struct ExternalBufferGroup {
  std::string name;
  bool operator==(const ExternalBufferGroup&) const = default;
};

struct ExternalBuffer {
  uint32_t id = 0;
  uint32_t group = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
  std::string packing;
  bool operator==(const ExternalBuffer&) const = default;
};

struct Model {
  uint32_t version = 3;
  std::string description;
  bool has_description = false;
  std::vector<OperatorCode> operator_codes;
  std::vector<Subgraph> subgraphs;
  std::vector<Buffer> buffers;
  std::vector<int32_t> metadata_buffer;
  std::vector<Metadata> metadata;
  std::vector<Signature> signatures;
  std::vector<ExternalBufferGroup> external_buffer_groups;
  std::vector<ExternalBuffer> external_buffers;
  // What follows the flatbuffer in the file: a zip archive of labels and the like.
  // Offsets inside an archive are relative to its start here, and to the file's start in a file.
  ByteSlice tail;
  // Parts of the file that are newer than the schema known here, by their path in the file. The
  // model runs without them, but it cannot be written without losing them, so it is not written.
  std::vector<std::string> unknown_parts;

  const OperatorCode& code(const Operator& op) const { return operator_codes[op.opcode_index]; }
  // Empty where they are remote.
  std::span<const uint8_t> data(const Tensor& tensor) const {
    return buffers[tensor.buffer].data.bytes();
  }
  size_t data_size(const Tensor& tensor) const { return buffers[tensor.buffer].data.size(); }
  // Whether the tensor's content is in the file.
  bool is_constant(const Tensor& tensor) const {
    return !tensor.is_variable && !buffers[tensor.buffer].data.empty();
  }
};

}  // namespace octolite
