// Against LiteRT's own quantizer: the models of its tests, which carry their ranges, quantized
// here, and what its tests and its results say of them (scales, zero points, types, operator
// versions, conversions).

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "model/builtin_op.h"
#include "quantize/graph_support.h"
#include "quantize/quantize.h"
#include "support/shared_files.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

using testing::Content;
using testing::Graph;
using testing::HasSharedFile;
using testing::Named;
using testing::OpAt;
using testing::VersionAt;

Model Load(const std::string& name) {
  ByteVector bytes = testing::ReadSharedFile("models/ops/quant_testdata_" + name + ".bin");
  // Two of the files have an unused tensor of shape [-1], which the reader refuses.
  constexpr std::array<uint8_t, 8> kMinusOne = {1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF};
  const auto shape = std::search(bytes.begin(), bytes.end(), kMinusOne.begin(), kMinusOne.end());
  if (shape != bytes.end()) std::fill_n(shape + 4, 4, uint8_t{0});
  Result<Model> model = ReadModel(std::move(bytes));
  EXPECT_TRUE(model.ok()) << name << ": " << model.status().ToString();
  return model.ok() ? std::move(model).value() : Model();
}

struct Asked {
  int32_t bits = 8;
  DataType edges = DataType::kInt8;
  Granularity granularity = Granularity::kPerChannel;
};

Result<QuantizeResult> TryQuantize(const Model& model, const Asked& asked) {
  OperatorConfig config;
  config.mode = QuantMode::kStatic;
  config.activations.bits = asked.bits;
  config.weights.granularity = asked.granularity;
  QuantizeConfig whole = UniformConfig(model, config);
  whole.input_type = whole.output_type = asked.edges;
  return Quantize(model, whole, nullptr);
}

Model Quantized(const Model& model, const Asked& asked = {}) {
  Result<QuantizeResult> result = TryQuantize(model, asked);
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return result.ok() ? std::move(result->model) : Model();
}

const Tensor& InputAt(const Model& model, const Operator& op, size_t i) {
  return model.subgraphs[0].tensors[static_cast<size_t>(op.inputs[i])];
}
const Tensor& OutputAt(const Model& model, const Operator& op, size_t i = 0) {
  return model.subgraphs[0].tensors[static_cast<size_t>(op.outputs[i])];
}

void ExpectParams(const Tensor& tensor, DataType type, float scale, int64_t zero_point) {
  EXPECT_EQ(tensor.type, type) << tensor.name;
  ASSERT_TRUE(tensor.quantization) << tensor.name;
  ASSERT_EQ(tensor.quantization->scale.size(), 1u) << tensor.name;
  EXPECT_FLOAT_EQ(tensor.quantization->scale[0], scale) << tensor.name;
  EXPECT_EQ(tensor.quantization->zero_point_at(0), zero_point) << tensor.name;
}

void ExpectSameParams(const Tensor& a, const Tensor& b) {
  ASSERT_TRUE(a.quantization && b.quantization) << a.name << ", " << b.name;
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.quantization->scale, b.quantization->scale);
  EXPECT_EQ(a.quantization->zero_point, b.quantization->zero_point);
}

class ReferenceQuantizerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasSharedFile("models/ops/quant_testdata_fc.bin")) {
      GTEST_SKIP() << "needs ../shared/models";
    }
  }
};

TEST_F(ReferenceQuantizerTest, Split) {
  const Model made = Quantized(Load("split"));
  ASSERT_EQ(made.subgraphs[0].operators.size(), 2u);
  EXPECT_EQ(made.subgraphs[0].tensors.size(), 5u);
  for (const char* const name : {"input", "output", "split", "split:1"}) {
    ExpectParams(Named(made, name), DataType::kInt8, 1.0f, -128);
  }
  EXPECT_EQ(made.operator_codes.size(), 2u);
}

