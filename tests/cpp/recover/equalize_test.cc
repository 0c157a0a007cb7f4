#include "recover/equalize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "recover/float_model.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

std::vector<float> Uniform(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(2 * rng.Uniform() - 1);
  return values;
}

constexpr int32_t kSide = 6;
constexpr int32_t kChannels = 8;

// Weights whose channels of output differ up to 64 times.
std::vector<float> Uneven(size_t inner, uint64_t seed) {
  std::vector<float> values = Uniform(kChannels * inner, seed);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = std::ldexp(values[i], -static_cast<int>(i / inner) % 7);
  }
  return values;
}

// CONV_2D -> PRELU -> DEPTHWISE_CONV_2D with that activation -> CONV_2D.
Model Chain(int64_t activation) {
  ModelBuilder builder;
  const std::vector<int32_t> shape = {1, kSide, kSide, kChannels};
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kSide, kSide, 3});
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, shape);
  const int32_t p = builder.AddTensor("p", DataType::kFloat32, shape);
  const int32_t d = builder.AddTensor("d", DataType::kFloat32, shape);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, kSide, kSide, 4});
  const int32_t w1 = builder.AddConstant<float>("w1", {kChannels, 1, 1, 3}, Uneven(3, 1));
  const int32_t b1 = builder.AddConstant<float>("b1", {kChannels}, Uneven(1, 2));
  const int32_t slope = builder.AddConstant<float>("slope", {1, 1, kChannels}, Uniform(8, 3));
  const int32_t w2 = builder.AddConstant<float>("w2", {1, 3, 3, kChannels}, Uniform(72, 4));
  const int32_t b2 = builder.AddConstant<float>("b2", {kChannels}, Uniform(8, 5));
  const int32_t w3 = builder.AddConstant<float>("w3", {4, 1, 1, kChannels}, Uniform(32, 6));
  const ModelBuilder::Fields steps = {{"stride_h", 1}, {"stride_w", 1}};
  builder.AddOp(BuiltinOp::kConv2D, {x, w1, b1}, {a}, steps);
  builder.AddOp(BuiltinOp::kPrelu, {a, slope}, {p});
  builder.AddOp(BuiltinOp::kDepthwiseConv2D, {p, w2, b2}, {d},
                {{"stride_h", 1},
                 {"stride_w", 1},
                 {"depth_multiplier", 1},
                 {"fused_activation_function", activation}});
  builder.AddOp(BuiltinOp::kConv2D, {d, w3}, {y}, steps);
  return builder.Inputs({x}).Outputs({y}).Build();
}

// MUL and ADD by constants, as normalization ends, then two FULLY_CONNECTED.
Model Normalized() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kChannels});
  const int32_t m = builder.AddTensor("m", DataType::kFloat32, {1, kChannels});
  const int32_t n = builder.AddTensor("n", DataType::kFloat32, {1, kChannels});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 4});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1, 5});
  const int32_t gamma = builder.AddConstant<float>("gamma", {kChannels}, Uneven(1, 7));
  const int32_t beta = builder.AddConstant<float>("beta", {kChannels}, Uneven(1, 8));
  const int32_t w1 = builder.AddConstant<float>("w1", {4, kChannels}, Uniform(32, 9));
  const int32_t w2 = builder.AddConstant<float>("w2", {5, kChannels}, Uniform(40, 10));
  builder.AddOp(BuiltinOp::kMul, {x, gamma}, {m});
  builder.AddOp(BuiltinOp::kAdd, {beta, m}, {n});
  builder.AddOp(BuiltinOp::kFullyConnected, {n, w1, kNoTensor}, {y});
  builder.AddOp(BuiltinOp::kFullyConnected, {n, w2, kNoTensor}, {z});
  return builder.Inputs({x}).Outputs({y, z}).Build();
}

size_t InputSize(const Model& model) {
  size_t size = 1;
  for (const int32_t d : model.subgraphs[0].tensors[0].shape) size *= static_cast<size_t>(d);
  return size;
}

Status Feed(Interpreter& interpreter, const Model& model, uint64_t seed) {
  const std::vector<float> input = Uniform(InputSize(model), seed);
  return interpreter.SetInput(
      0, {reinterpret_cast<const uint8_t*>(input.data()), input.size() * sizeof(float)});
}

