#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/float16.h"
#include "quantize/graph_support.h"
#include "quantize/quantize.h"
#include "support/compare_models.h"
#include "support/model_builder.h"

// What dynamic, weight-only and float16 quantization make of small models.

namespace octolite {
namespace {

using testing::Content;
using testing::Graph;
using testing::Mode;
using testing::ModelBuilder;
using testing::Named;
using testing::OpAt;
using testing::QuantizeAll;
using testing::StatsOf;
using testing::VersionAt;

// x -> op(w [2, 1, 1, 2], b) -> y -> RELU -> z.
Model Weighted(BuiltinOp op) {
  ModelBuilder builder;
  const std::vector<int32_t> shape = {1, 2, 2, 2};
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, shape);
  const int32_t w = builder.AddConstant<float>("w",
                                               op == BuiltinOp::kDepthwiseConv2D
                                                   ? std::vector<int32_t>{1, 1, 2, 2}
                                                   : std::vector<int32_t>{2, 1, 1, 2},
                                               {1.27f, -0.5f, 0.1f, 12.7f});
  const int32_t b = builder.AddConstant<float>("b", {2}, {0.5f, -1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, shape);
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, shape);
  builder.AddOp(op, {x, w, b}, {y});
  builder.AddOp(BuiltinOp::kRelu, {y}, {z});
  return builder.Inputs({x}).Outputs({z}).Build();
}

TEST(DynamicInt8Test, WeightsAloneAreQuantizedAndTheVersionSaysHow) {
  struct Case {
    BuiltinOp op;
    Granularity granularity;
    int32_t version;
    int32_t axis;
    size_t scales;
  };
  for (const Case& c : {Case{BuiltinOp::kConv2D, Granularity::kPerChannel, 5, 0, 2},
                        Case{BuiltinOp::kConv2D, Granularity::kPerTensor, 2, 0, 1},
                        Case{BuiltinOp::kDepthwiseConv2D, Granularity::kPerChannel, 6, 3, 2},
                        Case{BuiltinOp::kDepthwiseConv2D, Granularity::kPerTensor, 4, 0, 1}}) {
    const Model model = Weighted(c.op);
    OperatorConfig config = Mode(QuantMode::kDynamic);
    config.weights.granularity = c.granularity;
    const QuantizeResult result = QuantizeAll(model, config);
    EXPECT_EQ(Graph(result.model), Graph(model));
    EXPECT_EQ(VersionAt(result.model, 0), c.version);
    const Tensor& w = Named(result.model, "w");
    EXPECT_EQ(w.type, DataType::kInt8);
    EXPECT_EQ(w.quantization->scale.size(), c.scales);
    EXPECT_EQ(w.quantization->quantized_dimension, c.axis);
    EXPECT_EQ(Named(result.model, "b").type, DataType::kFloat32);
    EXPECT_EQ(result.report.operators[0].got.mode, QuantMode::kDynamic);
    EXPECT_EQ(result.report.operators[0].weight_bytes_after, 4 + 8);
    EXPECT_EQ(result.report.operators[1].got.mode, QuantMode::kFloat);
    EXPECT_EQ(result.report.operators[1].reason, "kept in float: it has no weights");
  }
}

TEST(DynamicInt8Test, FewWeightsStayFloat) {
  OperatorConfig config = Mode(QuantMode::kDynamic);
  config.weights.min_elements = 5;
  const Model model = Weighted(BuiltinOp::kConv2D);
  const QuantizeResult result = QuantizeAll(model, config);
  EXPECT_EQ(testing::FirstDifference(result.model, model), "");
  EXPECT_EQ(result.report.operators[0].reason, "kept in float: too few weights (4 < 5)");
  config.weights.min_elements = 4;
  EXPECT_EQ(QuantizeAll(model, config).report.operators[0].got.mode, QuantMode::kDynamic);
}

TEST(PackedWeightsTest, AsFewBitsAsKernelsTake) {
  const Model model = Weighted(BuiltinOp::kConv2D);
  OperatorConfig config = Mode(QuantMode::kDynamic);
  config.weights.bits = 2;
  config.weights.narrow_range = false;
  QuantizeResult result = QuantizeAll(model, config);
  EXPECT_EQ(result.report.operators[0].reason, "int4 weights: there is no such form with int2");
  EXPECT_EQ(result.report.operators[0].got.weights.bits, 4);
  EXPECT_EQ(Named(result.model, "w").type, DataType::kInt4);
  EXPECT_EQ(VersionAt(result.model, 0), 7);
  // A DEQUANTIZE takes any.
  config.mode = QuantMode::kWeightOnly;
  result = QuantizeAll(model, config);
  EXPECT_EQ(result.report.operators[0].reason, "");
  EXPECT_EQ(OpAt(result.model, 0).inputs.size(), 1u);
  EXPECT_EQ(VersionAt(result.model, 0), 7);
}

TEST(PackedWeightsTest, BlocksHaveFloat16ScalesInATensorOfTheirOwn) {
  ModelBuilder builder;
  std::vector<float> weights(2 * 64);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 15) - 7;
  for (size_t i = 32; i < 64; ++i) weights[i] *= 0.5f;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 64});
  const int32_t w = builder.AddConstant<float>("w", {2, 64}, weights);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  OperatorConfig config = Mode(QuantMode::kDynamic);
  config.weights.bits = 4;
  config.weights.narrow_range = false;
  config.weights.granularity = Granularity::kBlockwise;
  config.weights.block_size = 32;
  const Model made = QuantizeAll(model, config).model;
  const Tensor& quantized = Named(made, "w");
  EXPECT_EQ(quantized.type, DataType::kInt4);
  ASSERT_TRUE(quantized.quantization && quantized.quantization->blockwise);
  EXPECT_EQ(quantized.quantization->blockwise->block_size, 32);
  const Tensor& scales =
      made.subgraphs[0].tensors[static_cast<size_t>(quantized.quantization->blockwise->scales)];
  EXPECT_EQ(scales.type, DataType::kFloat16);
  EXPECT_EQ(scales.shape, (std::vector<int32_t>{2, 2}));
  // 1, 0.5, 1, 1 as float16.
  EXPECT_TRUE(std::ranges::equal(
      made.data(scales), std::vector<uint8_t>{0x00, 0x3C, 0x00, 0x38, 0x00, 0x3C, 0x00, 0x3C}));
  EXPECT_EQ(made.data(quantized)[0], 0xA9);  // -7, -6

  config.weights.block_size = 256;
  const QuantizeResult whole = QuantizeAll(model, config);
  EXPECT_EQ(whole.report.operators[0].reason,
            "weights per channel: its depth of 64 is no multiple of the block size");
}