TEST_F(ReferenceQuantizerTest, Convolution) {
  for (const Granularity granularity : {Granularity::kPerChannel, Granularity::kPerTensor}) {
    const Model before = Load("single_conv_weights_min_0_max_plus_10");
    Model ranged = before;
    for (const int32_t t : {ranged.subgraphs[0].inputs[0], ranged.subgraphs[0].outputs[0]}) {
      Quantization& range =
          ranged.subgraphs[0].tensors[static_cast<size_t>(t)].quantization.emplace();
      range.min = {0};
      range.max = {6};
    }
    const Model made = Quantized(ranged, {.granularity = granularity});
    ASSERT_EQ(made.subgraphs[0].operators.size(), 1u);
    EXPECT_EQ(VersionAt(made, 0), 3);
    const Operator& op = OpAt(made, 0);
    const Tensor& x = InputAt(made, op, 0);
    const Tensor& weights = InputAt(made, op, 1);
    const Tensor& bias = InputAt(made, op, 2);
    ExpectParams(x, DataType::kInt8, 6.0f / 255, -128);
    ASSERT_EQ(weights.type, DataType::kInt8);
    ASSERT_EQ(bias.type, DataType::kInt32);
    const size_t channels =
        granularity == Granularity::kPerChannel ? static_cast<size_t>(weights.shape[0]) : 1;
    ASSERT_EQ(weights.quantization->scale.size(), channels);
    ASSERT_EQ(bias.quantization->scale.size(), channels);

    const Operator& float_op = OpAt(before, 0);
    const auto float_weights = Content<float>(before, InputAt(before, float_op, 1));
    const auto float_bias = Content<float>(before, InputAt(before, float_op, 2));
    const auto integers = Content<int8_t>(made, weights);
    const auto biases = Content<int32_t>(made, bias);
    ASSERT_EQ(integers.size(), float_weights.size());
    ASSERT_EQ(biases.size(), float_bias.size());
    const size_t size = integers.size() / channels;
    for (size_t i = 0; i < integers.size(); ++i) {
      const float scale = weights.quantization->scale[i / size];
      EXPECT_NEAR(static_cast<float>(integers[i]) * scale, float_weights[i], scale * 0.501f);
    }
    for (size_t c = 0; c < biases.size(); ++c) {
      const float scale = bias.quantization->scale[channels == 1 ? 0 : c];
      EXPECT_NEAR(scale,
                  x.quantization->scale[0] * weights.quantization->scale[channels == 1 ? 0 : c],
                  1e-7f);
      EXPECT_NEAR(static_cast<float>(biases[c]) * scale, float_bias[c], scale * 0.501f);
    }
    for (const int64_t zero_point : weights.quantization->zero_point) EXPECT_EQ(zero_point, 0);
  }
}

TEST_F(ReferenceQuantizerTest, ConvolutionWithoutBias) {
  const Model made = Quantized(Load("single_conv_no_bias"));
  ASSERT_EQ(made.subgraphs[0].operators.size(), 1u);
  EXPECT_EQ(InputAt(made, OpAt(made, 0), 1).type, DataType::kInt8);
}

TEST_F(ReferenceQuantizerTest, WeightsSharedByConvolutions) {
  Model before = Load("weight_shared_between_convs");
  for (Tensor& tensor : before.subgraphs[0].tensors) {
    if (before.is_constant(tensor) || tensor.type != DataType::kFloat32) continue;
    tensor.quantization.emplace();
    tensor.quantization->min = {0};
    tensor.quantization->max = {6};
  }
  const Model made = Quantized(before);
  std::vector<int32_t> weights;
  for (const Operator& op : made.subgraphs[0].operators) {
    if (made.code(op).builtin != static_cast<int32_t>(BuiltinOp::kConv2D)) continue;
    weights.push_back(op.inputs[1]);
    EXPECT_EQ(InputAt(made, op, 1).type, DataType::kInt8);
  }
  ASSERT_EQ(weights.size(), 2u);
  EXPECT_EQ(weights[0], weights[1]);
}

