#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "quantize/graph_support.h"
#include "quantize/quantize.h"
#include "support/model_builder.h"

// Graphs that static quantization makes of small models.

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

constexpr int64_t kOne = 1;
const std::vector<int32_t> kShape = {1, 2, 2, 2};

// A builder with a shorthand for activations.
struct Builder : ModelBuilder {
  int32_t Activation(std::string_view name) { return AddTensor(name, DataType::kFloat32, kShape); }
};

QuantizeConfig StaticConfig(const Model& model) {
  return UniformConfig(model, Mode(QuantMode::kStatic));
}

QuantizeResult QuantizeWith(const Model& model, const QuantizeConfig& config,
                            const CalibrationStats& stats) {
  Result<QuantizeResult> result = Quantize(model, config, &stats);
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return result.ok() ? std::move(result).value() : QuantizeResult();
}

float ScaleOf(const Tensor& tensor) {
  return tensor.quantization && tensor.quantization->has_scale() ? tensor.quantization->scale[0]
                                                                 : 0;
}
int64_t ZeroPointOf(const Tensor& tensor) {
  return tensor.quantization ? tensor.quantization->zero_point_at(0) : 0;
}

// x -> CONV_2D(w, b) -> y, two channels in and out.
Model Convolution() {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t w = builder.AddConstant<float>("w", {2, 1, 1, 2}, {1.27f, -0.5f, 0.1f, 12.7f});
  const int32_t b = builder.AddConstant<float>("b", {2}, {0.5f, -1});
  const int32_t y = builder.Activation("y");
  builder.AddOp(BuiltinOp::kConv2D, {x, w, b}, {y}, {{"stride_w", kOne}, {"stride_h", kOne}});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(StaticInt8Test, ConvolutionBetweenFloatEdges) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1.55f}}, {"y", {0, 25.5f}}});
  const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kStatic), &stats);
  const Model& made = result.model;
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized CONV_2D(x_quantized,w,b)->y_quantized "
            "DEQUANTIZE(y_quantized)->y");
  EXPECT_EQ(made.subgraphs[0].inputs, model.subgraphs[0].inputs);
  EXPECT_EQ(Named(made, "x").type, DataType::kFloat32);
  EXPECT_EQ(Named(made, "y").type, DataType::kFloat32);

  const Tensor& x = Named(made, "x_quantized");
  EXPECT_EQ(x.type, DataType::kInt8);
  EXPECT_EQ(ScaleOf(x), (1.55f + 1.0f) / 255.0f);
  EXPECT_EQ(ZeroPointOf(x), -28);
  EXPECT_EQ(ScaleOf(Named(made, "y_quantized")), 0.1f);

  const Tensor& w = Named(made, "w");
  EXPECT_EQ(w.type, DataType::kInt8);
  EXPECT_EQ(w.quantization->scale, (std::vector<float>{1.27f / 127.0f, 12.7f / 127.0f}));
  EXPECT_EQ(w.quantization->zero_point, (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(w.quantization->quantized_dimension, 0);
  EXPECT_EQ(Content<int8_t>(made, w), (std::vector<int8_t>{127, -50, 1, 127}));

  const Tensor& b = Named(made, "b");
  EXPECT_EQ(b.type, DataType::kInt32);
  EXPECT_EQ(b.quantization->scale, (std::vector<float>{ScaleOf(x) * w.quantization->scale[0],
                                                       ScaleOf(x) * w.quantization->scale[1]}));
  EXPECT_EQ(Content<int32_t>(made, b), (std::vector<int32_t>{5000, -1000}));

  EXPECT_EQ(VersionAt(made, 0), 1);           // QUANTIZE
  EXPECT_EQ(VersionAt(made, 1), 3);           // CONV_2D
  EXPECT_EQ(VersionAt(made, 2), 2);           // DEQUANTIZE of int8
  EXPECT_EQ(made.operator_codes.size(), 3u);  // CONV_2D version 1 is gone
  EXPECT_EQ(result.report.added_quantize, 1);
  EXPECT_EQ(result.report.added_dequantize, 1);
  ASSERT_EQ(result.report.operators.size(), 1u);
  EXPECT_EQ(result.report.operators[0].got.mode, QuantMode::kStatic);
  EXPECT_EQ(result.report.operators[0].reason, "");
  EXPECT_EQ(result.report.operators[0].weight_bytes_before, 24);
  EXPECT_EQ(result.report.operators[0].weight_bytes_after, 12);
  EXPECT_EQ(result.report.weight_bytes_before, 24);
  EXPECT_EQ(result.report.weight_bytes_after, 12);
}

TEST(StaticInt8Test, PerTensorWeights) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {0, 1}}});
  OperatorConfig config = Mode(QuantMode::kStatic);
  config.weights.granularity = Granularity::kPerTensor;
  const Model made = QuantizeAll(model, config, &stats).model;
  EXPECT_EQ(Named(made, "w").quantization->scale, (std::vector<float>{12.7f / 127.0f}));
  EXPECT_EQ(Named(made, "b").quantization->scale.size(), 1u);
}

