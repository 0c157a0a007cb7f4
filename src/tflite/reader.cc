#include "tflite/reader.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "schema/tflite_generated.h"
#include "tflite/copy_vector.h"
#include "tflite/file_extent.h"
#include "tflite/lut_tensors.h"
#include "tflite/option_tables.h"
#include "tflite/remote_buffer.h"
#include "tflite/validate.h"
#include "tflite/zip_tail.h"

namespace octolite {
namespace {

template <typename T>
using Tables = flatbuffers::Vector<flatbuffers::Offset<T>>;

// A flatbuffer may refer to one table or vector from many places, and the model holds a copy for
// each of them. Real files do not do that, and get by with far less than this; a hostile one would
// make a model that is thousands of times its size.
constexpr size_t kBudgetBase = size_t{1} << 20;
constexpr size_t kBudgetPerByte = 32;
constexpr size_t kBudgetPerByteLimit = size_t{16} << 20;

// The smallest table of a file: its entry in a vector and the offset of its vtable.
constexpr size_t kMinTableBytes = 8;
constexpr flatbuffers::uoffset_t kMaxTables = 1000000;
constexpr flatbuffers::uoffset_t kMaxDepth = 64;

bool StartsWith(const ByteVector& bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// What people hand over instead of a model.
const char* GuessFormat(const ByteVector& file) {
  if (file.empty()) return "the file is empty";
  if (StartsWith(file, "PK")) return "this looks like a zip archive: unpack the .tflite inside it";
  if (StartsWith(file, "version https://git-lfs")) {
    return "this is a Git LFS pointer: fetch the file that it stands for";
  }
  if (StartsWith(file, "\x89HDF")) return "this looks like a Keras file: convert it to .tflite";
  if (StartsWith(file, "\x08") && file.size() > 8) {
    return "if this is an ONNX or TensorFlow model, convert it to .tflite";
  }
  return "a .tflite file has 'TFL3' at byte 4";
}

class Reader {
 public:
  explicit Reader(std::shared_ptr<const ByteVector> file, std::vector<RemoteBuffer> remote = {})
      : file_(std::move(file)),
        remote_(std::move(remote)),
        budget_(kBudgetBase + kBudgetPerByte * std::min(file_->size(), kBudgetPerByteLimit) +
                4 * std::min(file_->size(), SIZE_MAX / 8)) {}

  Result<Model> Read() {
    OCTO_RETURN_IF_ERROR(Verify());
    FileExtent extent = MeasureFlatbuffer(*file_);
    model_.unknown_parts = std::move(extent.unknown_parts);
    data_end_ = extent.end;
    OCTO_RETURN_IF_ERROR(ReadRoot(*schema::GetModel(file_->data())));
    if (over_budget_) {
      return Status(StatusCode::kInvalidModel,
                    "parts of the file are referred to so often that the model would be "
                    "far larger than the file")
          .WithHint("no converter writes such a file: it is damaged or hostile");
    }
    ReadTail();
    OCTO_RETURN_IF_ERROR(LoadWhatIsRead());
    OCTO_RETURN_IF_ERROR(DecodeLutTensors(model_));
    OCTO_RETURN_IF_ERROR(ValidateModel(model_));
    return std::move(model_);
  }

 private:
  Status Verify() const {
    if (file_->size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return FileTooLarge();
    constexpr size_t kHeaderBytes = 8;  // offset of the root table, identifier
    if (file_->size() < kHeaderBytes || !schema::ModelBufferHasIdentifier(file_->data())) {
      return Status(StatusCode::kInvalidModel, "not a TensorFlow Lite model")
          .WithHint(GuessFormat(*file_));
    }
    flatbuffers::Verifier::Options limits;
    limits.max_depth = kMaxDepth;
    limits.max_tables =
        std::min(kMaxTables, static_cast<flatbuffers::uoffset_t>(file_->size() / kMinTableBytes));
    flatbuffers::Verifier verifier(file_->data(), file_->size(), limits);
    if (!schema::VerifyModelBuffer(verifier)) {
      return Status(StatusCode::kInvalidModel,
                    "the file is damaged: an offset or a length in it points outside of it")
          .WithHint("it may have been cut short: download or convert it again");
    }
    return Status::Ok();
  }

  void Spend(size_t bytes) {
    if (bytes > budget_) over_budget_ = true;
    budget_ -= std::min(bytes, budget_);
  }

  template <typename T>
  std::vector<T> Copy(const flatbuffers::Vector<T>* vector) {
    if (vector == nullptr) return {};
    Spend(vector->size() * sizeof(T));
    return over_budget_ ? std::vector<T>() : CopyVector(*vector);
  }

  std::string Text(const flatbuffers::String* text) {
    if (text == nullptr) return {};
    Spend(text->size());
    return over_budget_ ? std::string() : text->str();
  }

  // Calls read(table) for each table of a vector, and keeps what it returns.
  template <typename T, typename Item, typename ReadItem>
  void ReadAll(const Tables<T>* tables, std::vector<Item>* items, ReadItem read) {
    if (tables == nullptr) return;
    Spend(tables->size() * sizeof(Item));
    if (over_budget_) return;
    items->reserve(tables->size());
    for (const T* table : *tables) items->push_back(read(*table));
  }

  // Bytes outside the flatbuffer. By the format, an offset of 0 or 1 means that there are none.
  Result<ByteSlice> Outside(uint64_t offset, uint64_t size, const std::string& what) {
    if (offset <= 1) return ByteSlice();
    if (!remote_.empty()) {
      return Status(StatusCode::kUnsupportedModel,
                    what + " lies behind the flatbuffer, as in files above 2 GB")
          .WithHint("load the model as a whole");
    }
    if (offset > file_->size() || size > file_->size() - offset) {
      return Status(StatusCode::kInvalidModel,
                    what + " lies outside the file: " + std::to_string(size) + " bytes at " +
                        std::to_string(offset))
          .WithHint("the file has been cut short, or its data is in another file");
    }
    const auto begin = static_cast<size_t>(offset);
    const auto bytes = static_cast<size_t>(size);
    data_end_ = std::max(data_end_, begin + bytes);
    return ByteSlice(file_, {file_->data() + begin, bytes});
  }

  // Data may be read as any element type. The format aligns it, but nothing forces a file to.
  ByteSlice Aligned(ByteSlice slice) {
    constexpr uintptr_t kAlignment = alignof(int64_t);
    if (reinterpret_cast<uintptr_t>(slice.data()) % kAlignment == 0) return slice;
    Spend(slice.size());
    if (over_budget_) return {};
    return ByteSlice(ByteVector(slice.bytes().begin(), slice.bytes().end()));
  }

  Status ReadRoot(const schema::Model& root) {
    model_.version = root.version();
    model_.description = Text(root.description());
    model_.has_description = root.description() != nullptr;
    ReadAll(root.operator_codes(), &model_.operator_codes,
            [&](const auto& table) { return ReadOperatorCode(table); });
    OCTO_RETURN_IF_ERROR(ReadBuffers(root.buffers()));
    model_.metadata_buffer = Copy(root.metadata_buffer());
    ReadAll(root.metadata(), &model_.metadata, [&](const schema::Metadata& table) {
      return Metadata{Text(table.name()), table.buffer()};
    });
    ReadAll(root.signature_defs(), &model_.signatures,
            [&](const auto& table) { return ReadSignature(table); });
    ReadAll(root.external_buffer_groups(), &model_.external_buffer_groups,
            [&](const auto& table) { return ExternalBufferGroup{Text(table.name())}; });
    ReadAll(root.external_buffers(), &model_.external_buffers,
            [&](const schema::ExternalBuffer& table) {
              return ExternalBuffer{table.id(), table.group(), table.offset(), table.length(),
                                    Text(table.packing())};
            });
    ReadAll(root.subgraphs(), &model_.subgraphs,
            [&](const auto& table) { return ReadSubgraph(table); });
    return outside_status_;
  }

  OperatorCode ReadOperatorCode(const schema::OperatorCode& table) {
    OperatorCode code;
    // Files from before builtin_code have 0 there, and newer codes have 127 in the old byte.
    code.builtin = std::max<int32_t>(table.builtin_code(), table.deprecated_builtin_code());
    code.custom_code = Text(table.custom_code());
    code.has_custom_code = table.custom_code() != nullptr;
    code.version = table.version();
    return code;
  }

  Status ReadBuffers(const Tables<schema::Buffer>* buffers) {
    if (buffers != nullptr) {
      Spend(buffers->size() * sizeof(Buffer));
      if (over_budget_) return Status::Ok();
      model_.buffers.reserve(buffers->size());
      for (const schema::Buffer* table : *buffers) {
        Buffer buffer;
        if (const auto* data = table->data()) {
          buffer.data = Aligned(ByteSlice(file_, {data->data(), data->size()}));
          buffer.present = true;
        } else if (table->offset() > 1) {
          OCTO_ASSIGN_OR_RETURN(buffer.data,
                                Outside(table->offset(), table->size(),
                                        "buffer " + std::to_string(model_.buffers.size())));
          buffer.present = true;
        }
        model_.buffers.push_back(std::move(buffer));
      }
    }
    for (const RemoteBuffer& remote : remote_) {
      if (remote.buffer < model_.buffers.size()) {
        model_.buffers[remote.buffer] = {remote.data, true};
      }
    }
    // Every tensor without data refers to buffer 0, so there is one.
    if (model_.buffers.empty()) model_.buffers.emplace_back();
    return Status::Ok();
  }

  Signature ReadSignature(const schema::SignatureDef& table) {
    const auto named = [&](const schema::TensorMap& entry) {
      return NamedTensor{Text(entry.name()), entry.tensor_index()};
    };
    Signature signature;
    ReadAll(table.inputs(), &signature.inputs, named);
    ReadAll(table.outputs(), &signature.outputs, named);
    signature.key = Text(table.signature_key());
    signature.deprecated_tag = Text(table.deprecated_tag());
    signature.subgraph = table.subgraph_index();
    return signature;
  }

  Subgraph ReadSubgraph(const schema::SubGraph& table) {
    Subgraph subgraph;
    subgraph.name = Text(table.name());
    subgraph.has_name = table.name() != nullptr;
    ReadAll(table.tensors(), &subgraph.tensors,
            [&](const auto& tensor) { return ReadTensor(tensor); });
    subgraph.inputs = Copy(table.inputs());
    subgraph.outputs = Copy(table.outputs());
    ReadAll(table.operators(), &subgraph.operators,
            [&](const auto& op) { return ReadOperator(op); });
    subgraph.debug_metadata_index = table.debug_metadata_index();
    return subgraph;
  }

  Tensor ReadTensor(const schema::Tensor& table) {
    Tensor tensor;
    tensor.name = Text(table.name());
    tensor.type = static_cast<DataType>(table.type());
    tensor.shape = Copy(table.shape());
    if (table.shape_signature() != nullptr) tensor.shape_signature = Copy(table.shape_signature());
    tensor.buffer = table.buffer();
    if (table.quantization() != nullptr) {
      tensor.quantization = ReadQuantization(*table.quantization());
    }
    tensor.is_variable = table.is_variable();
    if (table.sparsity() != nullptr) tensor.sparsity = ReadSparsity(*table.sparsity());
    tensor.has_rank = table.has_rank();
    ReadAll(table.variant_tensors(), &tensor.variant_tensors,
            [&](const schema::VariantSubType& sub) {
              return VariantSubType{Copy(sub.shape()), static_cast<DataType>(sub.type()),
                                    sub.has_rank()};
            });
    tensor.external_buffer = table.external_buffer();
    return tensor;
  }

  Quantization ReadQuantization(const schema::QuantizationParameters& table) {
    Quantization quantization;
    quantization.min = Copy(table.min());
    quantization.max = Copy(table.max());
    quantization.scale = Copy(table.scale());
    quantization.zero_point = Copy(table.zero_point());
    quantization.quantized_dimension = table.quantized_dimension();
    if (const auto* custom = table.details_as_CustomQuantization()) {
      quantization.custom = CustomQuantization{Copy(custom->custom())};
    }
    if (const auto* blocks = table.details_as_BlockwiseQuantization()) {
      quantization.blockwise =
          BlockwiseQuantization{blocks->scales(), blocks->zero_points(), blocks->block_size()};
    }
    if (const auto* axes = table.details_as_MultiAxisQuantization()) {
      quantization.multi_axis =
          MultiAxisQuantization{axes->scales(), axes->zero_points(), axes->block_size(),
                                Copy(axes->quantized_dimensions())};
    }
    return quantization;
  }

  template <typename T>
  SparseIndices Widen(SparseIndexType type, const flatbuffers::Vector<T>* values) {
    SparseIndices indices;
    indices.type = type;
    if (values == nullptr) return indices;
    Spend(values->size() * sizeof(int32_t));
    if (over_budget_) return indices;
    const std::vector<T> narrow = CopyVector(*values);
    indices.values.assign(narrow.begin(), narrow.end());
    return indices;
  }

  SparseIndices ReadSparseIndices(schema::SparseIndexVector type, const void* table) {
    if (table == nullptr) return {};
    switch (type) {
      case schema::SparseIndexVector_Int32Vector:
        return Widen(SparseIndexType::kInt32,
                     static_cast<const schema::Int32Vector*>(table)->values());
      case schema::SparseIndexVector_Uint16Vector:
        return Widen(SparseIndexType::kUInt16,
                     static_cast<const schema::Uint16Vector*>(table)->values());
      case schema::SparseIndexVector_Uint8Vector:
        return Widen(SparseIndexType::kUInt8,
                     static_cast<const schema::Uint8Vector*>(table)->values());
      default:
        return {};
    }
  }

  Sparsity ReadSparsity(const schema::SparsityParameters& table) {
    Sparsity sparsity;
    sparsity.traversal_order = Copy(table.traversal_order());
    sparsity.block_map = Copy(table.block_map());
    ReadAll(table.dim_metadata(), &sparsity.dims, [&](const schema::DimensionMetadata& dim) {
      DimensionMetadata metadata;
      metadata.format = static_cast<DimensionFormat>(dim.format());
      metadata.dense_size = dim.dense_size();
      metadata.segments = ReadSparseIndices(dim.array_segments_type(), dim.array_segments());
      metadata.indices = ReadSparseIndices(dim.array_indices_type(), dim.array_indices());
      return metadata;
    });
    return sparsity;
  }

  Options ReadOptions(OptionTableId id, const void* table) {
    Options options;
    if (id.type == 0 || table == nullptr) return options;
    options.type = id.type;
    options.second_union = id.second_union;
    const flatbuffers::TypeTable* type = OptionTableType(id);
    if (type == nullptr) return options;
    const auto& fields = *static_cast<const flatbuffers::Table*>(table);
    Spend(OptionFieldsBytes(fields, *type));
    if (!over_budget_) options.fields = ReadOptionFields(fields, *type);
    return options;
  }

  Operator ReadOperator(const schema::Operator& table) {
    Operator op;
    op.opcode_index = table.opcode_index();
    op.inputs = Copy(table.inputs());
    op.outputs = Copy(table.outputs());
    op.intermediates = Copy(table.intermediates());
    const std::vector<uint8_t> mutating = Copy(table.mutating_variable_inputs());
    op.mutating_variable_inputs.assign(mutating.begin(), mutating.end());
    op.options = ReadOptions({table.builtin_options_type(), false}, table.builtin_options());
    Options second = ReadOptions({table.builtin_options_2_type(), true}, table.builtin_options_2());
    if (op.options.type == 0) {
      op.options = std::move(second);
    } else if (second.type != 0) {
      model_.unknown_parts.push_back("options of both unions for one operator");
    }
    if (const auto* options = table.custom_options()) {
      op.custom_options = ByteSlice(file_, {options->data(), options->size()});
    } else if (table.large_custom_options_offset() > 1) {
      Result<ByteSlice> slice = Outside(table.large_custom_options_offset(),
                                        table.large_custom_options_size(), "custom options");
      if (slice.ok()) {
        op.custom_options = std::move(slice).value();
      } else if (outside_status_.ok()) {
        outside_status_ = slice.status();
      }
    }
    op.custom_options_format = table.custom_options_format();
    op.debug_metadata_index = table.debug_metadata_index();
    return op;
  }

  // Of strings and of constants stored as tables the content is read, of all other data the size.
  Status LoadWhatIsRead() {
    if (remote_.empty()) return Status::Ok();
    for (const Metadata& metadata : model_.metadata) {
      if (metadata.name != kLutMetadataName) continue;
      return Status(StatusCode::kUnsupportedModel, "constants are stored as tables of their values")
          .WithHint("load the model as a whole");
    }
    for (const Subgraph& subgraph : model_.subgraphs) {
      for (const Tensor& tensor : subgraph.tensors) {
        if (tensor.type != DataType::kString || tensor.buffer >= model_.buffers.size()) continue;
        ByteSlice& data = model_.buffers[tensor.buffer].data;
        if (!data.is_remote()) continue;
        if (data.size() > kMaxLocalBytes) {
          return Status(StatusCode::kUnsupportedModel, "strings are too large to be held in memory")
              .WithHint("load the model as a whole");
        }
        ByteVector bytes(data.size());
        OCTO_RETURN_IF_ERROR(data.Read(0, bytes));
        data = ByteSlice(std::move(bytes));
      }
    }
    return Status::Ok();
  }

  // What follows the flatbuffer and its data. Writers pad a flatbuffer with zeros to a multiple of
  // 16 at most; those are not content.
  void ReadTail() {
    constexpr size_t kAlignment = 16;
    size_t begin = data_end_;
    while (begin < file_->size() && begin % kAlignment != 0 && (*file_)[begin] == 0) ++begin;
    if (begin == file_->size()) return;
    const std::span<const uint8_t> bytes(file_->data() + begin, file_->size() - begin);
    // An archive's offsets count from the start of the file; the model holds them relative.
    const std::optional<int64_t> correction = ZipOffsetCorrection(bytes);
    if (!correction || *correction == 0) {
      model_.tail = ByteSlice(file_, bytes);
      return;
    }
    ByteVector archive(bytes.begin(), bytes.end());
    ShiftZipOffsets(*correction, archive);
    model_.tail = ByteSlice(std::move(archive));
  }

  std::shared_ptr<const ByteVector> file_;
  std::vector<RemoteBuffer> remote_;
  size_t budget_;
  bool over_budget_ = false;
  // One past the last byte that the model refers to, in the flatbuffer or outside.
  size_t data_end_ = 0;
  Status outside_status_;
  Model model_;
};

}  // namespace

Status FileTooLarge() {
  return Status(StatusCode::kUnsupportedModel, "the file has 2 GB or more")
      .WithHint("offsets in a .tflite file have 31 bits, so that no reader of the format takes it");
}

Result<Model> ReadSkeleton(std::shared_ptr<const ByteVector> file,
                           std::vector<RemoteBuffer> remote) {
  return Reader(std::move(file), std::move(remote)).Read();
}

Result<Model> ReadModel(std::shared_ptr<const ByteVector> file) {
  return Reader(std::move(file)).Read();
}

Result<Model> ReadModel(ByteVector file) {
  return ReadModel(std::make_shared<const ByteVector>(std::move(file)));
}

}  // namespace octolite