TEST_F(ReferenceQuantizerTest, Softmax) {
  const Model before = Load("single_softmax_min_minus_5_max_plus_5");
  const Quantization& range = *InputAt(before, OpAt(before, 0), 0).quantization;
  const Model made = Quantized(before);
  ASSERT_EQ(made.subgraphs[0].operators.size(), 1u);
  EXPECT_EQ(VersionAt(made, 0), 2);
  ExpectParams(InputAt(made, OpAt(made, 0), 0), DataType::kInt8,
               (range.max[0] - range.min[0]) / 255, 0);
  ExpectParams(OutputAt(made, OpAt(made, 0)), DataType::kInt8, 1.0f / 256, -128);
}

TEST_F(ReferenceQuantizerTest, AveragePool) {
  const Model made = Quantized(Load("single_avg_pool_min_minus_5_max_plus_5"));
  EXPECT_EQ(VersionAt(made, 0), 2);
  ExpectSameParams(InputAt(made, OpAt(made, 0), 0), OutputAt(made, OpAt(made, 0)));
}

TEST_F(ReferenceQuantizerTest, AddAndReshape) {
  const Model made = Quantized(Load("multi_input_add_reshape"));
  ASSERT_EQ(made.subgraphs[0].operators.size(), 2u);
  EXPECT_EQ(VersionAt(made, 0), 2);
  EXPECT_EQ(VersionAt(made, 1), 1);
  const Operator& add = OpAt(made, 0);
  ExpectParams(InputAt(made, add, 0), DataType::kInt8, 0.996873f / 255, -128);
  ExpectParams(InputAt(made, add, 1), DataType::kInt8, 0.999877f / 255, -128);
  ExpectParams(OutputAt(made, add), DataType::kInt8, 1.99675f / 255, -128);
  ExpectSameParams(OutputAt(made, add), OutputAt(made, OpAt(made, 1)));
}

TEST_F(ReferenceQuantizerTest, ConstantOperand) {
  for (const int32_t bits : {8, 16}) {
    const DataType type = bits == 8 ? DataType::kInt8 : DataType::kInt16;
    const Model made = Quantized(Load("add_with_const_input"), {.bits = bits, .edges = type});
    ASSERT_EQ(made.subgraphs[0].operators.size(), 1u) << Graph(made);
    const Operator& add = OpAt(made, 0);
    EXPECT_EQ(InputAt(made, add, 0).type, type);
    EXPECT_EQ(InputAt(made, add, 1).type, type);
    EXPECT_EQ(OutputAt(made, add).type, type);
    // LiteRT's quantizer leaves version 2, its converter makes 3 of it for int16.
    EXPECT_EQ(VersionAt(made, 0), bits == 8 ? 2 : 3);
  }
}

TEST_F(ReferenceQuantizerTest, ArgMax) {
  const Model before = Load("argmax");
  const Model made = Quantized(before);
  ASSERT_EQ(made.subgraphs[0].operators.size(), 1u) << Graph(made);
  EXPECT_EQ(InputAt(made, OpAt(made, 0), 0).type, DataType::kInt8);
  EXPECT_EQ(OutputAt(made, OpAt(made, 0)).type, OutputAt(before, OpAt(before, 0)).type);
  EXPECT_EQ(VersionAt(made, 0), 2);
}

TEST_F(ReferenceQuantizerTest, FullyConnected) {
  const Model made = Quantized(Load("fc"));
  const Operator& op = OpAt(made, 0);
  EXPECT_EQ(InputAt(made, op, 0).type, DataType::kInt8);
  EXPECT_EQ(InputAt(made, op, 1).type, DataType::kInt8);
  EXPECT_EQ(InputAt(made, op, 2).type, DataType::kInt32);
  EXPECT_EQ(OutputAt(made, op).type, DataType::kInt8);
  EXPECT_GE(VersionAt(made, 0), 4);
}

TEST_F(ReferenceQuantizerTest, FullyConnected16x8) {
  const Model made = Quantized(Load("fc"), {.bits = 16, .edges = DataType::kInt16});
  const Operator& op = OpAt(made, 0);
  EXPECT_EQ(InputAt(made, op, 0).type, DataType::kInt16);
  EXPECT_EQ(InputAt(made, op, 1).type, DataType::kInt8);
  EXPECT_EQ(InputAt(made, op, 2).type, DataType::kInt64);
  EXPECT_EQ(OutputAt(made, op).type, DataType::kInt16);
  EXPECT_EQ(InputAt(made, op, 0).quantization->zero_point_at(0), 0);
}

