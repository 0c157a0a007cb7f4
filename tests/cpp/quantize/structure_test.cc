// Quantization of what has more inside than one product: recurrent operators, variables, and the
// subgraphs that other operators run.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "quantize/graph_support.h"
#include "quantize/quantize.h"
#include "runtime/plan.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::Content;
using testing::Graph;
using testing::ModelBuilder;
using testing::Named;
using testing::OpAt;
using testing::StatsOf;
using testing::VersionAt;

const std::vector<int32_t> kShape = {1, 2};

OperatorConfig InMode(QuantMode mode) {
  OperatorConfig config;
  config.mode = mode;
  return config;
}

Model MustQuantize(const Model& model, QuantMode mode, const CalibrationStats* stats = nullptr) {
  Result<QuantizeResult> result = Quantize(model, UniformConfig(model, InMode(mode)), stats);
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return result.ok() ? std::move(result->model) : Model();
}

// Whether every operator takes what it is given.
void ExpectRuns(const Model& model) {
  const auto plan = Plan::Compile(std::make_shared<const Model>(model), PlanOptions());
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
}

// UNIDIRECTIONAL_SEQUENCE_LSTM of 2 inputs and 2 cells, without projection or normalization.
Model Lstm(float cell_clip) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 3, 2});
  std::vector<int32_t> inputs = {x};
  for (int i = 1; i <= 8; ++i) {
    const auto value = static_cast<float>(i);
    inputs.push_back(builder.AddConstant<float>("w" + std::to_string(i), {2, 2},
                                                {0.1f * value, -0.2f, 0.3f, 0.05f}));
  }
  for (int i = 9; i <= 11; ++i) inputs.push_back(kNoTensor);
  for (int i = 12; i <= 15; ++i) {
    inputs.push_back(builder.AddConstant<float>("b" + std::to_string(i), {2}, {0.5f, -0.25f}));
  }
  inputs.insert(inputs.end(), {kNoTensor, kNoTensor});
  for (const char* const name : {"h", "c"}) {
    inputs.push_back(builder.AddTensor(name, DataType::kFloat32, {1, 2}));
    builder.tensor(inputs.back()).is_variable = true;
  }
  inputs.resize(24, kNoTensor);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 3, 2});
  builder.AddOp(
      BuiltinOp::kUnidirectionalSequenceLstm, inputs, {y},
      {{"fused_activation_function", int64_t{4}}, {"cell_clip", static_cast<double>(cell_clip)}});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(RecurrentTest, WeightsAloneBecomeInt8) {
  const Model model = Lstm(0);
  const Model made = MustQuantize(model, QuantMode::kDynamic);
  EXPECT_EQ(VersionAt(made, 0), 2);
  for (int i = 1; i <= 8; ++i) {
    const Tensor& w = Named(made, "w" + std::to_string(i));
    EXPECT_EQ(w.type, DataType::kInt8) << w.name;
    EXPECT_EQ(w.quantization->scale.size(), 1u) << w.name;
  }
  EXPECT_EQ(Named(made, "b12").type, DataType::kFloat32);
  EXPECT_EQ(Named(made, "c").type, DataType::kFloat32);
  ExpectRuns(made);
}

TEST(RecurrentTest, WeightsAreReadThroughDequantize) {
  const Model model = Lstm(0);
  const Model made = MustQuantize(model, QuantMode::kWeightOnly);
  EXPECT_EQ(made.subgraphs[0].operators.size(), 9u) << Graph(made);
  ExpectRuns(made);
}

