#include "tflite/reader.h"

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/tflite_generated.h"
#include "support/compare_models.h"
#include "support/model_builder.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using testing::FirstDifference;
using testing::ModelBuilder;

ByteVector Bytes(std::string_view text) { return ByteVector(text.begin(), text.end()); }

Model SmallModel() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t c = builder.AddConstant<float>("c", {2}, {1.0f, 2.0f});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  builder.AddOp(BuiltinOp::kAdd, {x, c}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

ByteVector SmallFile() {
  Result<ByteVector> file = WriteModel(SmallModel());
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  return file.ok() ? *file : ByteVector();
}

// Finishes a file around parts made with the schema's own functions.
class RawFile {
 public:
  FlatBufferBuilder builder;
  std::vector<Offset<schema::OperatorCode>> codes;
  std::vector<Offset<schema::Tensor>> tensors;
  std::vector<Offset<schema::Operator>> operators;
  std::vector<Offset<schema::Buffer>> buffers;

  ByteVector Finish() {
    if (buffers.empty()) buffers.push_back(schema::CreateBuffer(builder));
    const auto no_tensors = builder.CreateVector(std::vector<int32_t>());
    const auto tensor_vector = builder.CreateVector(tensors);
    const auto operator_vector = builder.CreateVector(operators);
    const Offset<schema::SubGraph> subgraph =
        schema::CreateSubGraph(builder, tensor_vector, no_tensors, no_tensors, operator_vector);
    const auto code_vector = builder.CreateVector(codes);
    const auto subgraphs = builder.CreateVector(&subgraph, 1);
    const auto buffer_vector = builder.CreateVector(buffers);
    schema::FinishModelBuffer(
        builder, schema::CreateModel(builder, 3, code_vector, subgraphs, 0, buffer_vector));
    return ByteVector(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  }

  void AddTensor(uint32_t buffer, const std::vector<int32_t>& shape, schema::TensorType type) {
    const auto shape_vector = builder.CreateVector(shape);
    tensors.push_back(schema::CreateTensor(builder, shape_vector, type, buffer));
  }
  void AddCode(int8_t old_code, int32_t code) {
    codes.push_back(schema::CreateOperatorCode(builder, old_code, 0, 1,
                                               static_cast<schema::BuiltinOperator>(code)));
  }
};

TEST(ReaderTest, OtherFilesAreRefusedWithAHint) {
  const std::pair<const char*, const char*> files[] = {
      {"", "empty"},
      {"PK\3\4 a zip archive", "zip"},
      {"version https://git-lfs.github.com/spec/v1", "Git LFS"},
      {"\x89HDF\r\n and more", "Keras"},
      {"\x08\x07\x12\x07pytorch", "ONNX"},
      {"some text that is no model", "TFL3"},
  };
  for (const auto& [content, hint] : files) {
    const Result<Model> model = ReadModel(Bytes(content));
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.status().code(), StatusCode::kInvalidModel);
    EXPECT_NE(model.status().hint().find(hint), std::string::npos) << model.status().ToString();
  }
}

TEST(ReaderTest, WeightsAreSlicesOfTheFile) {
  const auto file = std::make_shared<const ByteVector>(SmallFile());
  Result<Model> model = ReadModel(file);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const uint8_t* weights = model->buffers[1].data.data();
  EXPECT_GE(weights, file->data());
  EXPECT_LT(weights, file->data() + file->size());
  EXPECT_EQ((weights - file->data()) % 16, 0);
}

TEST(ReaderTest, CodeIsTheLargerOfBothFields) {
  RawFile file;
  file.AddCode(3, 0);      // from before the wide field
  file.AddCode(127, 150);  // GELU
  file.AddCode(9, 9);
  const Result<Model> model = ReadModel(file.Finish());
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  EXPECT_EQ(model->operator_codes[0].builtin, 3);
  EXPECT_EQ(model->operator_codes[1].builtin, 150);
  EXPECT_EQ(model->operator_codes[2].builtin, 9);
}

TEST(ReaderTest, BothCodeFieldsAreWritten) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {2});
  builder.AddOp(BuiltinOp::kAbs, {x}, {y});
  builder.AddOp(BuiltinOp::kGelu, {y}, {z});
  const Result<ByteVector> file = WriteModel(builder.Inputs({x}).Outputs({z}).Build());
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const auto& codes = *schema::GetModel(file->data())->operator_codes();
  EXPECT_EQ(codes[0]->deprecated_builtin_code(), 101);
  EXPECT_EQ(codes[0]->builtin_code(), schema::BuiltinOperator_ABS);
  EXPECT_EQ(codes[1]->deprecated_builtin_code(), 127);
  EXPECT_EQ(codes[1]->builtin_code(), schema::BuiltinOperator_GELU);
}