TEST_F(ReferenceQuantizerTest, CustomOperatorsStayFloat) {
  // RESHAPE and SQUEEZE around two custom operators.
  const Model made = Quantized(Load("mixed"));
  const std::vector<BuiltinOp> expected = {BuiltinOp::kReshape,  BuiltinOp::kDequantize,
                                           BuiltinOp::kCustom,   BuiltinOp::kCustom,
                                           BuiltinOp::kQuantize, BuiltinOp::kSqueeze};
  ASSERT_EQ(made.subgraphs[0].operators.size(), expected.size()) << Graph(made);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(made.code(OpAt(made, i)).builtin, static_cast<int32_t>(expected[i])) << i;
  }
  const Model custom = Quantized(Load("custom_op"), {.edges = DataType::kFloat32});
  EXPECT_EQ(custom.subgraphs[0].operators.size(), 1u);
}

TEST_F(ReferenceQuantizerTest, WhatHasNoInt16FormStaysFloat) {
  const Model made = Quantized(Load("mixed16x8"), {.bits = 16, .edges = DataType::kFloat32});
  ASSERT_EQ(made.subgraphs[0].operators.size(), 4u) << Graph(made);
  EXPECT_EQ(InputAt(made, OpAt(made, 1), 0).type, DataType::kInt16);
  EXPECT_EQ(made.code(OpAt(made, 3)).builtin, static_cast<int32_t>(BuiltinOp::kLogSoftmax));
  EXPECT_EQ(InputAt(made, OpAt(made, 3), 0).type, DataType::kFloat32);
}

TEST_F(ReferenceQuantizerTest, Pack) {
  const Model made = Quantized(Load("pack"), {.edges = DataType::kFloat32});
  const Operator* pack = nullptr;
  for (const Operator& op : made.subgraphs[0].operators) {
    if (made.code(op).builtin == static_cast<int32_t>(BuiltinOp::kPack)) pack = &op;
  }
  ASSERT_NE(pack, nullptr);
  ASSERT_EQ(pack->inputs.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    ExpectSameParams(InputAt(made, *pack, i), OutputAt(made, *pack));
    EXPECT_EQ(InputAt(made, *pack, i).type, DataType::kInt8);
  }
}

TEST_F(ReferenceQuantizerTest, SameScales) {
  for (const char* const name : {"minimum", "maximum", "concat"}) {
    const Model made = Quantized(Load(name), {.edges = DataType::kFloat32});
    bool seen = false;
    for (const Operator& op : made.subgraphs[0].operators) {
      const auto builtin = static_cast<BuiltinOp>(made.code(op).builtin);
      if (builtin == BuiltinOp::kQuantize || builtin == BuiltinOp::kDequantize) continue;
      seen = true;
      EXPECT_EQ(OutputAt(made, op).type, DataType::kInt8) << name;
      for (size_t i = 0; i < op.inputs.size(); ++i) {
        if (InputAt(made, op, i).type == DataType::kInt32) continue;
        ExpectSameParams(InputAt(made, op, i), OutputAt(made, op));
      }
    }
    EXPECT_TRUE(seen) << name;
  }
}

TEST_F(ReferenceQuantizerTest, Unpack) {
  const Model made = Quantized(Load("unpack"));
  const Operator& op = OpAt(made, 0);
  ExpectSameParams(InputAt(made, op, 0), OutputAt(made, op, 0));
  ExpectSameParams(InputAt(made, op, 0), OutputAt(made, op, 1));
  EXPECT_EQ(made.subgraphs[0].outputs.size(), 2u);
}

