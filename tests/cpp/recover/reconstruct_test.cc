#include "recover/reconstruct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "recover/integer_weights.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;

constexpr int32_t kInputs = 16;
constexpr int32_t kHidden = 12;
constexpr int32_t kOutputs = 6;
constexpr float kScale = 0.25f;

std::vector<float> Uniform(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(2 * rng.Uniform() - 1);
  return values;
}

const std::vector<float> kFirst = Uniform(kInputs * kHidden, 1);
const std::vector<float> kSecond = Uniform(kHidden * kOutputs, 2);
const std::vector<float> kFirstBias = Uniform(kHidden, 3);
const std::vector<float> kSecondBias = Uniform(kOutputs, 4);

Model FloatModel() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kInputs});
  const int32_t h = builder.AddTensor("h", DataType::kFloat32, {1, kHidden});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, kOutputs});
  const int32_t w1 = builder.AddConstant<float>("w1", {kHidden, kInputs}, kFirst);
  const int32_t w2 = builder.AddConstant<float>("w2", {kOutputs, kHidden}, kSecond);
  const int32_t b1 = builder.AddConstant<float>("b1", {kHidden}, kFirstBias);
  const int32_t b2 = builder.AddConstant<float>("b2", {kOutputs}, kSecondBias);
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w1, b1}, {h}, {{"fused_activation_function", 1}});
  builder.AddOp(BuiltinOp::kFullyConnected, {h, w2, b2}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

ByteVector Nibbles(const std::vector<float>& weights) {
  ByteVector bytes(weights.size() / 2);
  for (size_t i = 0; i < weights.size(); ++i) {
    const int code = static_cast<int>(std::nearbyint(weights[i] / kScale));
    bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] | (code & 15) << (i % 2 * 4));
  }
  return bytes;
}