TEST(StaticInt8Test, SymmetricActivations) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 2.54f}}, {"y", {0, 1.27f}}});
  OperatorConfig config = Mode(QuantMode::kStatic);
  config.activations.symmetric = true;
  const Model made = QuantizeAll(model, config, &stats).model;
  EXPECT_EQ(ScaleOf(Named(made, "x_quantized")), 0.02f);
  EXPECT_EQ(ZeroPointOf(Named(made, "x_quantized")), 0);
  EXPECT_EQ(ScaleOf(Named(made, "y_quantized")), 0.01f);
}

TEST(StaticInt8Test, Int8Edges) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {0, 1}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const QuantizeResult result = QuantizeWith(model, config, stats);
  EXPECT_EQ(Graph(result.model), "CONV_2D(x,w,b)->y");
  EXPECT_EQ(Named(result.model, "x").type, DataType::kInt8);
  EXPECT_EQ(Named(result.model, "y").type, DataType::kInt8);
  EXPECT_TRUE(result.report.warnings.empty());
}

TEST(StaticInt8Test, UInt8EdgesAreTheSameNumbers128Higher) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1.55f}}, {"y", {0, 1}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kUInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized CONV_2D(x_quantized,w,b)->y_quantized "
            "QUANTIZE(y_quantized)->y");
  EXPECT_EQ(Named(made, "x").type, DataType::kUInt8);
  EXPECT_EQ(ZeroPointOf(Named(made, "x")), 100);
  EXPECT_EQ(ZeroPointOf(Named(made, "x_quantized")), -28);
  EXPECT_EQ(ScaleOf(Named(made, "x")), ScaleOf(Named(made, "x_quantized")));
  EXPECT_EQ(Named(made, "y").type, DataType::kUInt8);
  EXPECT_EQ(ZeroPointOf(Named(made, "y")), 0);
}

TEST(StaticInt8Test, FloatIslandHasOneConversionEachWay) {
  // The custom operator stays float; both ADDs read y, and so does it.
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t y = builder.Activation("y");
  const int32_t m = builder.Activation("m");
  const int32_t n = builder.Activation("n");
  const int32_t u = builder.Activation("u");
  const int32_t v = builder.Activation("v");
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  builder.AddCustomOp("Mystery", {y}, {m});
  builder.AddCustomOp("Mystery", {y}, {n});
  builder.AddOp(BuiltinOp::kAdd, {y, m}, {u});
  builder.AddOp(BuiltinOp::kMul, {m, n}, {v});
  const Model model = builder.Inputs({x}).Outputs({u, v}).Build();
  const CalibrationStats stats = StatsOf(
      model,
      {{"x", {-1, 1}}, {"y", {0, 1}}, {"m", {0, 2}}, {"n", {0, 3}}, {"u", {0, 3}}, {"v", {0, 6}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const QuantizeResult result = QuantizeWith(model, config, stats);
  EXPECT_EQ(Graph(result.model),
            "RELU(x)->y DEQUANTIZE(y)->y_dequantized Mystery(y_dequantized)->m "
            "QUANTIZE(m)->m_quantized Mystery(y_dequantized)->n QUANTIZE(n)->n_quantized "
            "ADD(y,m_quantized)->u MUL(m_quantized,n_quantized)->v");
  EXPECT_EQ(result.report.operators[1].got.mode, QuantMode::kFloat);
  EXPECT_EQ(result.report.operators[1].reason,
            "kept in float: operator Mystery has no int8 form here");
  EXPECT_EQ(result.report.operators[3].reason, "");
}

TEST(StaticInt8Test, RecipeKeepsAnOperatorInFloat) {
  const Model model = Convolution();
  const CalibrationStats stats = StatsOf(model, {});
  const QuantizeResult result =
      QuantizeWith(model, UniformConfig(model, Mode(QuantMode::kFloat)), stats);
  EXPECT_EQ(Graph(result.model), Graph(model));
  EXPECT_EQ(result.report.operators[0].reason, "kept in float: the recipe says so");
}

TEST(StaticInt8Test, FixedOutputs) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t s = builder.Activation("s");
  const int32_t t = builder.Activation("t");
  const int32_t l = builder.Activation("l");
  builder.AddOp(BuiltinOp::kSoftmax, {x}, {s}, {{"beta", 1.0}});
  builder.AddOp(BuiltinOp::kTanh, {x}, {t});
  builder.AddOp(BuiltinOp::kLogistic, {x}, {l});
  const Model model = builder.Inputs({x}).Outputs({s, t, l}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}});  // none for the outputs
  QuantizeConfig config = StaticConfig(model);
  config.output_type = DataType::kInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(ScaleOf(Named(made, "s")), 1.0f / 256.0f);
  EXPECT_EQ(ZeroPointOf(Named(made, "s")), -128);
  EXPECT_EQ(ScaleOf(Named(made, "t")), 1.0f / 128.0f);
  EXPECT_EQ(ZeroPointOf(Named(made, "t")), 0);
  EXPECT_EQ(ScaleOf(Named(made, "l")), 1.0f / 256.0f);
  EXPECT_EQ(ZeroPointOf(Named(made, "l")), -128);
}

