#include "tflite/writer.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "model/builtin_op.h"
#include "schema/tflite_generated.h"
#include "tflite/option_tables.h"
#include "tflite/validate.h"
#include "tflite/zip_tail.h"

namespace octolite {
namespace {

using flatbuffers::Offset;
using flatbuffers::uoffset_t;
template <typename T>
using VectorOffset = Offset<flatbuffers::Vector<T>>;

constexpr size_t kDataAlignment = 16;

// Gives the builder memory in a vector, so that the finished file is that vector and no copy of it.
class VectorAllocator : public flatbuffers::Allocator {
 public:
  explicit VectorAllocator(ByteVector* memory) : memory_(*memory) {}

  uint8_t* allocate(size_t size) override {
    memory_.resize(size);
    return memory_.data();
  }
  void deallocate(uint8_t* /*memory*/, size_t /*size*/) override {}
  // The builder fills its memory from the end, and keeps notes at the front.
  uint8_t* reallocate_downward(uint8_t* /*old_memory*/, size_t old_size, size_t new_size,
                               size_t /*used_at_back*/, size_t used_at_front) override {
    const size_t added = new_size - old_size;
    memory_.insert(memory_.begin(), added, 0);
    std::memmove(memory_.data(), memory_.data() + added, used_at_front);
    return memory_.data();
  }

 private:
  ByteVector& memory_;
};

// An upper bound of the file's size without remote data, from which the memory is taken at once.
class SizeBound {
 public:
  static uint64_t Of(const Model& model) {
    SizeBound bound;
    bound.AddModel(model);
    return bound.bytes_;
  }

 private:
  // A table with its vtable, its entry in a vector, and padding; the widest has 17 fields.
  static constexpr uint64_t kTable = 256;
  // The length of a vector or string, its reference, and padding.
  static constexpr uint64_t kVector = 16 + kDataAlignment;

  void AddVector(uint64_t bytes) { bytes_ += kVector + bytes; }
  template <typename T>
  void AddVector(const std::vector<T>& values) {
    AddVector(values.size() * sizeof(T));
  }

  void AddModel(const Model& model) {
    bytes_ += kTable + kDataAlignment + model.tail.size();
    AddVector(model.description.size());
    AddVector(model.metadata_buffer);
    for (const OperatorCode& code : model.operator_codes) {
      bytes_ += kTable;
      AddVector(code.custom_code.size());
    }
    for (const Buffer& buffer : model.buffers) {
      bytes_ += kTable;
      AddVector(buffer.data.bytes().size());
    }
    for (const Metadata& metadata : model.metadata) {
      bytes_ += kTable;
      AddVector(metadata.name.size());
    }
    for (const Signature& signature : model.signatures) {
      bytes_ += kTable;
      AddVector(signature.key.size() + signature.deprecated_tag.size());
      for (const auto* list : {&signature.inputs, &signature.outputs}) {
        for (const NamedTensor& entry : *list) {
          bytes_ += kTable;
          AddVector(entry.name.size());
        }
      }
    }
    for (const ExternalBufferGroup& group : model.external_buffer_groups) {
      bytes_ += kTable;
      AddVector(group.name.size());
    }
    for (const ExternalBuffer& buffer : model.external_buffers) {
      bytes_ += kTable;
      AddVector(buffer.packing.size());
    }
    for (const Subgraph& subgraph : model.subgraphs) AddSubgraph(subgraph);
  }

  void AddSubgraph(const Subgraph& subgraph) {
    bytes_ += kTable;
    AddVector(subgraph.name.size());
    AddVector(subgraph.inputs);
    AddVector(subgraph.outputs);
    for (const Tensor& tensor : subgraph.tensors) AddTensor(tensor);
    for (const Operator& op : subgraph.operators) AddOperator(op);
  }