std::vector<float> Run(const Model& model, uint64_t seed) {
  auto plan = Plan::Compile(std::make_shared<const Model>(model), {});
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  auto interpreter = Interpreter::Create(*plan);
  EXPECT_TRUE(Feed(**interpreter, model, seed).ok());
  EXPECT_TRUE((*interpreter)->Invoke().ok());
  std::vector<float> outputs;
  for (int i = 0; i < (*interpreter)->num_outputs(); ++i) {
    const RuntimeTensor& output = (*interpreter)->output(i);
    const auto* values = reinterpret_cast<const float*>(output.data);
    outputs.insert(outputs.end(), values, values + output.bytes / sizeof(float));
  }
  return outputs;
}

struct Equalized {
  Model model;
  std::vector<EqualizedTensor> report;
};

Equalized Equalize(const Model& model, const EqualizeOptions& options = {}) {
  auto equalizer = Equalizer::Create(model, options);
  EXPECT_TRUE(equalizer.ok()) << equalizer.status().ToString();
  for (uint64_t seed = 20; seed < 40; ++seed) {
    EXPECT_TRUE(Feed((*equalizer)->interpreter(), model, seed).ok());
    EXPECT_TRUE((*equalizer)->Step().ok());
  }
  Equalized result{(*equalizer)->Finish(), {}};
  result.report = (*equalizer)->report();
  return result;
}

void ExpectSameFunction(const Model& a, const Model& b) {
  for (uint64_t seed = 100; seed < 105; ++seed) {
    const std::vector<float> expected = Run(a, seed);
    const std::vector<float> made = Run(b, seed);
    ASSERT_EQ(made.size(), expected.size());
    for (size_t i = 0; i < made.size(); ++i) ASSERT_NEAR(made[i], expected[i], 1e-4f);
  }
}

TEST(EqualizeTest, TheFunctionStaysWhileChannelsUseMoreOfTheRange) {
  const Model model = Chain(1);
  const Equalized equalized = Equalize(model);
  ExpectSameFunction(model, equalized.model);
  ASSERT_EQ(equalized.report.size(), 2u);
  for (const EqualizedTensor& tensor : equalized.report) {
    EXPECT_LT(tensor.noise_ratio, 1) << tensor.name;
    EXPECT_GT(tensor.scaled_channels, 0) << tensor.name;
  }
  // What a depthwise convolution reads costs its weights nothing.
  EXPECT_EQ(equalized.report[0].name, "p");
  EXPECT_LT(equalized.report[0].noise_ratio, 0.5);
  EXPECT_GT(equalized.report[0].largest_factor, 4);
}

TEST(EqualizeTest, Relu6IsNoWay) {
  const Model model = Chain(3);
  const Equalized equalized = Equalize(model);
  ExpectSameFunction(model, equalized.model);
  ASSERT_EQ(equalized.report.size(), 1u);
  EXPECT_EQ(equalized.report[0].name, "p");
}

TEST(EqualizeTest, NormalizationTakesTheFactorsOfAllItsReaders) {
  const Model model = Normalized();
  const Equalized equalized = Equalize(model);
  ExpectSameFunction(model, equalized.model);
  ASSERT_EQ(equalized.report.size(), 1u);
  EXPECT_EQ(equalized.report[0].name, "n");
  EXPECT_GT(equalized.report[0].scaled_channels, 0);
  EqualizeOptions without;
  without.smooth = false;
  EXPECT_TRUE(Equalize(model, without).report.empty());
}

TEST(EqualizeTest, TensorsThatOthersReadAreLeftAlone) {
  Model model = Normalized();
  // The sum is an output, too.
  model.subgraphs[0].outputs.push_back(2);
  const Equalized equalized = Equalize(model);
  EXPECT_TRUE(equalized.report.empty());
}

TEST(EqualizeTest, WithoutSamplesNothingChanges) {
  const Model model = Chain(1);
  auto equalizer = Equalizer::Create(model, {});
  ASSERT_TRUE(equalizer.ok());
  const Model made = (*equalizer)->Finish();
  for (const int32_t t : {5, 8}) {
    EXPECT_EQ(FloatConstant(made, 0, t), FloatConstant(model, 0, t));
  }
}

}  // namespace
}  // namespace octolite