TEST(StaticInt8Test, SameScaleIsSolvedOverTheWholeGraph) {
  // RESHAPE - MAX_POOL - RESHAPE, and a CONCATENATION of the end with the middle.
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t a = builder.Activation("a");
  const int32_t p = builder.Activation("p");
  const int32_t c = builder.AddTensor("c", DataType::kFloat32, {1, 2, 2, 4});
  const int32_t shape = builder.AddConstant<int32_t>("shape", {4}, {1, 2, 2, 2});
  builder.AddOp(BuiltinOp::kReshape, {x, shape}, {a});
  builder.AddOp(
      BuiltinOp::kMaxPool2D, {a}, {p},
      {{"stride_w", kOne}, {"stride_h", kOne}, {"filter_width", kOne}, {"filter_height", kOne}});
  builder.AddOp(BuiltinOp::kConcatenation, {p, x}, {c}, {{"axis", int64_t{3}}});
  const Model model = builder.Inputs({x}).Outputs({c}).Build();
  const CalibrationStats stats =
      StatsOf(model, {{"x", {-1, 1}}, {"a", {-1, 1.5f}}, {"p", {0, 1}}, {"c", {-2, 1}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(Graph(made), "RESHAPE(x,shape)->a MAX_POOL_2D(a)->p CONCATENATION(p,x)->c");
  for (const char* name : {"x", "a", "p", "c"}) {
    EXPECT_EQ(ScaleOf(Named(made, name)), 3.5f / 255.0f) << name;
    EXPECT_EQ(ZeroPointOf(Named(made, name)), ZeroPointOf(Named(made, "x"))) << name;
  }
  EXPECT_EQ(Named(made, "shape").type, DataType::kInt32);
}

TEST(StaticInt8Test, SameScaleTakesOverAFixedOutput) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t l = builder.Activation("l");
  const int32_t r = builder.Activation("r");
  const int32_t shape = builder.AddConstant<int32_t>("shape", {4}, {1, 2, 2, 2});
  builder.AddOp(BuiltinOp::kLogistic, {x}, {l});
  builder.AddOp(BuiltinOp::kReshape, {l, shape}, {r});
  const Model model = builder.Inputs({x}).Outputs({r}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"r", {0.2f, 0.8f}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(Graph(made), "LOGISTIC(x)->l RESHAPE(l,shape)->r");
  EXPECT_EQ(ScaleOf(Named(made, "r")), 1.0f / 256.0f);
  EXPECT_EQ(ZeroPointOf(Named(made, "r")), -128);
}

TEST(StaticInt8Test, FixedOutputMeetingOtherScalesIsRequantized) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t l = builder.Activation("l");
  const int32_t c = builder.AddTensor("c", DataType::kFloat32, {1, 2, 2, 4});
  const int32_t m = builder.Activation("m");
  builder.AddOp(BuiltinOp::kLogistic, {x}, {l});
  builder.AddOp(BuiltinOp::kConcatenation, {l, x}, {c}, {{"axis", int64_t{3}}});
  builder.AddOp(BuiltinOp::kMul, {l, x}, {m});
  const Model model = builder.Inputs({x}).Outputs({c, m}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-4, 4}}, {"c", {-4, 4}}, {"m", {-1, 4}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(Graph(made),
            "LOGISTIC(x)->l QUANTIZE(l)->l_requantized CONCATENATION(l_requantized,x)->c "
            "MUL(l,x)->m");
  EXPECT_EQ(ScaleOf(Named(made, "l")), 1.0f / 256.0f);
  EXPECT_EQ(ScaleOf(Named(made, "l_requantized")), ScaleOf(Named(made, "c")));
  EXPECT_EQ(ScaleOf(Named(made, "x")), ScaleOf(Named(made, "c")));
}

TEST(StaticInt8Test, NarrowValueWithAnotherReaderKeepsItsPrecision) {
  // n spans [0, 1] and is read by MUL too; the concatenation spans [0, 100].
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t n = builder.Activation("n");
  const int32_t w = builder.Activation("w");
  const int32_t c = builder.AddTensor("c", DataType::kFloat32, {1, 2, 2, 4});
  const int32_t m = builder.Activation("m");
  builder.AddOp(BuiltinOp::kRelu, {x}, {n});
  builder.AddOp(BuiltinOp::kRelu, {x}, {w});
  builder.AddOp(BuiltinOp::kConcatenation, {n, w}, {c}, {{"axis", int64_t{3}}});
  builder.AddOp(BuiltinOp::kMul, {n, n}, {m});
  const Model model = builder.Inputs({x}).Outputs({c, m}).Build();
  const CalibrationStats stats = StatsOf(
      model, {{"x", {-1, 1}}, {"n", {0, 1}}, {"w", {0, 100}}, {"c", {0, 100}}, {"m", {0, 1}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const Model made = QuantizeWith(model, config, stats).model;
  EXPECT_EQ(Graph(made),
            "RELU(x)->n QUANTIZE(n)->n_requantized RELU(x)->w CONCATENATION(n_requantized,w)->c "
            "MUL(n,n)->m");
  EXPECT_EQ(ScaleOf(Named(made, "n")), 1.0f / 255.0f);
  EXPECT_EQ(ScaleOf(Named(made, "w")), ScaleOf(Named(made, "c")));
  EXPECT_EQ(ScaleOf(Named(made, "n_requantized")), ScaleOf(Named(made, "c")));
}

TEST(StaticInt8Test, ConstantsOfElementwiseOperatorsAreActivations) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t k = builder.AddConstant<float>("k", {}, {10});
  const int32_t y = builder.Activation("y");
  builder.AddOp(BuiltinOp::kAdd, {x, k}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-2, 2}}, {"y", {0, 12}}});
  const Model made = QuantizeAll(model, Mode(QuantMode::kStatic), &stats).model;
  const Tensor& constant = Named(made, "k");
  EXPECT_EQ(constant.type, DataType::kInt8);
  EXPECT_EQ(ScaleOf(constant), 10.0f / 255.0f);
  EXPECT_EQ(ZeroPointOf(constant), -128);
  EXPECT_EQ(Content<int8_t>(made, constant), (std::vector<int8_t>{127}));
  EXPECT_EQ(VersionAt(made, 1), 2);
}

TEST(StaticInt8Test, ConstantsWhereScalesAgreeAreClampedToTheOthers) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t k =
      builder.AddConstant<float>("k", {3}, {-std::numeric_limits<float>::infinity(), 0.5f, 1e30f});
  const int32_t y = builder.Activation("y");
  builder.AddOp(BuiltinOp::kMaximum, {x, k}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 2.55f}}});
  const Model made = QuantizeAll(model, Mode(QuantMode::kStatic), &stats).model;
  EXPECT_EQ(ScaleOf(Named(made, "k")), 0.01f);
  EXPECT_EQ(Content<int8_t>(made, Named(made, "k")), (std::vector<int8_t>{-128, -78, 127}));
}