TEST_F(ReferenceQuantizerTest, BroadcastToAndGatherNd) {
  const std::map<std::string, std::pair<int32_t, int32_t>> versions = {{"broadcast_to", {3, 3}},
                                                                       {"gather_nd", {1, 3}}};
  for (const auto& [name, expected] : versions) {
    for (const int32_t bits : {8, 16}) {
      const DataType type = bits == 8 ? DataType::kInt8 : DataType::kInt16;
      const Model made = Quantized(Load(name), {.bits = bits, .edges = type});
      ASSERT_EQ(made.subgraphs[0].operators.size(), 1u) << name;
      EXPECT_EQ(made.subgraphs[0].tensors.size(), 3u) << name;
      const Operator& op = OpAt(made, 0);
      EXPECT_EQ(InputAt(made, op, 0).type, type) << name;
      ExpectSameParams(InputAt(made, op, 0), OutputAt(made, op));
      EXPECT_EQ(InputAt(made, op, 1).type, DataType::kInt32) << name;
      EXPECT_EQ(VersionAt(made, 0), bits == 8 ? expected.first : expected.second) << name;
    }
  }
}

TEST_F(ReferenceQuantizerTest, WhatHoldsNoFloatsStays) {
  const Model before = Load("where");
  const Model made = Quantized(before, {.edges = DataType::kFloat32});
  ASSERT_EQ(made.subgraphs[0].operators.size(), 1u);
  EXPECT_EQ(Named(made, "input").type, DataType::kBool);
  EXPECT_EQ(Named(made, "indices").type, DataType::kInt64);
  EXPECT_EQ(VersionAt(made, 0), 1);
}

TEST_F(ReferenceQuantizerTest, AConstantIsQuantizedWithoutRanges) {
  const Model before = Load("quantized_with_gather");
  const Result<QuantizeResult> result = TryQuantize(before, {.edges = DataType::kFloat32});
  // Nothing says what the output ranges over, and nothing needs to: it is that of the constant.
  if (result.ok()) {
    EXPECT_EQ(InputAt(result->model, OpAt(result->model, 0), 0).type, DataType::kInt8);
  } else {
    EXPECT_EQ(result.status().code(), StatusCode::kNotCalibrated) << result.status().ToString();
  }
}

TEST_F(ReferenceQuantizerTest, AnIntegerModelIsRefusedAsQuantized) {
  const Result<QuantizeResult> result = TryQuantize(Load("fc_qat"), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kAlreadyQuantized);
}

TEST_F(ReferenceQuantizerTest, VariablesHaveOneScale) {
  const Model before = Load("resource_vars_calibrated");
  const Quantization& range = *Named(before, "concat").quantization;
  const Model made = Quantized(before);
  int accesses = 0;
  for (const Subgraph& subgraph : made.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      const auto builtin = static_cast<BuiltinOp>(made.code(op).builtin);
      if (builtin != BuiltinOp::kReadVariable && builtin != BuiltinOp::kAssignVariable) continue;
      const bool reads = builtin == BuiltinOp::kReadVariable;
      const int32_t t = reads ? op.outputs[0] : op.inputs[1];
      ExpectParams(subgraph.tensors[static_cast<size_t>(t)], DataType::kInt8, range.max[0] / 255,
                   -128);
      ++accesses;
    }
  }
  EXPECT_EQ(accesses, 4);
  // FULLY_CONNECTED alone stays float: its weights are computed.
  for (const Operator& op : made.subgraphs[0].operators) {
    const auto builtin = static_cast<BuiltinOp>(made.code(op).builtin);
    if (builtin == BuiltinOp::kAdd || builtin == BuiltinOp::kConcatenation) {
      EXPECT_EQ(OutputAt(made, op).type, DataType::kInt8);
    }
  }
}

// Values of an integer tensor, widened.
std::vector<int64_t> Integers(const Model& model, const Tensor& tensor) {
  std::vector<int64_t> values;
  const auto take = [&](const auto& content) { values.assign(content.begin(), content.end()); };
  if (tensor.type == DataType::kInt8) take(Content<int8_t>(model, tensor));
  if (tensor.type == DataType::kInt16) take(Content<int16_t>(model, tensor));
  if (tensor.type == DataType::kInt32) take(Content<int32_t>(model, tensor));
  return values;
}