  void AddTensor(const Tensor& tensor) {
    bytes_ += kTable;
    AddVector(tensor.name.size());
    AddVector(tensor.shape);
    if (tensor.shape_signature) AddVector(*tensor.shape_signature);
    if (const auto& quantization = tensor.quantization) {
      bytes_ += 2 * kTable;
      AddVector(quantization->min);
      AddVector(quantization->max);
      AddVector(quantization->scale);
      AddVector(quantization->zero_point);
      if (quantization->custom) AddVector(quantization->custom->custom);
      if (quantization->multi_axis) AddVector(quantization->multi_axis->quantized_dimensions);
    }
    if (const auto& sparsity = tensor.sparsity) {
      bytes_ += kTable;
      AddVector(sparsity->traversal_order);
      AddVector(sparsity->block_map);
      for (const DimensionMetadata& dim : sparsity->dims) {
        bytes_ += 3 * kTable;
        AddVector(dim.segments.values);
        AddVector(dim.indices.values);
      }
    }
    for (const VariantSubType& sub : tensor.variant_tensors) {
      bytes_ += kTable;
      AddVector(sub.shape);
    }
  }

  void AddOperator(const Operator& op) {
    bytes_ += 2 * kTable;
    AddVector(op.inputs);
    AddVector(op.outputs);
    AddVector(op.intermediates);
    AddVector(op.mutating_variable_inputs.size());
    if (op.custom_options) AddVector(op.custom_options->size());
    for (const OptionField& field : op.options.fields) AddOption(field.value);
  }

  void AddOption(const OptionValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) AddVector(text->size());
    if (const auto* numbers = std::get_if<std::vector<int64_t>>(&value)) AddVector(*numbers);
    if (const auto* numbers = std::get_if<std::vector<double>>(&value)) AddVector(*numbers);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *texts) AddVector(text.size());
    }
  }

  uint64_t bytes_ = 0;
};

Status TooLarge() {
  return Status(StatusCode::kUnsupportedModel, "the model would take 2 GB or more")
      .WithHint("offsets in a .tflite file have 31 bits");
}

class Writer {
 public:
  Writer(const Model& model, size_t size_bound)
      : model_(model), allocator_(&file_), builder_(size_bound, &allocator_) {}

  // The whole file; nothing of the model may be remote.
  Result<ByteVector> Write() {
    OCTO_RETURN_IF_ERROR(BuildFlatbuffer());
    AppendTail();
    return std::move(file_);
  }

  // The file in pieces.
  Result<std::shared_ptr<const ByteSource>> LayOut();

 private:
  Status BuildFlatbuffer();
  Offset<flatbuffers::String> Text(const std::string& text) { return builder_.CreateString(text); }

  // An empty vector is left out, except where readers of the format want one.
  template <typename T>
  VectorOffset<T> Numbers(const std::vector<T>& values) {
    return values.empty() ? VectorOffset<T>() : builder_.CreateVector(values);
  }

  template <typename T>
  VectorOffset<Offset<T>> RequiredVector(VectorOffset<Offset<T>> vector) {
    return vector.IsNull() ? builder_.CreateVector(std::vector<Offset<T>>()) : vector;
  }

  template <typename Item, typename WriteItem>
  auto WriteAll(const std::vector<Item>& items, WriteItem write) {
    std::vector<decltype(write(items[0]))> tables;
    tables.reserve(items.size());
    for (const Item& item : items) tables.push_back(write(item));
    return Numbers(tables);
  }

  // Bytes whose first one is aligned from the start of the file.
  VectorOffset<uint8_t> AlignedBytes(std::span<const uint8_t> bytes, size_t alignment) {
    builder_.ForceVectorAlignment(bytes.size(), sizeof(uint8_t), alignment);
    return builder_.CreateVector(bytes.data(), bytes.size());
  }

  VectorOffset<Offset<schema::Buffer>> WriteBuffers() {
    std::vector<Offset<schema::Buffer>> tables(model_.buffers.size());
    // Buffers that share their bytes in the model share them in the file.
    std::map<std::pair<const uint8_t*, size_t>, VectorOffset<uint8_t>> written;
    for (size_t i = tables.size(); i-- > 0;) {
      const Buffer& buffer = model_.buffers[i];
      VectorOffset<uint8_t> data;
      if (buffer.data.is_remote()) {
        // Stands for what LayOut puts behind the flatbuffer.
        if (placeholder_.IsNull()) placeholder_ = AlignedBytes({}, kDataAlignment);
        data = placeholder_;
      } else if (!buffer.data.empty()) {
        VectorOffset<uint8_t>& known = written[{buffer.data.data(), buffer.data.size()}];
        if (known.IsNull()) known = AlignedBytes(buffer.data.bytes(), kDataAlignment);
        data = known;
      } else if (buffer.present) {
        data = AlignedBytes({}, kDataAlignment);
      }
      tables[i] = schema::CreateBuffer(builder_, data);
    }
    return builder_.CreateVector(tables);
  }