TEST(StaticInt8Test, SharedWeightsAreDuplicatedOnlyWhereParametersDiffer) {
  const auto make = [](float second_bias) {
    Builder builder;
    const int32_t x = builder.Activation("x");
    const int32_t w = builder.AddConstant<float>("w", {2, 1, 1, 2}, {1, 2, 3, 4});
    const int32_t b = builder.AddConstant<float>("b", {2}, {0, 0});
    const int32_t d = builder.AddConstant<float>("d", {2}, {second_bias, 0});
    const int32_t y = builder.Activation("y");
    const int32_t z = builder.Activation("z");
    const ModelBuilder::Fields strides = {{"stride_w", kOne}, {"stride_h", kOne}};
    builder.AddOp(BuiltinOp::kConv2D, {x, w, b}, {y}, strides);
    builder.AddOp(BuiltinOp::kConv2D, {x, w, d}, {z}, strides);
    return builder.Inputs({x}).Outputs({y, z}).Build();
  };
  const std::map<std::string, std::pair<float, float>> ranges = {
      {"x", {0, 1}}, {"y", {0, 1}}, {"z", {0, 1}}};
  const Model same = make(0.5f);
  const CalibrationStats stats = StatsOf(same, ranges);
  const Model made = QuantizeAll(same, Mode(QuantMode::kStatic), &stats).model;
  EXPECT_EQ(OpAt(made, 1).inputs[1], OpAt(made, 3).inputs[1]);
  // A bias so large that the weights must be widened.
  const Model wide = make(1e9f);
  const Model apart = QuantizeAll(wide, Mode(QuantMode::kStatic), &stats).model;
  const Tensor& first = apart.subgraphs[0].tensors[static_cast<size_t>(OpAt(apart, 1).inputs[1])];
  const Tensor& second = apart.subgraphs[0].tensors[static_cast<size_t>(OpAt(apart, 3).inputs[1])];
  EXPECT_NE(first.buffer, second.buffer);
  EXPECT_GT(second.quantization->scale[0], first.quantization->scale[0]);
  EXPECT_EQ(second.quantization->scale[1], first.quantization->scale[1]);
}

