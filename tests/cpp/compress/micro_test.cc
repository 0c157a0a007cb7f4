#include "compress/micro.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/rng.h"
#include "compress/cluster.h"
#include "support/compare_models.h"
#include "support/model_builder.h"
#include "support/shared_files.h"
#include "tflite/lut_tensors.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

// Files whose constants are indices into tables, there and back.

namespace octolite {
namespace {

using testing::FirstDifference;
using testing::HasSharedFile;
using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;
using testing::ReadSharedFile;

// x [1, 32] -> FULLY_CONNECTED(w [8, 32]: int8) -> y.
struct Layer {
  ModelBuilder builder;
  int32_t x = builder.AddTensor("x", DataType::kInt8, {1, 32}, PerTensor(0.5f));
  int32_t y = builder.AddTensor("y", DataType::kInt8, {1, 8}, PerTensor(0.5f));

  Model With(int32_t w) {
    builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y}, {}, 4);
    return builder.Inputs({x}).Outputs({y}).Build();
  }
};

// Channel c has the values 10 * c to 10 * c + values - 1.
std::vector<int8_t> Weights(int values, int rows = 8) {
  Rng rng(1);
  std::vector<int8_t> codes;
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < 32; ++i) {
      codes.push_back(static_cast<int8_t>(10 * row + rng.Integer(0, values - 1)));
    }
  }
  return codes;
}

// As if it had been read from a file, where buffers are slices.
Model Reread(const Model& model) {
  Result<ByteVector> file = WriteModel(model);
  EXPECT_TRUE(file.ok());
  Result<Model> read = ReadModel(std::move(file).value());
  EXPECT_TRUE(read.ok());
  return std::move(read).value();
}

TEST(LutIndicesTest, ArePackedHighestBitFirst) {
  // The example of tflite-micro's documentation of the format.
  const std::vector<uint8_t> indices = {7, 0, 3, 2};
  EXPECT_EQ(PackLutIndices(indices, 3), (ByteVector{0b11100001, 0b10100000}));
  EXPECT_EQ(PackLutIndices(indices, 7),
            (ByteVector{0b00001110, 0b00000000, 0b00011000, 0b00100000}));
  EXPECT_EQ(PackLutIndices(std::vector<uint8_t>{1, 0, 0, 1}, 1), (ByteVector{0b10010000}));
}

TEST(MicroTest, AFileIsReadBackAsTheModelThatItWasMadeOf) {
  for (const bool per_channel : {false, true}) {
    Layer layer;
    const std::vector<float> scales(8, 0.25f);
    const int32_t w =
        layer.builder.AddConstant<int8_t>("w", {8, 32}, Weights(per_channel ? 4 : 1),
                                          per_channel ? PerChannel(scales) : PerTensor(0.25f));
    const Model model = Reread(layer.With(w));
    const Result<MicroResult> result = CompressForMicro(model);
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    ASSERT_EQ(result->tensors.size(), 1u);
    const MicroTensor& tensor = result->tensors[0];
    EXPECT_EQ(tensor.name, "w");
    EXPECT_EQ(tensor.reason, "");
    EXPECT_EQ(tensor.bits, per_channel ? 2 : 3);
    EXPECT_EQ(tensor.bytes_before, 256);
    EXPECT_EQ(tensor.bytes_after, per_channel ? 64 + 32 : 96 + 8);
    const Result<Model> read = ReadModel(result->file);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(FirstDifference(*read, model), "");
  }
}