  Offset<schema::OperatorCode> WriteCode(const OperatorCode& code) {
    // Both fields are set, for readers from before builtin_code.
    const int32_t old_code =
        std::min<int32_t>(code.builtin, schema::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES);
    const auto custom =
        code.has_custom_code ? Text(code.custom_code) : Offset<flatbuffers::String>();
    return schema::CreateOperatorCode(builder_, static_cast<int8_t>(old_code), custom, code.version,
                                      static_cast<schema::BuiltinOperator>(code.builtin));
  }

  Offset<schema::SignatureDef> WriteSignature(const Signature& signature) {
    const auto write = [&](const NamedTensor& entry) {
      return schema::CreateTensorMap(builder_, Text(entry.name), entry.tensor);
    };
    const auto inputs = RequiredVector(WriteAll(signature.inputs, write));
    const auto outputs = RequiredVector(WriteAll(signature.outputs, write));
    const auto tag = signature.deprecated_tag.empty() ? Offset<flatbuffers::String>()
                                                      : Text(signature.deprecated_tag);
    return schema::CreateSignatureDef(builder_, inputs, outputs, Text(signature.key), tag,
                                      signature.subgraph);
  }

  Result<Offset<schema::SubGraph>> WriteSubgraph(const Subgraph& subgraph) {
    const auto tensors = RequiredVector(
        WriteAll(subgraph.tensors, [&](const Tensor& tensor) { return WriteTensor(tensor); }));
    std::vector<Offset<schema::Operator>> operators;
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      Result<Offset<schema::Operator>> table = WriteOperator(op);
      if (!table.ok()) {
        return table.status().AtOp(static_cast<int32_t>(i), OperatorName(model_, op));
      }
      operators.push_back(*table);
    }
    const auto inputs = builder_.CreateVector(subgraph.inputs);
    const auto outputs = builder_.CreateVector(subgraph.outputs);
    const auto operator_vector = builder_.CreateVector(operators);
    const auto name = subgraph.has_name ? Text(subgraph.name) : Offset<flatbuffers::String>();
    return schema::CreateSubGraph(builder_, tensors, inputs, outputs, operator_vector, name,
                                  subgraph.debug_metadata_index);
  }

  Offset<schema::Tensor> WriteTensor(const Tensor& tensor) {
    const auto shape = builder_.CreateVector(tensor.shape);
    const auto name = Text(tensor.name);
    const auto quantization = tensor.quantization ? WriteQuantization(*tensor.quantization)
                                                  : Offset<schema::QuantizationParameters>();
    const auto sparsity =
        tensor.sparsity ? WriteSparsity(*tensor.sparsity) : Offset<schema::SparsityParameters>();
    const auto signature = tensor.shape_signature ? builder_.CreateVector(*tensor.shape_signature)
                                                  : VectorOffset<int32_t>();
    const auto variants = WriteAll(tensor.variant_tensors, [&](const VariantSubType& sub) {
      return schema::CreateVariantSubType(builder_, builder_.CreateVector(sub.shape),
                                          static_cast<schema::TensorType>(sub.type), sub.has_rank);
    });
    return schema::CreateTensor(builder_, shape, static_cast<schema::TensorType>(tensor.type),
                                tensor.buffer, name, quantization, tensor.is_variable, sparsity,
                                signature, tensor.has_rank, variants, tensor.external_buffer);
  }

  Offset<schema::QuantizationParameters> WriteQuantization(const Quantization& quantization) {
    schema::QuantizationDetails type = schema::QuantizationDetails_NONE;
    Offset<void> details;
    if (const auto& custom = quantization.custom) {
      type = schema::QuantizationDetails_CustomQuantization;
      details =
          schema::CreateCustomQuantization(builder_, AlignedBytes(custom->custom, kDataAlignment))
              .Union();
    } else if (const auto& blocks = quantization.blockwise) {
      type = schema::QuantizationDetails_BlockwiseQuantization;
      details = schema::CreateBlockwiseQuantization(builder_, blocks->scales, blocks->zero_points,
                                                    blocks->block_size)
                    .Union();
    } else if (const auto& axes = quantization.multi_axis) {
      type = schema::QuantizationDetails_MultiAxisQuantization;
      const auto dimensions = builder_.CreateVector(axes->quantized_dimensions);
      details = schema::CreateMultiAxisQuantization(builder_, axes->scales, axes->zero_points,
                                                    axes->block_size, dimensions)
                    .Union();
    }
    const auto min = Numbers(quantization.min);
    const auto max = Numbers(quantization.max);
    const auto scale = Numbers(quantization.scale);
    const auto zero_point = Numbers(quantization.zero_point);
    return schema::CreateQuantizationParameters(builder_, min, max, scale, zero_point, type,
                                                details, quantization.quantized_dimension);
  }

  // The narrow vectors are aligned to 4 bytes by the format.
  template <typename T>
  VectorOffset<T> Narrow(const std::vector<int32_t>& values) {
    const std::vector<T> narrow(values.begin(), values.end());
    builder_.ForceVectorAlignment(narrow.size(), sizeof(T), sizeof(int32_t));
    return builder_.CreateVector(narrow);
  }

  Offset<void> WriteSparseIndices(const SparseIndices& indices) {
    switch (indices.type) {
      case SparseIndexType::kInt32:
        return schema::CreateInt32Vector(builder_, builder_.CreateVector(indices.values)).Union();
      case SparseIndexType::kUInt16:
        return schema::CreateUint16Vector(builder_, Narrow<uint16_t>(indices.values)).Union();
      case SparseIndexType::kUInt8:
        return schema::CreateUint8Vector(builder_, Narrow<uint8_t>(indices.values)).Union();
      case SparseIndexType::kNone:
        break;
    }
    return {};
  }

  Offset<schema::SparsityParameters> WriteSparsity(const Sparsity& sparsity) {
    const auto dims = RequiredVector(WriteAll(sparsity.dims, [&](const DimensionMetadata& dim) {
      const auto segments = WriteSparseIndices(dim.segments);
      const auto indices = WriteSparseIndices(dim.indices);
      return schema::CreateDimensionMetadata(
          builder_, static_cast<schema::DimensionType>(dim.format), dim.dense_size,
          static_cast<schema::SparseIndexVector>(dim.segments.type), segments,
          static_cast<schema::SparseIndexVector>(dim.indices.type), indices);
    }));
    const auto order = builder_.CreateVector(sparsity.traversal_order);
    return schema::CreateSparsityParameters(builder_, order, Numbers(sparsity.block_map), dims);
  }

  Result<Offset<schema::Operator>> WriteOperator(const Operator& op) {
    Offset<void> options;
    if (op.options.type != 0 || !op.options.fields.empty()) {
      OCTO_ASSIGN_OR_RETURN(const uint32_t table, WriteOptions(builder_, op.options));
      options = Offset<void>(table);
    }
    const bool second = op.options.second_union;
    const auto first_type = static_cast<schema::BuiltinOptions>(second ? 0 : op.options.type);
    const auto second_type = static_cast<schema::BuiltinOptions2>(second ? op.options.type : 0);
    const auto inputs = builder_.CreateVector(op.inputs);
    const auto outputs = builder_.CreateVector(op.outputs);
    const auto custom = op.custom_options ? builder_.CreateVector(op.custom_options->data(),
                                                                  op.custom_options->size())
                                          : VectorOffset<uint8_t>();
    const auto mutating = Numbers(std::vector<uint8_t>(op.mutating_variable_inputs.begin(),
                                                       op.mutating_variable_inputs.end()));
    const auto intermediates = Numbers(op.intermediates);
    return schema::CreateOperator(
        builder_, op.opcode_index, inputs, outputs, first_type, second ? Offset<void>() : options,
        custom, static_cast<schema::CustomOptionsFormat>(op.custom_options_format), mutating,
        intermediates, 0, 0, second_type, second ? options : Offset<void>(),
        op.debug_metadata_index);
  }

  // What followed the flatbuffer, as it must be when it lies at `begin`.
  ByteVector TailAt(uint64_t begin) const {
    const std::span<const uint8_t> bytes = model_.tail.bytes();
    ByteVector tail(bytes.begin(), bytes.end());
    // An archive's offsets count from the start of the file.
    if (ZipOffsetCorrection(tail) == 0) ShiftZipOffsets(static_cast<int64_t>(begin), tail);
    return tail;
  }

  void AppendTail() {
    if (model_.tail.empty()) return;
    file_.resize((file_.size() + kDataAlignment - 1) / kDataAlignment * kDataAlignment);
    const ByteVector tail = TailAt(file_.size());
    file_.insert(file_.end(), tail.begin(), tail.end());
  }

  const Model& model_;
  ByteVector file_;
  VectorAllocator allocator_;
  flatbuffers::FlatBufferBuilder builder_;
  VectorOffset<uint8_t> placeholder_;
};