// Weights of 4 bits: of the first layer per channel, read through a DEQUANTIZE, of the second per
// tensor.
Model QuantizedModel() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kInputs});
  const int32_t h = builder.AddTensor("h", DataType::kFloat32, {1, kHidden});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, kOutputs});
  const int32_t q1 =
      builder.AddConstantBytes("q1", DataType::kInt4, {kHidden, kInputs}, Nibbles(kFirst));
  builder.tensor(q1).quantization = PerChannel(std::vector<float>(kHidden, kScale));
  const int32_t q2 =
      builder.AddConstantBytes("q2", DataType::kInt4, {kOutputs, kHidden}, Nibbles(kSecond));
  builder.tensor(q2).quantization = PerTensor(kScale);
  const int32_t w1 = builder.AddTensor("w1", DataType::kFloat32, {kHidden, kInputs});
  const int32_t w2 = builder.AddTensor("w2", DataType::kFloat32, {kOutputs, kHidden});
  const int32_t b1 = builder.AddConstant<float>("b1", {kHidden}, kFirstBias);
  const int32_t b2 = builder.AddConstant<float>("b2", {kOutputs}, kSecondBias);
  builder.AddOp(BuiltinOp::kDequantize, {q1}, {w1});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w1, b1}, {h}, {{"fused_activation_function", 1}});
  builder.AddOp(BuiltinOp::kDequantize, {q2}, {w2});
  builder.AddOp(BuiltinOp::kFullyConnected, {h, w2, b2}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

// Elements that have much in common, as those of pictures.
std::vector<float> Sample(uint64_t seed) {
  std::vector<float> values = Uniform(kInputs, seed);
  const float common = Uniform(1, seed + 1000)[0] + 2;
  for (float& value : values) value = common + 0.3f * value;
  return values;
}

std::span<const uint8_t> Bytes(const std::vector<float>& values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

std::vector<float> Run(const Model& model, const std::vector<float>& input) {
  auto plan = Plan::Compile(std::make_shared<const Model>(model), {});
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  auto interpreter = Interpreter::Create(*plan);
  EXPECT_TRUE((*interpreter)->SetInput(0, Bytes(input)).ok());
  EXPECT_TRUE((*interpreter)->Invoke().ok());
  std::vector<float> output(kOutputs);
  std::memcpy(output.data(), (*interpreter)->output(0).data, kOutputs * sizeof(float));
  return output;
}

// Mean square of the error of the outputs over samples that nothing was made from.
double Error(const Model& model) {
  double error = 0;
  for (uint64_t seed = 500; seed < 540; ++seed) {
    const std::vector<float> wanted = Run(FloatModel(), Sample(seed));
    const std::vector<float> made = Run(model, Sample(seed));
    for (size_t i = 0; i < kOutputs; ++i) {
      error += static_cast<double>((wanted[i] - made[i]) * (wanted[i] - made[i]));
    }
  }
  return error / 40;
}

std::unique_ptr<Reconstructor> Reconstruct(const Model& quantized, bool rounding, bool bias) {
  ReconstructOptions options;
  options.rounding = rounding;
  options.bias = bias;
  auto work = Reconstructor::Create(FloatModel(), quantized, options);
  EXPECT_TRUE(work.ok()) << work.status().ToString();
  for (uint64_t seed = 100; seed < 180; ++seed) {
    EXPECT_TRUE((*work)->interpreter().SetInput(0, Bytes(Sample(seed))).ok());
    EXPECT_TRUE((*work)->AddSample());
  }
  while (!(*work)->done()) EXPECT_TRUE((*work)->Step().ok());
  return std::move(work).value();
}

TEST(ReconstructTest, EachPassLowersTheError) {
  const Model quantized = QuantizedModel();
  const double plain = Error(quantized);
  const double bias = Error(Reconstruct(quantized, false, true)->model());
  const double rounding = Error(Reconstruct(quantized, true, false)->model());
  const double both = Error(Reconstruct(quantized, true, true)->model());
  EXPECT_LT(bias, plain / 2);
  EXPECT_LT(rounding, plain / 4);
  EXPECT_LT(both, plain / 4);
}

TEST(ReconstructTest, ChangesNothingButCodesAndBiases) {
  const Model quantized = QuantizedModel();
  const auto work = Reconstruct(quantized, true, true);
  const Subgraph& before = quantized.subgraphs[0];
  const Subgraph& after = work->model().subgraphs[0];
  ASSERT_EQ(after.tensors.size(), before.tensors.size());
  EXPECT_EQ(work->model().buffers.size(), quantized.buffers.size());
  for (size_t t = 0; t < before.tensors.size(); ++t) {
    EXPECT_EQ(after.tensors[t].type, before.tensors[t].type);
    EXPECT_EQ(after.tensors[t].quantization, before.tensors[t].quantization);
    EXPECT_EQ(work->model().data(after.tensors[t]).size(),
              quantized.data(before.tensors[t]).size());
  }
  ASSERT_EQ(work->report().size(), 2u);
  EXPECT_EQ(work->report()[0].output_name, "h");
  EXPECT_GT(work->report()[0].rounded_channels, kHidden / 2);
  EXPECT_EQ(work->report()[0].skipped, "");
}

TEST(ReconstructTest, IsTheSameEachTime) {
  const auto first = Reconstruct(QuantizedModel(), true, true);
  const auto second = Reconstruct(QuantizedModel(), true, true);
  for (size_t i = 0; i < first->model().buffers.size(); ++i) {
    const std::span<const uint8_t> a = first->model().buffers[i].data.bytes();
    const std::span<const uint8_t> b = second->model().buffers[i].data.bytes();
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << i;
  }
}

TEST(ReconstructTest, ABiasWhoseErrorHasNoClearSignStays) {
  // One sample tells nothing of how much they differ.
  ReconstructOptions options;
  options.rounding = false;
  auto work = Reconstructor::Create(FloatModel(), QuantizedModel(), options);
  ASSERT_TRUE(work.ok());
  ASSERT_TRUE((*work)->interpreter().SetInput(0, Bytes(Sample(1))).ok());
  ASSERT_TRUE((*work)->AddSample());
  while (!(*work)->done()) ASSERT_TRUE((*work)->Step().ok());
  for (const ReconstructedLayer& layer : (*work)->report()) {
    EXPECT_EQ(layer.corrected_channels, 0);
  }
}

TEST(ReconstructTest, RefusesWhatDoesNotBelongTogether) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kInputs});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, kInputs});
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  const Model other = builder.Inputs({x}).Outputs({y}).Build();
  const auto work = Reconstructor::Create(FloatModel(), other, {});
  EXPECT_EQ(work.status().code(), StatusCode::kInvalidArgument);
  auto empty = Reconstructor::Create(FloatModel(), QuantizedModel(), {});
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ((*empty)->Step().code(), StatusCode::kInvalidArgument);
}

TEST(ReconstructTest, KeepsNoMoreSamplesThanThereIsRoomFor) {
  ReconstructOptions options;
  options.sample_memory = 3 * kInputs * sizeof(float);
  auto work = Reconstructor::Create(FloatModel(), QuantizedModel(), options);
  ASSERT_TRUE(work.ok());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE((*work)->AddSample());
  EXPECT_FALSE((*work)->AddSample());
  EXPECT_EQ((*work)->samples(), 3u);
}

TEST(IntegerWeightsTest, CodesOfFourBitsComeBackAsTheyWere) {
  Model model = QuantizedModel();
  const std::optional<LinearLayer> layer = FindLinearLayer(model, 0, 1);
  ASSERT_TRUE(layer);
  std::optional<IntegerWeights> weights = ReadIntegerWeights(model, 0, *layer);
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->bits, 4);
  EXPECT_EQ(weights->min_code, -7);
  EXPECT_EQ(weights->max_code, 7);
  for (size_t i = 0; i < kFirst.size(); ++i) {
    EXPECT_NEAR(weights->Value(i), kFirst[i], kScale / 2 + 1e-6f);
  }
  weights->codes[5] = -7;
  WriteCodes(model, 0, *weights);
  EXPECT_EQ(ReadIntegerWeights(model, 0, *layer)->codes, weights->codes);
}

TEST(IntegerWeightsTest, WeightsOfSeveralOperatorsAreLeftAlone) {
  Model model = QuantizedModel();
  model.subgraphs[0].operators.push_back(model.subgraphs[0].operators[0]);
  EXPECT_FALSE(ReadIntegerWeights(model, 0, *FindLinearLayer(model, 0, 1)));
}

}  // namespace
}  // namespace octolite
