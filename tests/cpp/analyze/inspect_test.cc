#include "analyze/inspect.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "support/model_builder.h"
#include "support/shared_files.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

Model Convolution() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {-1, 4, 4, 2});
  const int32_t w = builder.AddConstant<float>("w", {3, 1, 1, 2}, std::vector<float>(6));
  const int32_t b = builder.AddConstant<float>("b", {3}, std::vector<float>(3));
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {-1, 4, 4, 3});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {-1, 4, 4, 3});
  builder.AddOp(BuiltinOp::kConv2D, {x, w, b}, {y},
                {{"stride_w", int64_t{1}}, {"stride_h", int64_t{1}}});
  builder.AddCustomOp("Mystery", {y}, {z});
  return builder.Inputs({x}).Outputs({z}).Build();
}

TEST(InspectTest, SaysWhatIsInAModel) {
  const ModelSummary summary = Inspect(Convolution(), 1000);
  EXPECT_EQ(summary.kind, "float32");
  EXPECT_TRUE(summary.quantizable);
  EXPECT_EQ(summary.weight_bytes, 36);
  EXPECT_EQ(summary.other_bytes, 964);
  ASSERT_EQ(summary.weight_bytes_by_type.size(), 1u);
  EXPECT_EQ(summary.weight_bytes_by_type[0].bytes, 36);
  ASSERT_EQ(summary.subgraphs.size(), 1u);
  const SubgraphSummary& subgraph = summary.subgraphs[0];
  EXPECT_EQ(subgraph.inputs[0].shape, (std::vector<int32_t>{-1, 4, 4, 2}));
  ASSERT_EQ(subgraph.operators.size(), 2u);
  EXPECT_EQ(subgraph.operators[0].name, "CONV_2D");
  EXPECT_TRUE(subgraph.operators[0].supported);
  EXPECT_EQ(subgraph.operators[0].weight_bytes, 36);
  EXPECT_EQ(subgraph.operators[0].multiply_adds, 4 * 4 * 3 * 2);
  EXPECT_EQ(subgraph.multiply_adds, 4 * 4 * 3 * 2);
  EXPECT_EQ(subgraph.operators[1].name, "Mystery");
  EXPECT_EQ(summary.unsupported_operators, (std::vector<std::string>{"Mystery"}));
}

TEST(InspectTest, JsonHoldsOptionsByName) {
  const std::string json = Inspect(Convolution(), 1000).ToJson();
  EXPECT_NE(json.find(R"("options":{"stride_w":1,"stride_h":1})"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("bytes":{"file":1000,"weights":36,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("shape":[-1,4,4,2])"), std::string::npos) << json;
}

TEST(InspectTest, ConversionsUseNoFloat) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t q = builder.AddTensor("q", DataType::kInt8, {2}, testing::PerTensor(1));
  const int32_t r = builder.AddTensor("r", DataType::kInt8, {2}, testing::PerTensor(1));
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  const int32_t big = builder.AddTensor("big", DataType::kBool, {2});
  const int32_t one = builder.AddConstant<float>("one", {2}, {1, 1});
  builder.AddOp(BuiltinOp::kQuantize, {x}, {q});
  builder.AddOp(BuiltinOp::kRelu, {q}, {r});
  builder.AddOp(BuiltinOp::kDequantize, {r}, {y});
  builder.AddOp(BuiltinOp::kGreater, {y, one}, {big});
  const ModelSummary summary = Inspect(builder.Inputs({x}).Outputs({big}).Build(), 0);
  const std::vector<OperatorSummary>& operators = summary.subgraphs[0].operators;
  ASSERT_EQ(operators.size(), 4u);
  EXPECT_FALSE(operators[0].uses_float);
  EXPECT_FALSE(operators[1].uses_float);
  EXPECT_FALSE(operators[2].uses_float);
  EXPECT_TRUE(operators[3].uses_float);
}

TEST(InspectTest, OperatorsWithMissingOperandsCostNothing) {
  ModelBuilder builder;
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {4});
  builder.AddOp(BuiltinOp::kTransposeConv, {}, {y});
  builder.AddOp(BuiltinOp::kFullyConnected, {kNoTensor}, {});
  const ModelSummary summary = Inspect(builder.Outputs({y}).Build(), 0);
  EXPECT_EQ(summary.subgraphs[0].multiply_adds, 0);
}

TEST(InspectTest, KindsOfRealModels) {
  const std::map<std::string, std::string> kinds = {
      {"mnist_conv_float", "float32"},
      {"face_landmark_fp16", "float16 weights"},
      {"kws_dscnn_dynamic", "dynamic range int8"},
      {"ops/mnist_quantized", "weight-only int8"},
      {"resnet8_cifar10_int8", "full int8"},
      {"toycar_ad_int8_floatio", "full int8 with float inputs or outputs"},
      {"mobilenet_v2_1.0_224_uint8", "full uint8"},
      {"movenet_lightning_int8", "mixed"},
      {"ops/partly_quantized_mnist", "mixed"},
  };
  if (!testing::HasSharedFile("models")) GTEST_SKIP() << "needs ../shared/models";
  for (const auto& [name, kind] : kinds) {
    const ByteVector bytes = testing::ReadSharedFile("models/" + name + ".tflite");
    const auto size = static_cast<int64_t>(bytes.size());
    const Result<Model> model = ReadModel(bytes);
    ASSERT_TRUE(model.ok()) << name;
    const ModelSummary summary = Inspect(*model, size);
    EXPECT_EQ(summary.kind, kind) << name;
    // Integers that DEQUANTIZE alone reads are what training for quantization leaves too.
    const bool quantizable =
        kind == "float32" || kind == "float16 weights" || kind == "weight-only int8";
    EXPECT_EQ(summary.quantizable, quantizable) << name;
    EXPECT_EQ(summary.weight_bytes + summary.metadata_bytes + summary.other_bytes, size) << name;
    EXPECT_GT(summary.subgraphs[0].multiply_adds, 0) << name;
  }
}

}  // namespace
}  // namespace octolite