Status Writer::BuildFlatbuffer() {
  // A flatbuffer grows from its end: what is written first lies last. Weights go first, so that
  // the file begins with the structure.
  const auto buffers = WriteBuffers();
  std::vector<Offset<schema::SubGraph>> subgraphs;
  for (size_t i = 0; i < model_.subgraphs.size(); ++i) {
    Result<Offset<schema::SubGraph>> subgraph = WriteSubgraph(model_.subgraphs[i]);
    if (!subgraph.ok()) return subgraph.status().AtSubgraph(static_cast<int32_t>(i));
    subgraphs.push_back(*subgraph);
  }
  const auto subgraph_vector = builder_.CreateVector(subgraphs);
  const auto codes =
      WriteAll(model_.operator_codes, [&](const OperatorCode& code) { return WriteCode(code); });
  const auto metadata = WriteAll(model_.metadata, [&](const Metadata& entry) {
    return schema::CreateMetadata(builder_, Text(entry.name), entry.buffer);
  });
  const auto signatures = WriteAll(
      model_.signatures, [&](const Signature& signature) { return WriteSignature(signature); });
  const auto groups =
      WriteAll(model_.external_buffer_groups, [&](const ExternalBufferGroup& group) {
        return schema::CreateExternalBufferGroup(builder_, Text(group.name));
      });
  const auto external = WriteAll(model_.external_buffers, [&](const ExternalBuffer& buffer) {
    return schema::CreateExternalBuffer(builder_, buffer.id, buffer.group, buffer.offset,
                                        buffer.length, Text(buffer.packing));
  });
  const auto description =
      model_.has_description ? Text(model_.description) : Offset<flatbuffers::String>();
  const auto root = schema::CreateModel(
      builder_, model_.version, RequiredVector(codes), subgraph_vector, description, buffers,
      Numbers(model_.metadata_buffer), metadata, signatures, groups, external);
  schema::FinishModelBuffer(builder_, root);
  const size_t size = builder_.GetSize();
  // Only the used end of the memory is the file.
  file_.erase(file_.begin(), file_.end() - static_cast<std::ptrdiff_t>(size));
  return Status::Ok();
}