void ExpectEqualTensors(const Model& golden, int32_t expected, const Model& made, int32_t actual) {
  ASSERT_EQ(actual == kNoTensor, expected == kNoTensor);
  if (expected == kNoTensor) return;
  const Tensor& a = golden.subgraphs[0].tensors[static_cast<size_t>(expected)];
  const Tensor& b = made.subgraphs[0].tensors[static_cast<size_t>(actual)];
  EXPECT_EQ(b.type, a.type) << a.name;
  EXPECT_EQ(b.is_variable, a.is_variable) << a.name;
  ASSERT_EQ(b.quantization.has_value(), a.quantization.has_value()) << a.name;
  if (a.quantization) {
    ASSERT_EQ(b.quantization->scale.size(), a.quantization->scale.size()) << a.name;
    for (size_t i = 0; i < a.quantization->scale.size(); ++i) {
      EXPECT_FLOAT_EQ(b.quantization->scale[i], a.quantization->scale[i]) << a.name;
    }
    EXPECT_EQ(b.quantization->zero_point_at(0), a.quantization->zero_point_at(0)) << a.name;
  }
  const std::vector<int64_t> wanted = Integers(golden, a);
  const std::vector<int64_t> got = Integers(made, b);
  ASSERT_EQ(got.size(), wanted.size()) << a.name;
  // Products of scales and quotients are rounded to float32 there before they are rounded again.
  const double most = a.type == DataType::kInt32 ? 1e-6 : 0;
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(got[i]), static_cast<double>(wanted[i]),
                most * std::abs(static_cast<double>(wanted[i])) + (most > 0 ? 1 : 0))
        << a.name << "[" << i << "]";
  }
}

// A trained network, and what LiteRT's converter made of it. It rounds ties away from zero, as here
// they go to the even number: only there the integers may differ.
TEST_F(ReferenceQuantizerTest, TrainedLstmHasTheSameWeights) {
  const auto load = [](const char* file) {
    Result<Model> model = ReadModel(testing::ReadSharedFile(std::string("models/") + file));
    EXPECT_TRUE(model.ok()) << file << ": " << model.status().ToString();
    return model.ok() ? std::move(model).value() : Model();
  };
  const Model golden = load("mnist_lstm_int8.tflite");
  const Model before = load("mnist_lstm_float.tflite");
  OperatorConfig config;
  config.mode = QuantMode::kStatic;
  config.weights.granularity = Granularity::kPerTensor;
  const CalibrationStats stats = testing::StatsOf(
      before, {{"serving_default_fixed_input:0", {0, 1}},
               {"tfl.unidirectional_sequence_lstm", {-0.99273f, 0.99273f}},
               {"model/sequential/lstm/zeros1", {-7, 5}},
               {"model/sequential/flatten/Reshape", {-0.99273f, 0.99273f}},
               {"model/sequential/output/MatMul;model/sequential/output/BiasAdd", {-22, 20}}});
  const Result<QuantizeResult> result = Quantize(before, UniformConfig(before, config), &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  const Model& made = result->model;
  const Operator* lstm = nullptr;
  const Operator* dense = nullptr;
  for (const Operator& op : made.subgraphs[0].operators) {
    const auto builtin = static_cast<BuiltinOp>(made.code(op).builtin);
    if (builtin == BuiltinOp::kUnidirectionalSequenceLstm) lstm = &op;
    if (builtin == BuiltinOp::kFullyConnected) dense = &op;
  }
  ASSERT_NE(lstm, nullptr);
  ASSERT_NE(dense, nullptr);
  std::vector<std::array<const Tensor*, 3>> weights;  // float, theirs, ours
  for (size_t i = 1; i <= 8; ++i) {
    weights.push_back({&InputAt(before, OpAt(before, 0), i), &InputAt(golden, OpAt(golden, 0), i),
                       &InputAt(made, *lstm, i)});
  }
  weights.push_back({&InputAt(before, OpAt(before, 2), 1), &InputAt(golden, OpAt(golden, 2), 1),
                     &InputAt(made, *dense, 1)});
  int ties = 0;
  for (const auto& [floats, theirs, ours] : weights) {
    ASSERT_EQ(ours->quantization->scale.size(), 1u) << ours->name;
    EXPECT_FLOAT_EQ(ours->quantization->scale[0], theirs->quantization->scale[0]) << ours->name;
    const auto real = Content<float>(before, *floats);
    const auto a = Content<int8_t>(golden, *theirs);
    const auto b = Content<int8_t>(made, *ours);
    ASSERT_EQ(a.size(), b.size()) << ours->name;
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i] == b[i]) continue;
      ++ties;
      const float steps = std::fabs(real[i] / ours->quantization->scale[0]);
      EXPECT_NEAR(steps - std::floor(steps), 0.5f, 1e-4f) << ours->name << "[" << i << "]";
    }
  }
  RecordProperty("ties", ties);
  EXPECT_LE(ties, 4);
  const Tensor& cell = InputAt(made, *lstm, 19);
  EXPECT_EQ(cell.type, DataType::kInt16);
  EXPECT_EQ(cell.quantization->scale[0],
            InputAt(golden, OpAt(golden, 0), 19).quantization->scale[0]);
}