// The layout of files above 2 GB: data after the flatbuffer, by offset and size.
ByteVector FileWithDataOutside(uint64_t offset, uint64_t size, size_t tail_bytes) {
  RawFile file;
  file.AddCode(32, 32);
  file.AddTensor(1, {4}, schema::TensorType_UINT8);
  file.buffers.push_back(schema::CreateBuffer(file.builder));
  file.buffers.push_back(schema::CreateBuffer(file.builder, 0, offset, size));
  const auto empty = file.builder.CreateVector(std::vector<int32_t>());
  schema::OperatorBuilder op(file.builder);
  op.add_inputs(empty);
  op.add_outputs(empty);
  op.add_large_custom_options_offset(offset + 1);
  op.add_large_custom_options_size(2);
  file.operators.push_back(op.Finish());
  ByteVector bytes = file.Finish();
  EXPECT_LE(bytes.size(), 1024u);
  bytes.resize(1024);
  const ByteVector data = {10, 11, 12, 13};
  bytes.insert(bytes.end(), data.begin(), data.end());
  bytes.insert(bytes.end(), tail_bytes, 'T');
  return bytes;
}

TEST(ReaderTest, DataOutsideTheFlatbufferReadsAsIfInside) {
  Result<Model> model = ReadModel(FileWithDataOutside(1024, 4, 3));
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const std::span<const uint8_t> data = model->buffers[1].data.bytes();
  EXPECT_EQ(ByteVector(data.begin(), data.end()), (ByteVector{10, 11, 12, 13}));
  const std::span<const uint8_t> options = model->subgraphs[0].operators[0].custom_options->bytes();
  EXPECT_EQ(ByteVector(options.begin(), options.end()), (ByteVector{11, 12}));
  EXPECT_EQ(model->tail.size(), 3u);

  Result<ByteVector> written = WriteModel(*model);
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  Result<Model> again = ReadModel(*written);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(FirstDifference(*model, *again), "");
}

TEST(ReaderTest, DataOutsideTheFileIsRefused) {
  for (const auto& [offset, size] : std::vector<std::pair<uint64_t, uint64_t>>{
           {1025, 4}, {1024, 5}, {4096, 4}, {1024, UINT64_MAX}, {UINT64_MAX, 4}}) {
    const Result<Model> model = ReadModel(FileWithDataOutside(offset, size, 0));
    ASSERT_FALSE(model.ok()) << offset << " " << size;
    EXPECT_EQ(model.status().code(), StatusCode::kInvalidModel);
    EXPECT_NE(model.status().message().find("outside the file"), std::string::npos);
  }
}

// Options of a union member that the schema does not have, with `fields` fields.
ByteVector FileWithUnknownOptions(bool fields) {
  RawFile file;
  file.AddCode(127, 250);
  FlatBufferBuilder& builder = file.builder;
  const auto start = builder.StartTable();
  if (fields) builder.AddElement<int32_t>(4, 77);
  const Offset<void> options(builder.EndTable(start));
  const auto empty = builder.CreateVector(std::vector<int32_t>());
  schema::OperatorBuilder op(builder);
  op.add_inputs(empty);
  op.add_outputs(empty);
  op.add_builtin_options_2_type(static_cast<schema::BuiltinOptions2>(200));
  op.add_builtin_options_2(options);
  file.operators.push_back(op.Finish());
  return file.Finish();
}

TEST(ReaderTest, EmptyOptionsNewerThanTheSchemaAreKept) {
  Result<Model> model = ReadModel(FileWithUnknownOptions(false));
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  EXPECT_TRUE(model->unknown_parts.empty());
  Result<ByteVector> written = WriteModel(*model);
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  Result<Model> again = ReadModel(*written);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->subgraphs[0].operators[0].options, (Options{200, true, {}}));
}