// A file made of parts, with zeros between them.
class PiecewiseFile final : public ByteSource {
 public:
  // What the file begins with comes last, as it refers to all else.
  explicit PiecewiseFile(size_t head_size) : pieces_(1), size_(head_size) {}
  void SetHead(ByteVector head) { pieces_[0].bytes = ByteSlice(std::move(head)); }

  void Append(ByteSlice bytes) {
    const uint64_t begin = NextPlace();
    size_ = begin + bytes.size();
    pieces_.push_back({begin, std::move(bytes)});
  }

  // A flatbuffers vector of aligned bytes; returns its place, where its length is.
  uint64_t AppendVector(const ByteSlice& bytes) {
    const uint64_t begin = RoundUp(size_ + sizeof(uoffset_t));
    const uint64_t vector = begin - sizeof(uoffset_t);
    ByteVector length(sizeof(uoffset_t));
    flatbuffers::WriteScalar(length.data(), static_cast<uoffset_t>(bytes.size()));
    pieces_.push_back({vector, ByteSlice(std::move(length))});
    pieces_.push_back({begin, bytes});
    size_ = begin + bytes.size();
    return vector;
  }

  // Where the next Append goes.
  uint64_t NextPlace() const { return RoundUp(size_); }

  uint64_t size() const override { return size_; }