struct RecurrentPair {
  const char* calibrated;
  const char* quantized;
  BuiltinOp op;
  DataType edges;
  int32_t version;
};

TEST_F(ReferenceQuantizerTest, RecurrentOperators) {
  const std::array<RecurrentPair, 4> pairs = {{
      {"lstm_calibrated", "lstm_quantized", BuiltinOp::kLstm, DataType::kFloat32, 2},
      {"lstm_calibrated2", "lstm_quantized2", BuiltinOp::kLstm, DataType::kFloat32, 2},
      {"unidirectional_sequence_lstm_calibrated", "unidirectional_sequence_lstm_quantized",
       BuiltinOp::kUnidirectionalSequenceLstm, DataType::kFloat32, 2},
      // The file is of an older quantizer, which wrote version 2.
      {"svdf_calibrated", "svdf_quantized", BuiltinOp::kSvdf, DataType::kInt8, 3},
  }};
  for (const RecurrentPair& pair : pairs) {
    SCOPED_TRACE(pair.calibrated);
    const Model golden = Load(pair.quantized);
    const Model made = Quantized(Load(pair.calibrated), {.edges = pair.edges});
    ASSERT_EQ(made.subgraphs[0].operators.size(), golden.subgraphs[0].operators.size())
        << Graph(made);
    for (size_t i = 0; i < golden.subgraphs[0].operators.size(); ++i) {
      const Operator& expected = OpAt(golden, i);
      const Operator& actual = OpAt(made, i);
      ASSERT_EQ(made.code(actual).builtin, golden.code(expected).builtin);
      if (golden.code(expected).builtin != static_cast<int32_t>(pair.op)) continue;
      EXPECT_EQ(VersionAt(made, i), pair.version);
      ASSERT_EQ(actual.inputs.size(), expected.inputs.size());
      for (size_t k = 0; k < expected.inputs.size(); ++k) {
        ExpectEqualTensors(golden, expected.inputs[k], made, actual.inputs[k]);
      }
      ExpectEqualTensors(golden, expected.outputs[0], made, actual.outputs[0]);
      ASSERT_EQ(actual.intermediates.size(), expected.intermediates.size());
      constexpr int kProjection = 16;
      const bool projects =
          expected.inputs.size() > kProjection && expected.inputs[kProjection] != kNoTensor;
      if (!projects && !expected.intermediates.empty()) {
        // There the output before the projection, which then is the output, has parameters of its
        // own, and what the gates would be before a normalization has some that nothing reads.
        ExpectSameParams(
            made.subgraphs[0].tensors[static_cast<size_t>(actual.intermediates.back())],
            OutputAt(made, actual));
        continue;
      }
      for (size_t k = 0; k < expected.intermediates.size(); ++k) {
        ExpectEqualTensors(golden, expected.intermediates[k], made, actual.intermediates[k]);
      }
    }
  }
}

}  // namespace
}  // namespace octolite