TEST(StaticInt8Test, TheSameConstantIntegerAndFloat) {
  // One CONV_2D static, the other float by the recipe: both forms of w are there.
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t w = builder.AddConstant<float>("w", {2, 1, 1, 2}, {1, 2, 3, 4});
  const int32_t y = builder.Activation("y");
  const int32_t z = builder.Activation("z");
  const ModelBuilder::Fields strides = {{"stride_w", kOne}, {"stride_h", kOne}};
  builder.AddOp(BuiltinOp::kConv2D, {x, w, kNoTensor}, {y}, strides);
  builder.AddOp(BuiltinOp::kConv2D, {x, w, kNoTensor}, {z}, strides);
  const Model model = builder.Inputs({x}).Outputs({y, z}).Build();
  QuantizeConfig config = StaticConfig(model);
  config.operators[0][1].mode = QuantMode::kFloat;
  const Model made =
      QuantizeWith(model, config, StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}})).model;
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized CONV_2D(x_quantized,w_quantized,-)->y_quantized "
            "DEQUANTIZE(y_quantized)->y CONV_2D(x,w,-)->z");
  EXPECT_EQ(VersionAt(made, 1), 3);
  EXPECT_EQ(VersionAt(made, 3), 1);
}

TEST(StaticInt8Test, FullyConnectedVersions) {
  const auto version = [](bool two_inputs, int32_t came_as) {
    Builder builder;
    const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
    const int32_t w = builder.AddConstant<float>("w", {1, 2}, {1, 2});
    const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
    builder.AddOp(BuiltinOp::kFullyConnected,
                  two_inputs ? std::vector<int32_t>{x, w} : std::vector<int32_t>{x, w, kNoTensor},
                  {y}, {}, came_as);
    const Model model = builder.Inputs({x}).Outputs({y}).Build();
    const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
    return VersionAt(QuantizeAll(model, Mode(QuantMode::kStatic), &stats).model, 1);
  };
  EXPECT_EQ(version(false, 1), 4);
  EXPECT_EQ(version(true, 1), 6);
  EXPECT_EQ(version(false, 5), 5);  // never lowered
}

