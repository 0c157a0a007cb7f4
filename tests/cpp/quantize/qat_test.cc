// Models that were trained for quantization and carry what that left behind.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "quantize/graph_support.h"
#include "quantize/quantize.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::Content;
using testing::Graph;
using testing::ModelBuilder;
using testing::Named;
using testing::PerChannel;
using testing::PerTensor;
using testing::StatsOf;

const std::vector<int32_t> kShape = {1, 2};

Result<QuantizeResult> Static(const Model& model, const CalibrationStats* stats = nullptr) {
  OperatorConfig config;
  config.mode = QuantMode::kStatic;
  return Quantize(model, UniformConfig(model, config), stats);
}

// x -> FAKE_QUANT -> FULLY_CONNECTED -> FAKE_QUANT -> y
Model WithFakeQuant() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t xq = builder.AddTensor("x_fake", DataType::kFloat32, kShape);
  const int32_t w = builder.AddConstant<float>("w", {2, 2}, {0.5f, -1, 0.25f, 2});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, kShape);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kFakeQuant, {x}, {xq},
                {{"min", -1.0}, {"max", 1.55}, {"num_bits", int64_t{8}}});
  builder.AddOp(BuiltinOp::kFullyConnected, {xq, w, kNoTensor}, {z});
  builder.AddOp(BuiltinOp::kFakeQuant, {z}, {y},
                {{"min", 0.0}, {"max", 5.1}, {"num_bits", int64_t{8}}});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(QatTest, FakeQuantGivesTheRangesAndGoes) {
  const Result<QuantizeResult> result = Static(WithFakeQuant());
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  const Model& made = result->model;
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized FULLY_CONNECTED(x_quantized,w,-)->y_quantized "
            "DEQUANTIZE(y_quantized)->y");
  const Tensor& x = Named(made, "x_quantized");
  EXPECT_FLOAT_EQ(x.quantization->scale[0], 0.01f);
  EXPECT_EQ(x.quantization->zero_point_at(0), -28);
  EXPECT_FLOAT_EQ(Named(made, "y_quantized").quantization->scale[0], 0.02f);
}

TEST(QatTest, RangesOfTrainingGoBeforeThoseOfCalibration) {
  const Model model = WithFakeQuant();
  const CalibrationStats stats =
      StatsOf(model, {{"x", {-9, 9}}, {"x_fake", {-1, 1}}, {"z", {0, 9}}, {"y", {0, 5}}});
  const Result<QuantizeResult> result = Static(model, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_FLOAT_EQ(Named(result->model, "x_quantized").quantization->scale[0], 0.01f);
}

// x -> QUANTIZE -> DEQUANTIZE -> FULLY_CONNECTED with integer weights -> QUANTIZE -> DEQUANTIZE.
Model WithPairs(float x_scale, int64_t x_zero_point) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t xq =
      builder.AddTensor("xq", DataType::kInt8, kShape, PerTensor(x_scale, x_zero_point));
  const int32_t xd = builder.AddTensor("xd", DataType::kFloat32, kShape);
  const int32_t wq =
      builder.AddConstant<int8_t>("wq", {2, 2}, {127, -3, 5, -127}, PerChannel({0.5f, 0.03f}));
  const int32_t w = builder.AddTensor("w", DataType::kFloat32, {2, 2});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, kShape);
  const int32_t zq = builder.AddTensor("zq", DataType::kInt8, kShape, PerTensor(0.013f, 7));
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kQuantize, {x}, {xq});
  builder.AddOp(BuiltinOp::kDequantize, {xq}, {xd});
  builder.AddOp(BuiltinOp::kDequantize, {wq}, {w});
  builder.AddOp(BuiltinOp::kFullyConnected, {xd, w, kNoTensor}, {z});
  builder.AddOp(BuiltinOp::kQuantize, {z}, {zq});
  builder.AddOp(BuiltinOp::kDequantize, {zq}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(QatTest, PairsGiveTheirParametersAndGo) {
  for (const auto& [scale, zero_point] : std::vector<std::pair<float, int64_t>>{
           {0.01f, 0}, {0.0123456f, -128}, {1.7e-3f, 127}, {3.14159f, 33}, {7e-7f, -5}}) {
    const Result<QuantizeResult> result = Static(WithPairs(scale, zero_point));
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    const Model& made = result->model;
    EXPECT_EQ(made.subgraphs[0].operators.size(), 3u) << Graph(made);
    const Operator& op = testing::OpAt(made, 1);
    const auto at = [&](int32_t t) -> const Tensor& {
      return made.subgraphs[0].tensors[static_cast<size_t>(t)];
    };
    const Tensor& x = at(op.inputs[0]);
    EXPECT_EQ(x.quantization->scale[0], scale);
    EXPECT_EQ(x.quantization->zero_point_at(0), zero_point);
    const Tensor& w = at(op.inputs[1]);
    EXPECT_EQ(w.quantization->scale, (std::vector<float>{0.5f, 0.03f}));
    EXPECT_EQ(Content<int8_t>(made, w), (std::vector<int8_t>{127, -3, 5, -127}));
    const Tensor& y = at(op.outputs[0]);
    EXPECT_EQ(y.quantization->scale[0], 0.013f);
    EXPECT_EQ(y.quantization->zero_point_at(0), 7);
  }
}

TEST(QatTest, IntegersThatAreComputedWithAreNoPair) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t q = builder.AddTensor("q", DataType::kInt8, kShape, PerTensor(0.1f));
  const int32_t r = builder.AddTensor("r", DataType::kInt8, kShape, PerTensor(0.1f));
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kQuantize, {x}, {q});
  builder.AddOp(BuiltinOp::kRelu, {q}, {r});
  builder.AddOp(BuiltinOp::kDequantize, {r}, {y});
  const Result<QuantizeResult> result = Static(builder.Inputs({x}).Outputs({y}).Build());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kAlreadyQuantized);
}

}  // namespace
}  // namespace octolite