TEST(RecurrentTest, StaticLstmMakesWhatIsBetweenItsParts) {
  const Model model = Lstm(0);
  const CalibrationStats stats =
      StatsOf(model, {{"x", {-1, 1}}, {"y", {-0.5f, 0.75f}}, {"c", {-1.5f, 1}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  const Operator& op = OpAt(made, 1);
  ASSERT_EQ(op.inputs.size(), 24u) << Graph(made);
  const Tensor& h = Named(made, "h");
  const Tensor& c = Named(made, "c");
  EXPECT_EQ(h.type, DataType::kInt8);
  EXPECT_TRUE(h.is_variable);
  EXPECT_EQ(h.quantization, Named(made, "y_quantized").quantization);
  EXPECT_EQ(c.type, DataType::kInt16);
  EXPECT_EQ(c.quantization->scale[0], 0x1p-14f);  // 2, the power of two above 1.5
  const Tensor& w = Named(made, "w1");
  const Tensor& b = Named(made, "b12");
  EXPECT_EQ(b.type, DataType::kInt32);
  EXPECT_FLOAT_EQ(b.quantization->scale[0],
                  w.quantization->scale[0] * Named(made, "x_quantized").quantization->scale[0]);
  ASSERT_EQ(op.intermediates.size(), 5u);
  ExpectRuns(made);
}

TEST(RecurrentTest, TheClipBoundsAStateThatWasNotSeen) {
  const Model clipped = Lstm(10);
  const CalibrationStats stats = StatsOf(clipped, {{"x", {-1, 1}}, {"y", {-0.5f, 0.75f}}});
  const Model made = MustQuantize(clipped, QuantMode::kStatic, &stats);
  EXPECT_EQ(Named(made, "c").quantization->scale[0], 0x1p-11f);  // 16
  const Model free = Lstm(0);
  const Result<QuantizeResult> refused =
      Quantize(free, UniformConfig(free, InMode(QuantMode::kStatic)), &stats);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::kNotCalibrated);
}

int32_t Handle(ModelBuilder& builder) {
  const int32_t handle = builder.AddTensor("handle", DataType::kResource, {});
  builder.AddOp(BuiltinOp::kVarHandle, {}, {handle}, {{"shared_name", std::string("sum")}});
  return handle;
}

// sum = sum + x, where CALL_ONCE set sum to a constant first.
Model Accumulator() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kCallOnce, {}, {}, {{"init_subgraph_index", int64_t{1}}});
  const int32_t handle = Handle(builder);
  const int32_t before = builder.AddTensor("before", DataType::kFloat32, kShape);
  const int32_t after = builder.AddTensor("after", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kReadVariable, {handle}, {before});
  builder.AddOp(BuiltinOp::kAdd, {before, x}, {after});
  builder.AddOp(BuiltinOp::kAssignVariable, {handle, after}, {});
  builder.Inputs({x}).Outputs({after});
  builder.AddSubgraph("init");
  const int32_t inner = Handle(builder);
  const int32_t start = builder.AddConstant<float>("start", kShape, {-2, 4});
  builder.AddOp(BuiltinOp::kAssignVariable, {inner, start}, {});
  return builder.Build();
}