TEST(StaticInt8Test, WhatCannotBeQuantizedStaysFloatWithAReason) {
  const auto reason = [](const Model& model) {
    const CalibrationStats stats = StatsOf(model, {});
    const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kStatic), &stats);
    EXPECT_EQ(Graph(result.model), Graph(model));
    EXPECT_EQ(result.report.operators[0].got.mode, QuantMode::kFloat);
    return result.report.operators[0].reason;
  };
  const auto convolution = [](bool constant_weights, std::vector<float> weights,
                              std::vector<float> bias, int64_t activation) {
    Builder builder;
    const int32_t x = builder.Activation("x");
    const int32_t w = constant_weights ? builder.AddConstant<float>("w", {2, 1, 1, 2}, weights)
                                       : builder.AddTensor("w", DataType::kFloat32, {2, 1, 1, 2});
    const auto channels = static_cast<int32_t>(bias.size());
    const int32_t b = builder.AddConstant<float>("b", {channels}, bias);
    const int32_t y = builder.Activation("y");
    builder.AddOp(BuiltinOp::kConv2D, {x, w, b}, {y}, {{"fused_activation_function", activation}});
    return builder.Inputs({x}).Outputs({y}).Build();
  };
  const std::vector<float> four = {1, 2, 3, 4};
  EXPECT_EQ(reason(convolution(false, four, {0, 0}, 0)),
            "kept in float: its weights are not constant");
  EXPECT_EQ(reason(convolution(true, {1, 2, NAN, 4}, {0, 0}, 0)),
            "kept in float: its weights hold values that are not finite");
  EXPECT_EQ(reason(convolution(true, four, {0, INFINITY}, 0)),
            "kept in float: its bias holds values that are not finite");
  EXPECT_EQ(reason(convolution(true, four, {0, 0, 0}, 0)),
            "kept in float: its bias does not match its weights");
  EXPECT_EQ(reason(convolution(true, four, {0, 0}, 4)),
            "kept in float: its fused activation has no integer form");
  Builder integers;
  const int32_t a = integers.AddTensor("a", DataType::kInt32, kShape);
  const int32_t b = integers.AddTensor("b", DataType::kInt32, kShape);
  integers.AddOp(BuiltinOp::kAdd, {a, a}, {b});
  EXPECT_EQ(reason(integers.Inputs({a}).Outputs({b}).Build()),
            "kept in float: its input is int32, not float32");
  Builder nan;
  const int32_t x = nan.Activation("x");
  const int32_t k = nan.AddConstant<float>("k", {1}, {NAN});
  const int32_t y = nan.Activation("y");
  nan.AddOp(BuiltinOp::kMaximum, {x, k}, {y});
  EXPECT_EQ(reason(nan.Inputs({x}).Outputs({y}).Build()),
            "kept in float: its constant operand holds values that integers cannot stand for");
}

TEST(StaticInt8Test, EdgesThatStayFloatAreSaid) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t y = builder.Activation("y");
  builder.AddCustomOp("Mystery", {x}, {y});
  const int32_t z = builder.Activation("z");
  builder.AddOp(BuiltinOp::kRelu, {y}, {z});
  const Model model = builder.Inputs({x}).Outputs({y, z}).Build();
  QuantizeConfig config = StaticConfig(model);
  config.input_type = config.output_type = DataType::kInt8;
  const QuantizeResult result =
      QuantizeWith(model, config, StatsOf(model, {{"y", {0, 1}}, {"z", {0, 1}}}));
  EXPECT_EQ(Graph(result.model), "Mystery(x)->y QUANTIZE(y)->y_quantized RELU(y_quantized)->z");
  EXPECT_EQ(result.report.warnings,
            (std::vector<std::string>{
                "input 'x' stays float32: no quantized operator reads it",
                "output 'y' stays float32: the operator that makes it is not quantized"}));
}