TEST(MicroTest, ChannelsMayLieAlongTheLastOfFourDimensions) {
  ModelBuilder builder;
  const std::vector<int32_t> shape = {1, 8, 8, 32};
  const int32_t x = builder.AddTensor("x", DataType::kInt8, shape, PerTensor(0.5f));
  const int32_t y = builder.AddTensor("y", DataType::kInt8, shape, PerTensor(0.5f));
  const std::vector<float> scales(32, 0.25f);
  Rng rng(2);
  std::vector<int8_t> codes;
  for (int i = 0; i < 9; ++i) {
    for (int channel = 0; channel < 32; ++channel) {
      codes.push_back(static_cast<int8_t>(3 * channel + rng.Integer(0, 1)));
    }
  }
  const int32_t w = builder.AddConstant<int8_t>("w", {1, 3, 3, 32}, codes, PerChannel(scales, 3));
  builder.AddOp(BuiltinOp::kDepthwiseConv2D, {x, w, kNoTensor}, {y},
                {{"stride_w", 1}, {"stride_h", 1}, {"depth_multiplier", 1}}, 3);
  const Model model = Reread(builder.Inputs({x}).Outputs({y}).Build());
  const Result<MicroResult> result = CompressForMicro(model);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->tensors[0].bits, 1);
  EXPECT_EQ(result->tensors[0].bytes_after, 36 + 64);
  const Result<Model> read = ReadModel(result->file);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(FirstDifference(*read, model), "");
}

TEST(MicroTest, ConstantsThatOtherOperatorsReadStay) {
  Layer layer;
  const int32_t w = layer.builder.AddConstant<int8_t>("w", {8, 32}, Weights(1), PerTensor(0.25f));
  const int32_t v = layer.builder.AddConstant<int8_t>("v", {8, 32}, Weights(2), PerTensor(0.25f));
  const int32_t z = layer.builder.AddTensor("z", DataType::kInt8, {8, 32}, PerTensor(0.25f));
  layer.builder.AddOp(BuiltinOp::kAdd, {v, v}, {z}, {}, 2);
  const int32_t u = layer.builder.AddTensor("u", DataType::kInt8, {1, 8}, PerTensor(0.5f));
  layer.builder.AddOp(BuiltinOp::kFullyConnected, {layer.x, v, kNoTensor}, {u}, {}, 4);
  const Result<MicroResult> result = CompressForMicro(layer.With(w));
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->tensors.size(), 2u);
  EXPECT_EQ(result->tensors[0].reason, "");
  EXPECT_EQ(result->tensors[1].reason, "also read by ADD");
}

TEST(MicroTest, ManyValuesAndOtherTypesStay) {
  Rng rng(3);
  std::vector<int8_t> codes;
  for (int i = 0; i < 1024; ++i) codes.push_back(static_cast<int8_t>(rng.Integer(-127, 127)));
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kInt8, {1, 32}, PerTensor(0.5f));
  const int32_t y = builder.AddTensor("y", DataType::kInt8, {1, 32}, PerTensor(0.5f));
  const int32_t w = builder.AddConstant<int8_t>("w", {32, 32}, codes, PerTensor(0.25f));
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y}, {}, 4);
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  EXPECT_EQ(CompressForMicro(model).status().code(), StatusCode::kInvalidArgument);
  // What the status asks for helps.
  const Result<ClusterResult> clustered = Cluster(model, {.clusters = 128});
  ASSERT_TRUE(clustered.ok());
  const Result<MicroResult> result = CompressForMicro(clustered->model);
  EXPECT_FALSE(result.ok());  // 7 bits and a table of 128 bytes are no less
  const Result<ClusterResult> fewer = Cluster(model, {.clusters = 64});
  ASSERT_TRUE(fewer.ok());
  EXPECT_EQ(CompressForMicro(fewer->model)->tensors[0].bits, 6);
}

// --- Files that contradict themselves
// -------------------------------------------------------------

Model PerTensorModel() {
  Layer layer;
  const int32_t w = layer.builder.AddConstant<int8_t>("w", {8, 32}, Weights(1), PerTensor(0.25f));
  return layer.With(w);
}

// Reads a file in which the weights are stored so.
Status ReadStored(int bits, size_t index_bytes, ByteVector values, LutTensor place = {0, 2}) {
  const LutBuffer buffer = {.tensors = {place},
                            .bits = bits,
                            .indices = ByteVector(index_bytes, 0),
                            .values = std::move(values)};
  const Result<ByteVector> file = WriteLutModel(PerTensorModel(), {&buffer, 1});
  EXPECT_TRUE(file.ok());
  return ReadModel(*file).status();
}