TEST(VariableTest, OneScaleThroughAllSubgraphs) {
  const Model model = Accumulator();
  const CalibrationStats stats =
      StatsOf(model, {{"x", {0, 1}}, {"before", {-1, 5}}, {"after", {-1, 23.5f}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  const float scale = 25.5f / 255;
  const Tensor& before = Named(made, "before");
  EXPECT_EQ(before.type, DataType::kInt8);
  ASSERT_TRUE(before.quantization);
  EXPECT_EQ(before.quantization->scale, (std::vector<float>{scale}));
  EXPECT_EQ(before.quantization->zero_point_at(0), -108);
  const Tensor& start = Named(made, "start", 1);
  EXPECT_EQ(start.type, DataType::kInt8);
  EXPECT_EQ(start.quantization, before.quantization);
  EXPECT_EQ(Content<int8_t>(made, start), (std::vector<int8_t>{-128, -68}));
  // What is assigned has the same.
  for (const Operator& op : made.subgraphs[0].operators) {
    if (made.code(op).builtin != static_cast<int32_t>(BuiltinOp::kAssignVariable)) continue;
    const Tensor& assigned = made.subgraphs[0].tensors[static_cast<size_t>(op.inputs[1])];
    EXPECT_EQ(assigned.type, DataType::kInt8);
    EXPECT_EQ(assigned.quantization, before.quantization);
  }
  ExpectRuns(made);
}

TEST(VariableTest, HandlesAreNoFloats) {
  const Model model = Accumulator();
  const CalibrationStats stats =
      StatsOf(model, {{"x", {0, 1}}, {"before", {-1, 5}}, {"after", {-1, 23.5f}}});
  const Result<QuantizeResult> result =
      Quantize(model, UniformConfig(model, InMode(QuantMode::kStatic)), &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->report.operators[1].op_name, "VAR_HANDLE");
  EXPECT_EQ(result->report.operators[1].reason,
            "kept in float: nothing that it reads or makes is float");
}

TEST(VariableTest, OneAccessInFloatKeepsAllInFloat) {
  const Model model = Accumulator();
  const CalibrationStats stats =
      StatsOf(model, {{"x", {0, 1}}, {"before", {-1, 5}}, {"after", {-1, 23.5f}}});
  QuantizeConfig config = UniformConfig(model, InMode(QuantMode::kStatic));
  config.operators[1][1].mode = QuantMode::kFloat;
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(Named(result->model, "before").type, DataType::kFloat32);
  EXPECT_EQ(Named(result->model, "start", 1).type, DataType::kFloat32);
  ExpectRuns(result->model);
}

// IF runs one of two subgraphs: x + x, or RELU(x).
Model Branches() {
  ModelBuilder builder;
  const int32_t condition = builder.AddTensor("condition", DataType::kBool, {1});
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kIf, {condition, x}, {y},
                {{"then_subgraph_index", int64_t{1}}, {"else_subgraph_index", int64_t{2}}});
  builder.Inputs({condition, x}).Outputs({y});
  builder.AddSubgraph("then");
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, kShape);
  const int32_t b = builder.AddTensor("b", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kAdd, {a, a}, {b});
  builder.Inputs({a}).Outputs({b});
  builder.AddSubgraph("else");
  const int32_t c = builder.AddTensor("c", DataType::kFloat32, kShape);
  const int32_t d = builder.AddTensor("d", DataType::kFloat32, kShape);
  builder.AddOp(BuiltinOp::kRelu, {c}, {d});
  builder.Inputs({c}).Outputs({d});
  return builder.Build();
}

TEST(SubgraphTest, WhatCalibrationSawIsQuantizedBetweenFloatEdges) {
  const Model model = Branches();
  CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}, {"y", {0, 2}}});
  const CalibrationStats inner = StatsOf(model, {{"a", {0, 1}}, {"b", {0, 2}}}, 1);
  ASSERT_TRUE(stats.Merge(inner).ok());
  QuantizeConfig config = UniformConfig(model, InMode(QuantMode::kStatic));
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(Graph(result->model, 1),
            "QUANTIZE(a)->a_quantized ADD(a_quantized,a_quantized)->b_quantized "
            "DEQUANTIZE(b_quantized)->b");
  // Never run in calibration.
  EXPECT_EQ(Graph(result->model, 2), "RELU(c)->d");
  ExpectRuns(result->model);
}

TEST(StaticTest, OutputsThatAreNoFloatsStay) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t limit = builder.AddConstant<float>("limit", {1}, {0.5f});
  const int32_t y = builder.AddTensor("y", DataType::kBool, kShape);
  builder.AddOp(BuiltinOp::kLess, {x, limit}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {0, 1}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  EXPECT_EQ(Graph(made), "QUANTIZE(x)->x_quantized LESS(x_quantized,limit)->y");
  EXPECT_EQ(Named(made, "y").type, DataType::kBool);
  EXPECT_EQ(VersionAt(made, 1), 2);
  ExpectRuns(made);
}

TEST(VersionTest, Int4WeightsWithInt16Activations) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t w = builder.AddConstant<float>("w", {2, 2}, {0.7f, -0.1f, 0.3f, 0.2f});
  const int32_t b = builder.AddConstant<float>("b", {2}, {1, 2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, b}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {-2, 2}}});
  for (const auto& [bits, version] : std::map<int32_t, int32_t>{{8, 10}, {16, 13}}) {
    OperatorConfig config = InMode(QuantMode::kStatic);
    config.activations.bits = bits;
    config.weights.bits = 4;
    const Result<QuantizeResult> result = Quantize(model, UniformConfig(model, config), &stats);
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(VersionAt(result->model, 1), version);
    ExpectRuns(result->model);
  }
}

TEST(VersionTest, ProductsOfLargerSteps) {
  for (const auto& [most, version] : std::map<float, int32_t>{{100.0f, 2}, {0.01f, 3}}) {
    ModelBuilder builder;
    const int32_t a = builder.AddTensor("a", DataType::kFloat32, kShape);
    const int32_t b = builder.AddTensor("b", DataType::kFloat32, kShape);
    const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
    builder.AddOp(BuiltinOp::kMul, {a, b}, {y});
    const Model model = builder.Inputs({a, b}).Outputs({y}).Build();
    const CalibrationStats stats =
        StatsOf(model, {{"a", {0, 10}}, {"b", {0, 10}}, {"y", {0, most}}});
    const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
    EXPECT_EQ(VersionAt(made, 2), version) << Graph(made);
    ExpectRuns(made);
  }
}