TEST(StaticInt8Test, InputThatIsAnOutputToo) {
  Builder builder;
  const int32_t x = builder.Activation("x");
  const int32_t y = builder.Activation("y");
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  const Model model = builder.Inputs({x}).Outputs({x, y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  QuantizeConfig config = StaticConfig(model);
  config.input_type = DataType::kInt8;
  EXPECT_EQ(Named(QuantizeWith(model, config, stats).model, "x").type, DataType::kFloat32);
  config.output_type = DataType::kInt8;
  EXPECT_EQ(Named(QuantizeWith(model, config, stats).model, "x").type, DataType::kInt8);
}

TEST(StaticInt8Test, FreeDimensionsSignaturesAndMetadataStay) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {-1, 2});
  const int32_t unused = builder.AddConstant<float>("unused", {2}, {1, 2});
  const int32_t k = builder.AddConstant<float>("k", {2}, {1, 2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {-1, 2});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {-1, 2});
  builder.AddOp(BuiltinOp::kAdd, {x, k}, {y});
  builder.AddOp(BuiltinOp::kRelu, {y}, {z});
  Model model = builder.Inputs({x}).Outputs({z}).Build();
  model.description = "a model";
  Signature signature;
  signature.key = "serve";
  signature.inputs = {NamedTensor{"in", static_cast<uint32_t>(x)}};
  signature.outputs = {NamedTensor{"out", static_cast<uint32_t>(z)}};
  model.signatures.push_back(signature);
  model.buffers.push_back({ByteSlice(ByteVector{1, 2, 3}), true});
  model.metadata.push_back({"note", static_cast<uint32_t>(model.buffers.size() - 1)});
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 3}}, {"z", {0, 3}}});
  const Model made = QuantizeAll(model, Mode(QuantMode::kStatic), &stats).model;
  EXPECT_EQ(made.description, "a model");
  ASSERT_EQ(made.signatures.size(), 1u);
  const std::vector<Tensor>& tensors = made.subgraphs[0].tensors;
  EXPECT_EQ(tensors[made.signatures[0].inputs[0].tensor].name, "x");
  EXPECT_EQ(tensors[made.signatures[0].outputs[0].tensor].name, "z");
  EXPECT_EQ(static_cast<int32_t>(made.signatures[0].outputs[0].tensor),
            made.subgraphs[0].outputs[0]);
  EXPECT_EQ(Named(made, "x_quantized").shape_signature, (std::vector<int32_t>{-1, 2}));
  EXPECT_EQ(Named(made, "y").shape_signature, (std::vector<int32_t>{-1, 2}));
  const std::span<const uint8_t> note = made.buffers[made.metadata[0].buffer].data.bytes();
  EXPECT_EQ(std::vector<uint8_t>(note.begin(), note.end()), (std::vector<uint8_t>{1, 2, 3}));
  // What nothing used stays, what quantization replaced is gone.
  EXPECT_EQ(Content<float>(made, tensors[static_cast<size_t>(unused)]), (std::vector<float>{1, 2}));
  int constants_of_k = 0;
  for (const Buffer& buffer : made.buffers) constants_of_k += buffer.data.size() == 8;
  EXPECT_EQ(constants_of_k, 1);  // that of "unused"
}

TEST(StaticInt8Test, Refusals) {
  const Model model = Convolution();
  const QuantizeConfig config = StaticConfig(model);
  const auto refusal = [&](const QuantizeConfig& c, const CalibrationStats* stats) {
    return Quantize(model, c, stats).status();
  };
  Status status = refusal(config, nullptr);
  EXPECT_EQ(status.code(), StatusCode::kNotCalibrated);
  EXPECT_EQ(status.where().tensor_name, "x");
  const CalibrationStats only_x = StatsOf(model, {{"x", {0, 1}}});
  status = refusal(config, &only_x);
  EXPECT_EQ(status.code(), StatusCode::kNotCalibrated);
  EXPECT_EQ(status.where().tensor_name, "y");

  CalibrationStats no_samples = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  for (TensorRecord& record : no_samples.subgraphs[0].tensors) record.statistics = {};
  EXPECT_EQ(refusal(config, &no_samples).code(), StatusCode::kNotCalibrated);

  CalibrationStats nan = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  nan.subgraphs[0].tensors[1].statistics.nan_count = 3;
  status = refusal(config, &nan);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.where().tensor_name, "y");

  CalibrationStats other = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  other.subgraphs[0].tensors[0].name = "elsewhere";
  EXPECT_EQ(refusal(config, &other).code(), StatusCode::kInvalidArgument);

  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  QuantizeConfig bad_edge = config;
  bad_edge.input_type = DataType::kInt32;
  EXPECT_EQ(refusal(bad_edge, &stats).code(), StatusCode::kInvalidArgument);
  QuantizeConfig asymmetric = config;
  asymmetric.operators[0][0].weights.symmetric = false;
  EXPECT_EQ(refusal(asymmetric, &stats).code(), StatusCode::kInvalidRecipe);
  QuantizeConfig too_long = config;
  too_long.operators[0].emplace_back();
  EXPECT_EQ(refusal(too_long, &stats).code(), StatusCode::kInvalidRecipe);

  const Model quantized = QuantizeAll(model, Mode(QuantMode::kStatic), &stats).model;
  status = Quantize(quantized, StaticConfig(quantized), &stats).status();
  EXPECT_EQ(status.code(), StatusCode::kAlreadyQuantized);
  EXPECT_GE(status.where().tensor, 0);
}

TEST(StaticInt8Test, InfiniteActivationsAreSaid) {
  const Model model = Convolution();
  CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 1}}});
  stats.subgraphs[0].tensors[1].statistics.infinite_count = 2;
  const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kStatic), &stats);
  ASSERT_EQ(result.report.warnings.size(), 1u);
  EXPECT_NE(result.report.warnings[0].find("'y' was infinite, or as good as, 2 times"),
            std::string::npos);
}