  Status Read(uint64_t offset, std::span<uint8_t> into) const override {
    auto piece = std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                  [](uint64_t at, const Piece& one) { return at < one.end(); });
    while (!into.empty()) {
      size_t count = into.size();
      if (piece == pieces_.end()) {
        std::memset(into.data(), 0, count);
      } else if (offset < piece->begin) {
        count = static_cast<size_t>(std::min<uint64_t>(count, piece->begin - offset));
        std::memset(into.data(), 0, count);
      } else {
        count = static_cast<size_t>(std::min<uint64_t>(count, piece->end() - offset));
        const auto begin = static_cast<size_t>(offset - piece->begin);
        OCTO_RETURN_IF_ERROR(piece->bytes.Read(begin, into.first(count)));
        if (offset + count == piece->end()) ++piece;
      }
      into = into.subspan(count);
      offset += count;
    }
    return Status::Ok();
  }

 private:
  struct Piece {
    uint64_t begin = 0;
    ByteSlice bytes;
    uint64_t end() const { return begin + bytes.size(); }
  };

  static uint64_t RoundUp(uint64_t position) {
    return (position + kDataAlignment - 1) / kDataAlignment * kDataAlignment;
  }

  std::vector<Piece> pieces_;
  uint64_t size_;
};

Result<std::shared_ptr<const ByteSource>> Writer::LayOut() {
  OCTO_RETURN_IF_ERROR(BuildFlatbuffer());
  ByteVector head = std::move(file_);
  const auto file = std::make_shared<PiecewiseFile>(head.size());
  const auto& tables = *schema::GetModel(head.data())->buffers();
  std::map<decltype(ByteSlice().place()), uint64_t> placed;
  for (size_t i = 0; i < model_.buffers.size(); ++i) {
    const ByteSlice& bytes = model_.buffers[i].data;
    if (!bytes.is_remote()) continue;
    const auto [known, is_new] = placed.try_emplace(bytes.place());
    if (is_new) known->second = file->AppendVector(bytes);
    if (file->size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return TooLarge();
    const auto& table =
        *reinterpret_cast<const flatbuffers::Table*>(tables.Get(static_cast<uoffset_t>(i)));
    const auto* field = table.GetAddressOf(schema::Buffer::VT_DATA);
    const auto position = static_cast<size_t>(field - head.data());
    flatbuffers::WriteScalar(head.data() + position,
                             static_cast<uoffset_t>(known->second - position));
  }
  file->SetHead(std::move(head));
  if (!model_.tail.empty()) file->Append(ByteSlice(TailAt(file->NextPlace())));
  if (file->size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return TooLarge();
  return std::shared_ptr<const ByteSource>(file);
}

// Memory for a vector cannot be asked for without the risk of an abort, so try before.
bool CanAllocate(size_t bytes) {
  void* memory = std::malloc(bytes);
  std::free(memory);
  return memory != nullptr;
}

// What is refused before anything is written; else the memory that the writer needs.
Result<size_t> CheckWritable(const Model& model, const Model& stored) {
  OCTO_RETURN_IF_ERROR(ValidateModel(model));
  if (!model.unknown_parts.empty()) {
    return Status(StatusCode::kUnsupportedModel,
                  "the model has parts newer than this library, which would be lost: " +
                      model.unknown_parts.front())
        .WithHint("use a newer version of this library");
  }
  const uint64_t bound = SizeBound::Of(stored);
  if (bound >= FLATBUFFERS_MAX_BUFFER_SIZE) return TooLarge();
  if (!CanAllocate(static_cast<size_t>(bound))) {
    return Status(StatusCode::kOutOfMemory,
                  "could not allocate " + std::to_string(bound) + " bytes for the file");
  }
  return static_cast<size_t>(bound);
}

}  // namespace

Result<ByteVector> WriteModel(const Model& model) { return WriteStoredForm(model, model); }

Result<ByteVector> WriteStoredForm(const Model& model, const Model& stored) {
  for (const Buffer& buffer : stored.buffers) {
    if (buffer.data.is_remote()) {
      return Status(StatusCode::kInternal, "the model is not in memory as a whole");
    }
  }
  OCTO_ASSIGN_OR_RETURN(const size_t bound, CheckWritable(model, stored));
  return Writer(stored, bound).Write();
}

Result<std::shared_ptr<const ByteSource>> LayOutModel(const Model& model) {
  OCTO_ASSIGN_OR_RETURN(const size_t bound, CheckWritable(model, model));
  return Writer(model, bound).LayOut();
}

}  // namespace octolite