TEST(StaticTest, ShapeTakesWhatIsThere) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
  const int32_t shape = builder.AddTensor("shape", DataType::kInt32, {2});
  const int32_t of_input = builder.AddTensor("of_input", DataType::kInt32, {2});
  builder.AddOp(BuiltinOp::kShape, {x}, {of_input});
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  builder.AddOp(BuiltinOp::kShape, {y}, {shape});
  const Model model = builder.Inputs({x}).Outputs({y, shape, of_input}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {0, 1}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  EXPECT_EQ(made.subgraphs[0].operators.size(), 5u) << Graph(made);
  ExpectRuns(made);
}

TEST(StaticTest, IndicesOfTheLargestStay) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 4});
  const int32_t k = builder.AddConstant<int32_t>("k", {}, {2});
  const int32_t values = builder.AddTensor("values", DataType::kFloat32, {1, 2});
  const int32_t indices = builder.AddTensor("indices", DataType::kInt32, {1, 2});
  builder.AddOp(BuiltinOp::kTopkV2, {x, k}, {values, indices});
  const Model model = builder.Inputs({x}).Outputs({values, indices}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"values", {0, 1}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized TOPK_V2(x_quantized,k)->values_quantized,indices "
            "DEQUANTIZE(values_quantized)->values");
  ExpectRuns(made);
}

TEST(StaticTest, NothingDividesByZero) {
  for (const float least : {0.001f, 2.0f}) {
    ModelBuilder builder;
    const int32_t x = builder.AddTensor("x", DataType::kFloat32, kShape);
    const int32_t by = builder.AddConstant<float>("by", {2}, {least, -3});
    const int32_t y = builder.AddTensor("y", DataType::kFloat32, kShape);
    builder.AddOp(BuiltinOp::kDiv, {x, by}, {y});
    const Model model = builder.Inputs({x}).Outputs({y}).Build();
    const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {0, 1}}});
    const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
    EXPECT_EQ(made.subgraphs[0].operators.size(), least < 1 ? 1u : 3u) << Graph(made);
  }
}

TEST(StaticTest, WhatIsNotScatteredIsZero) {
  ModelBuilder builder;
  const int32_t indices = builder.AddConstant<int32_t>("indices", {1, 1}, {1});
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t shape = builder.AddConstant<int32_t>("shape", {2}, {3, 2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {3, 2});
  builder.AddOp(BuiltinOp::kScatterNd, {indices, x, shape}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const CalibrationStats stats = StatsOf(model, {{"x", {1, 2}}, {"y", {0, 2}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  EXPECT_EQ(made.subgraphs[0].operators.size(), 3u) << Graph(made);
  EXPECT_EQ(Named(made, "y_quantized").quantization->zero_point_at(0), 0);
  ExpectRuns(made);
}

TEST(WeightsTest, AConstantFactorOfBatchMatmulAloneBecomesInt8) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2, 2});
  const int32_t w = builder.AddConstant<float>("w", {1, 2, 2}, {1.27f, 0.5f, -0.25f, 0.01f});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2, 2});
  builder.AddOp(BuiltinOp::kBatchMatmul, {x, w}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  const Model dynamic = MustQuantize(model, QuantMode::kDynamic);
  EXPECT_EQ(Graph(dynamic), "BATCH_MATMUL(x,w)->y");
  EXPECT_EQ(Content<int8_t>(dynamic, Named(dynamic, "w")), (std::vector<int8_t>{127, 50, -25, 1}));
  ExpectRuns(dynamic);
  const CalibrationStats stats = StatsOf(model, {{"x", {-1, 1}}, {"y", {-2, 2}}});
  const Model made = MustQuantize(model, QuantMode::kStatic, &stats);
  EXPECT_EQ(Graph(made),
            "QUANTIZE(x)->x_quantized BATCH_MATMUL(x_quantized,w)->y_quantized "
            "DEQUANTIZE(y_quantized)->y");
  ExpectRuns(made);
}

}  // namespace
}  // namespace octolite