TEST(StaticInt8Test, SubgraphsOfSignaturesAreQuantizedOthersNot) {
  ModelBuilder builder;
  const auto relu = [&](const std::string& name) {
    const int32_t x = builder.AddTensor(name + "_x", DataType::kFloat32, {1});
    const int32_t y = builder.AddTensor(name + "_y", DataType::kFloat32, {1});
    builder.AddOp(BuiltinOp::kRelu, {x}, {y});
    builder.Inputs({x}).Outputs({y});
  };
  relu("first");
  builder.AddSubgraph("second");
  relu("second");
  builder.AddSubgraph("body");
  relu("body");
  Model model = builder.Build();
  Signature signature;
  signature.key = "b";
  signature.subgraph = 1;
  signature.inputs = {NamedTensor{"x", 0}};
  signature.outputs = {NamedTensor{"y", 1}};
  model.signatures.push_back(signature);
  CalibrationStats stats = StatsOf(model, {{"first_x", {0, 1}}, {"first_y", {0, 1}}});
  ASSERT_TRUE(stats.Merge(StatsOf(model, {{"second_x", {0, 2}}, {"second_y", {0, 2}}}, 1)).ok());
  const QuantizeResult result = QuantizeAll(model, Mode(QuantMode::kStatic), &stats);
  EXPECT_EQ(Graph(result.model, 1),
            "QUANTIZE(second_x)->second_x_quantized "
            "RELU(second_x_quantized)->second_y_quantized "
            "DEQUANTIZE(second_y_quantized)->second_y");
  EXPECT_EQ(ScaleOf(Named(result.model, "second_x_quantized", 1)), 2.0f / 255.0f);
  EXPECT_EQ(Graph(result.model, 2), "RELU(body_x)->body_y");
  EXPECT_EQ(result.report.operators[2].got.mode, QuantMode::kFloat);
}

TEST(Static16Test, SymmetricActivationsAndAWideBias) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t w = builder.AddConstant<float>("w", {1, 2}, {1, -0.5f});
  const int32_t b = builder.AddConstant<float>("b", {1}, {3});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1, 1});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, b}, {y});
  builder.AddOp(BuiltinOp::kLogistic, {y}, {z});
  const Model model = builder.Inputs({x}).Outputs({z}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 2}}, {"y", {-1, 4}}, {"z", {0, 1}}});
  OperatorConfig wide = Mode(QuantMode::kStatic);
  wide.activations.bits = 16;
  QuantizeConfig config = UniformConfig(model, wide);
  config.input_type = config.output_type = DataType::kInt16;
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(Graph(result->model), "FULLY_CONNECTED(x,w,b)->y LOGISTIC(y)->z");
  EXPECT_EQ(Named(result->model, "x").type, DataType::kInt16);
  EXPECT_EQ(Named(result->model, "x").quantization->scale[0], 2.0f / 32767.0f);
  EXPECT_EQ(Named(result->model, "y").quantization->scale[0], 4.0f / 32767.0f);
  EXPECT_EQ(Named(result->model, "z").quantization->scale[0], 0x1p-15f);
  EXPECT_EQ(Named(result->model, "z").quantization->zero_point[0], 0);
  EXPECT_EQ(Named(result->model, "b").type, DataType::kInt64);
}

TEST(Static16Test, MixedWidthsMeetInARequantization) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {4});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {4});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {4});
  builder.AddOp(BuiltinOp::kTanh, {x}, {y});
  builder.AddOp(BuiltinOp::kMul, {y, y}, {z});
  const Model model = builder.Inputs({x}).Outputs({z}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-2, 2}}, {"y", {-1, 1}}, {"z", {0, 1}}});
  QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kStatic));
  config.operators[0][0].activations.bits = 16;
  config.output_type = DataType::kUInt8;
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(Graph(result->model),
            "QUANTIZE(x)->x_quantized TANH(x_quantized)->y QUANTIZE(y)->y_quantized "
            "MUL(y_quantized,y_quantized)->z_quantized QUANTIZE(z_quantized)->z");
  EXPECT_EQ(Named(result->model, "y").type, DataType::kInt16);
  EXPECT_EQ(Named(result->model, "y_quantized").type, DataType::kInt8);
  EXPECT_EQ(Named(result->model, "z").type, DataType::kUInt8);
}

}  // namespace
}  // namespace octolite