TEST(ReaderTest, OptionsNewerThanTheSchemaLoadButAreNotWritten) {
  Result<Model> model = ReadModel(FileWithUnknownOptions(true));
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  ASSERT_EQ(model->unknown_parts.size(), 1u);
  EXPECT_EQ(model->unknown_parts[0], "subgraphs[0].operators[0].builtin_options_2, member 200");
  const Result<ByteVector> written = WriteModel(*model);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.status().code(), StatusCode::kUnsupportedModel);
  EXPECT_NE(written.status().message().find(model->unknown_parts[0]), std::string::npos);
}

TEST(ReaderTest, FieldsNewerThanTheSchemaAreListed) {
  RawFile file;
  FlatBufferBuilder& builder = file.builder;
  const auto start = builder.StartTable();
  builder.AddElement<uint8_t>(4 + 2 * 40, 1);
  file.tensors.push_back(Offset<schema::Tensor>(builder.EndTable(start)));
  const Result<Model> model = ReadModel(file.Finish());
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  ASSERT_EQ(model->unknown_parts.size(), 1u);
  EXPECT_EQ(model->unknown_parts[0], "subgraphs[0].tensors[0], field 40");
}

TEST(ReaderTest, SharedPartsDoNotMakeAModelOfManyTimesTheFile) {
  RawFile file;
  FlatBufferBuilder& builder = file.builder;
  const auto shape = builder.CreateVector(std::vector<int32_t>(100000, 1));
  for (int i = 0; i < 1000; ++i) {
    file.tensors.push_back(schema::CreateTensor(builder, shape, schema::TensorType_INT8, 0));
  }
  const Result<Model> model = ReadModel(file.Finish());
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.status().code(), StatusCode::kInvalidModel);
  EXPECT_NE(model.status().message().find("larger than the file"), std::string::npos);
}

TEST(ReaderTest, TailIsKept) {
  for (const std::string_view tail : {"x", "some bytes of another tool"}) {
    ByteVector file = SmallFile();
    file.resize((file.size() + 15) / 16 * 16);
    file.insert(file.end(), tail.begin(), tail.end());
    Result<Model> model = ReadModel(file);
    ASSERT_TRUE(model.ok()) << model.status().ToString();
    EXPECT_EQ(model->tail.size(), tail.size());
    Result<ByteVector> written = WriteModel(*model);
    ASSERT_TRUE(written.ok()) << written.status().ToString();
    EXPECT_EQ(
        std::string(written->end() - static_cast<std::ptrdiff_t>(tail.size()), written->end()),
        tail);
  }
}