TEST(DynamicInt8Test, BesideStaticOperators) {
  const Model model = Weighted(BuiltinOp::kConv2D);
  QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kDynamic));
  config.operators[0][1].mode = QuantMode::kStatic;
  const CalibrationStats stats = StatsOf(model, {{"y", {-1, 1}}, {"z", {0, 1}}});
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(Graph(result->model),
            "CONV_2D(x,w,b)->y QUANTIZE(y)->y_quantized RELU(y_quantized)->z_quantized "
            "DEQUANTIZE(z_quantized)->z");
  EXPECT_EQ(Named(result->model, "w").type, DataType::kInt8);
}

TEST(WeightOnlyInt8Test, WeightsAreReadThroughOneDequantize) {
  // Two convolutions share their weights.
  ModelBuilder builder;
  const std::vector<int32_t> shape = {1, 2, 2, 2};
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, shape);
  const int32_t w = builder.AddConstant<float>("w", {2, 1, 1, 2}, {1.27f, -0.5f, 0.1f, 12.7f});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, shape);
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, shape);
  builder.AddOp(BuiltinOp::kConv2D, {x, w, kNoTensor}, {y});
  builder.AddOp(BuiltinOp::kConv2D, {y, w, kNoTensor}, {z});
  const Model model = builder.Inputs({x}).Outputs({z}).Build();
  const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kWeightOnly));
  EXPECT_EQ(Graph(result.model),
            "DEQUANTIZE(w)->w_dequantized CONV_2D(x,w_dequantized,-)->y "
            "CONV_2D(y,w_dequantized,-)->z");
  EXPECT_EQ(VersionAt(result.model, 0), 5);  // per channel
  EXPECT_EQ(VersionAt(result.model, 1), 1);
  EXPECT_EQ(Named(result.model, "w").type, DataType::kInt8);
  EXPECT_EQ(Named(result.model, "w_dequantized").shape, (std::vector<int32_t>{2, 1, 1, 2}));
  EXPECT_EQ(result.report.weight_bytes_after, 4);
  EXPECT_EQ(result.report.operators[1].weight_bytes_after, 4);
}

TEST(WeightOnlyInt8Test, PerTensorAndAsymmetric) {
  const Model model = Weighted(BuiltinOp::kConv2D);
  OperatorConfig config = Mode(QuantMode::kWeightOnly);
  config.weights.granularity = Granularity::kPerTensor;
  config.weights.symmetric = false;
  const Model made = QuantizeAll(model, config).model;
  EXPECT_EQ(VersionAt(made, 0), 2);
  const Tensor& w = Named(made, "w");
  EXPECT_EQ(w.quantization->scale, (std::vector<float>{(12.7f + 0.5f) / 255.0f}));
  EXPECT_EQ(w.quantization->zero_point, (std::vector<int64_t>{-118}));
  EXPECT_EQ(Content<int8_t>(made, w)[3], 127);
}