TEST(LutReaderTest, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(ReadStored(2, 64, {1, 2, 3}).ok());
  for (const Status& status :
       {ReadStored(0, 64, {1}), ReadStored(8, 256, {1}), ReadStored(2, 63, {1}),
        ReadStored(2, 65, {1}), ReadStored(2, 64, {}), ReadStored(3, 64, {1})}) {
    EXPECT_EQ(status.code(), StatusCode::kInvalidModel);
    EXPECT_EQ(status.where().tensor_name, "w");
  }
}

TEST(LutReaderTest, RefusesIndicesBeyondTheirTable) {
  const LutBuffer buffer = {
      .tensors = {{0, 2}}, .bits = 2, .indices = ByteVector(64, 0xE4), .values = {1, 2, 3}};
  const Result<ByteVector> file = WriteLutModel(PerTensorModel(), {&buffer, 1});
  ASSERT_TRUE(file.ok());
  const Status status = ReadModel(*file).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidModel);
  EXPECT_NE(status.message().find("index 3 into a table of 3 values"), std::string::npos);
}

TEST(LutReaderTest, RefusesDamagedMetadata) {
  Model model = PerTensorModel();
  model.metadata.push_back({.name = std::string(kLutMetadataName), .buffer = 1});
  model.buffers.at(1) = {.data = ByteSlice(ByteVector{1, 2, 3, 4, 5, 6, 7, 8}), .present = true};
  model.subgraphs[0].tensors[2].buffer = 0;
  model.subgraphs[0].operators.clear();
  model.subgraphs[0].outputs = {0};
  const Result<ByteVector> file = WriteModel(model);
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(ReadModel(*file).status().code(), StatusCode::kInvalidModel);
}

// Any byte of a file changed: a Status or a model, never anything else. What is read can be
// written.
TEST(LutReaderTest, SurvivesDamage) {
  Layer layer;
  const std::vector<float> scales(8, 0.25f);
  const int32_t w = layer.builder.AddConstant<int8_t>("w", {8, 32}, Weights(4), PerChannel(scales));
  const Result<MicroResult> result = CompressForMicro(layer.With(w));
  ASSERT_TRUE(result.ok());
  int read = 0;
  for (size_t i = 0; i < result->file.size(); ++i) {
    for (const unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      ByteVector file = result->file;
      file[i] = static_cast<uint8_t>(file[i] ^ flip);
      const Result<Model> model = ReadModel(std::move(file));
      if (!model.ok()) continue;
      ++read;
      EXPECT_TRUE(WriteModel(*model).ok() || !model->unknown_parts.empty()) << i;
    }
  }
  EXPECT_GT(read, 100);
}

TEST(MicroTest, RealModelsComeBackTheSame) {
  for (const char* path : {"models/resnet8_cifar10_int8.tflite", "models/kws_dscnn_int8.tflite",
                           "models/vww_96_int8.tflite", "models/toycar_ad_int8.tflite"}) {
    if (!HasSharedFile(path)) GTEST_SKIP() << "needs ../shared/" << path;
    const Result<Model> model = ReadModel(ReadSharedFile(path));
    ASSERT_TRUE(model.ok());
    const Result<ClusterResult> clustered = Cluster(*model, {.clusters = 16});
    ASSERT_TRUE(clustered.ok());
    const Result<MicroResult> result = CompressForMicro(clustered->model);
    ASSERT_TRUE(result.ok()) << path;
    const Result<Model> read = ReadModel(result->file);
    ASSERT_TRUE(read.ok()) << path;
    EXPECT_EQ(FirstDifference(*read, clustered->model), "") << path;
    EXPECT_LT(result->file.size(), ReadSharedFile(path).size()) << path;
  }
}

}  // namespace
}  // namespace octolite