void Append(ByteVector& bytes, uint64_t value, int width) {
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

// An archive of one empty file "a", whose offsets count from `start` bytes before it.
ByteVector ZipArchive(uint32_t start) {
  ByteVector zip;
  Append(zip, 0x04034b50, 4);
  zip.insert(zip.end(), 22, 0);
  Append(zip, 1, 4);  // lengths of the name and of the extra field
  zip.push_back('a');
  const auto directory = static_cast<uint32_t>(zip.size());
  Append(zip, 0x02014b50, 4);
  zip.insert(zip.end(), 24, 0);
  Append(zip, 1, 2);
  zip.insert(zip.end(), 12, 0);
  Append(zip, start, 4);
  zip.push_back('a');
  const auto size = static_cast<uint32_t>(zip.size()) - directory;
  Append(zip, 0x06054b50, 4);
  Append(zip, 0, 4);
  Append(zip, 1, 2);
  Append(zip, 1, 2);
  Append(zip, size, 4);
  Append(zip, start + directory, 4);
  Append(zip, 0, 2);
  return zip;
}

TEST(ReaderTest, ArchiveAfterTheModelMovesWithIt) {
  // Its offsets count from the start of the file, or from its own.
  for (const bool from_file : {true, false}) {
    ByteVector file = SmallFile();
    file.resize((file.size() + 15) / 16 * 16);
    const auto begin = static_cast<uint32_t>(file.size());
    const ByteVector zip = ZipArchive(from_file ? begin : 0);
    file.insert(file.end(), zip.begin(), zip.end());
    Result<Model> model = ReadModel(file);
    ASSERT_TRUE(model.ok()) << model.status().ToString();
    EXPECT_TRUE(std::ranges::equal(model->tail.bytes(), ZipArchive(0)));

    model->description = std::string(1000, 'd');
    model->has_description = true;
    Result<ByteVector> written = WriteModel(*model);
    ASSERT_TRUE(written.ok()) << written.status().ToString();
    const size_t moved = written->size() - zip.size();
    EXPECT_GT(moved, begin);
    EXPECT_TRUE(std::equal(written->begin() + static_cast<std::ptrdiff_t>(moved), written->end(),
                           ZipArchive(static_cast<uint32_t>(moved)).begin()));
  }
}

// Everything that the model can hold and the builder does not make.
TEST(ReaderTest, RareFieldsAreKept) {
  Model model = SmallModel();
  model.description = "a model";
  model.has_description = true;
  model.metadata_buffer = {0, 1};
  model.metadata.push_back({"TFLITE_METADATA", 1});
  model.signatures.push_back({{{"in", 0}}, {{"out", 2}}, "key", "tag", 0});
  model.external_buffer_groups.push_back({"weights.bin"});
  model.external_buffers.push_back({7, 0, 1ull << 40, 12, "packed"});
  model.buffers.push_back({ByteSlice(), true});
  Subgraph& subgraph = model.subgraphs[0];
  subgraph.debug_metadata_index = 5;
  Operator& op = subgraph.operators[0];
  op.intermediates = {2, kNoTensor};
  op.mutating_variable_inputs = {true, false};
  op.custom_options = ByteSlice(ByteVector{1, 2, 3});
  op.custom_options_format = 0;
  op.debug_metadata_index = 9;
  Tensor& x = subgraph.tensors[0];
  x.is_variable = true;
  x.has_rank = false;
  x.shape_signature = {{-1}};
  x.external_buffer = 7;
  x.type = DataType::kVariant;
  x.variant_tensors = {{{1, 2}, DataType::kInt8, true}, {{}, DataType::kString, false}};
  Tensor& y = subgraph.tensors[2];
  y.quantization.emplace();
  y.quantization->min = {-1.5f};
  y.quantization->max = {2.5f};
  y.quantization->custom = CustomQuantization{{9, 8, 7}};
  Tensor blocks = y;
  blocks.name = "blocks";
  blocks.quantization = Quantization{};
  blocks.quantization->blockwise = BlockwiseQuantization{1, kNoTensor, 32};
  blocks.quantization->quantized_dimension = 1;
  subgraph.tensors.push_back(blocks);
  blocks.quantization->blockwise.reset();
  blocks.quantization->multi_axis = MultiAxisQuantization{1, 0, 0, {0}};
  subgraph.tensors.push_back(blocks);
  Sparsity sparsity;
  sparsity.traversal_order = {0};
  sparsity.dims.resize(1);
  sparsity.dims[0].format = DimensionFormat::kSparseCsr;
  sparsity.dims[0].segments = {SparseIndexType::kInt32, {0, 2}};
  for (const SparseIndexType type :
       {SparseIndexType::kInt32, SparseIndexType::kUInt16, SparseIndexType::kUInt8}) {
    sparsity.dims[0].indices = {type, {0, 200}};
    Tensor sparse;
    sparse.shape = {201};
    sparse.buffer = 1;
    sparse.sparsity = sparsity;
    subgraph.tensors.push_back(sparse);
  }

  Result<ByteVector> written = WriteModel(model);
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  Result<Model> again = ReadModel(std::move(*written));
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(FirstDifference(model, *again), "");
}

TEST(WriterTest, BuffersThatShareBytesShareThemInTheFile) {
  Model model = SmallModel();
  const ByteSlice weights(ByteVector(100000, 7));
  const size_t before = SmallFile().size();
  model.buffers.push_back({weights, true});
  model.buffers.push_back({weights, true});
  const Result<ByteVector> written = WriteModel(model);
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  EXPECT_GT(written->size(), before + 100000);
  EXPECT_LT(written->size(), before + 101000);
}

TEST(WriterTest, InvalidModelIsRefused) {
  Model model = SmallModel();
  model.subgraphs[0].tensors[0].buffer = 99;
  const Result<ByteVector> written = WriteModel(model);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.status().code(), StatusCode::kInvalidModel);
}

}  // namespace
}  // namespace octolite