// x * k, k of `count` float16 or float32 values.
Model Scaled(DataType type, const std::vector<float>& values) {
  ModelBuilder builder;
  const auto count = static_cast<int32_t>(values.size());
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {count});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {count});
  int32_t k = 0;
  if (type == DataType::kFloat32) {
    k = builder.AddConstant<float>("k", {count}, values);
  } else {
    std::vector<uint16_t> halves;
    for (const float value : values) halves.push_back(FloatToFloat16(value));
    ByteVector bytes(halves.size() * 2);
    std::memcpy(bytes.data(), halves.data(), bytes.size());
    const int32_t half = builder.AddConstantBytes("k", DataType::kFloat16, {count}, bytes);
    k = builder.AddTensor("k_float", DataType::kFloat32, {count});
    builder.AddOp(BuiltinOp::kDequantize, {half}, {k}, {}, 3);
  }
  builder.AddOp(BuiltinOp::kMul, {x, k}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(Float16Test, ConstantsAreCastAndReadThroughDequantize) {
  std::vector<float> values(64, 0.1f);
  const QuantizeResult result =
      QuantizeAll(Scaled(DataType::kFloat32, values), Mode(QuantMode::kFloat16));
  EXPECT_EQ(Graph(result.model), "DEQUANTIZE(k)->k_dequantized MUL(x,k_dequantized)->y");
  EXPECT_EQ(VersionAt(result.model, 0), 3);
  EXPECT_EQ(Named(result.model, "k").type, DataType::kFloat16);
  EXPECT_EQ(Content<uint16_t>(result.model, Named(result.model, "k"))[0], FloatToFloat16(0.1f));
  EXPECT_EQ(result.report.weight_bytes_after, 128);
}

TEST(Float16Test, SmallConstantsAndOverflowsStay) {
  const Model small = Scaled(DataType::kFloat32, std::vector<float>(63, 0.1f));
  EXPECT_EQ(testing::FirstDifference(QuantizeAll(small, Mode(QuantMode::kFloat16)).model, small),
            "");
  std::vector<float> values(64, 1.0f);
  values[7] = 1e6f;
  const Model large = Scaled(DataType::kFloat32, values);
  const QuantizeResult result = QuantizeAll(large, Mode(QuantMode::kFloat16));
  EXPECT_EQ(testing::FirstDifference(result.model, large), "");
  EXPECT_EQ(result.report.warnings,
            (std::vector<std::string>{
                "tensor 'k' stays float32: it holds values beyond the range of float16"}));
}

TEST(Float16Test, FloatOperatorsOfAFloat16ModelStayAsTheyCame) {
  const Model model = Scaled(DataType::kFloat16, std::vector<float>(64, 0.1f));
  for (const QuantMode mode : {QuantMode::kFloat, QuantMode::kFloat16, QuantMode::kDynamic}) {
    const QuantizeResult result = QuantizeAll(model, Mode(mode));
    EXPECT_EQ(testing::FirstDifference(result.model, model), "");
    EXPECT_EQ(result.report.operators[0].got.mode, QuantMode::kFloat);
    EXPECT_EQ(result.report.operators[0].reason,
              "kept in float: it gives a constant to operators in float");
  }
}

TEST(Float16Test, Float16ConstantsAreQuantizedAsFloat32) {
  const Model model = Scaled(DataType::kFloat16, std::vector<float>(64, 0.5f));
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kStatic), &stats);
  EXPECT_EQ(result.report.operators[0].got.mode, QuantMode::kStatic);
  EXPECT_EQ(result.report.operators[0].reason,
            "gone: the operators that read its constant hold it themselves");
  const Model& made = result.model;
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized MUL(x_quantized,k_float)->y_quantized "
            "DEQUANTIZE(y_quantized)->y");
  EXPECT_EQ(Named(made, "k_float").type, DataType::kInt8);
  EXPECT_EQ(Named(made, "k").name, "missing");
}

TEST(Float16Test, TheBiasOfADynamicOperatorIsAFloat32Constant) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t w = builder.AddConstant<float>("w", {1, 2}, {1, 2});
  const int32_t half = builder.AddConstantBytes("half", DataType::kFloat16, {1}, {0x00, 0x3E});
  const int32_t b = builder.AddTensor("b", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
  builder.AddOp(BuiltinOp::kDequantize, {half}, {b});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, b}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const Model made = QuantizeAll(model, Mode(QuantMode::kDynamic)).model;
  EXPECT_EQ(Graph(made), "FULLY_CONNECTED(x,w,b)->y");
  EXPECT_EQ(Named(made, "b").type, DataType::kFloat32);
  EXPECT_EQ(Content<float>(made, Named(made, "b")), (std::vector<float>{1.5f}));
  EXPECT_EQ(Named(made, "half").name, "missing");
}

}  // namespace
}  // namespace octolite
