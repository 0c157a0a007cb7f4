#include "analyze/weight_values.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;

std::vector<float> Reals(const Model& model, int32_t tensor) {
  const Subgraph& subgraph = model.subgraphs[0];
  return ConstantReals(model, subgraph, subgraph.tensors[static_cast<size_t>(tensor)])
      .value_or(std::vector<float>{-1000});
}

TEST(ConstantRealsTest, OfTensorsAndChannels) {
  ModelBuilder builder;
  const int32_t plain = builder.AddConstant<float>("f", {3}, {1.5f, -2, 0});
  const int32_t whole = builder.AddConstant<int8_t>("t", {3}, {-128, 0, 127}, PerTensor(0.5f, -1));
  const int32_t rows =
      builder.AddConstant<int8_t>("r", {2, 2}, {1, 2, 3, 4}, PerChannel({1, 10}, 0));
  const int32_t columns =
      builder.AddConstant<int8_t>("c", {2, 2}, {1, 2, 3, 4}, PerChannel({1, 10}, 1));
  const Model model = builder.Build();
  EXPECT_EQ(Reals(model, plain), (std::vector<float>{1.5f, -2, 0}));
  EXPECT_EQ(Reals(model, whole), (std::vector<float>{-63.5f, 0.5f, 64}));
  EXPECT_EQ(Reals(model, rows), (std::vector<float>{1, 2, 30, 40}));
  EXPECT_EQ(Reals(model, columns), (std::vector<float>{1, 20, 3, 40}));
}

TEST(ConstantRealsTest, PackedAndByBlocks) {
  ModelBuilder builder;
  // Low bits first: 2, 1, -4 (and padding); 1, -1, -2, 0, 1.
  const int32_t four = builder.AddConstantBytes("four", DataType::kInt4, {3}, {0x12, 0x0c});
  builder.tensor(four).quantization = PerTensor(2);
  const int32_t two = builder.AddConstantBytes("two", DataType::kInt2, {5}, {0x2d, 0x01});
  builder.tensor(two).quantization = PerTensor(1);
  const int32_t scales = builder.AddConstant<float>("scales", {2, 2}, {1, 2, 3, 4});
  const int32_t blocks = builder.AddConstant<int8_t>("b", {2, 4}, {1, 1, 1, 1, 1, 1, 1, 2});
  Quantization quantization;
  quantization.blockwise =
      BlockwiseQuantization{.scales = scales, .zero_points = -1, .block_size = 2};
  builder.tensor(blocks).quantization = quantization;
  const Model model = builder.Build();
  EXPECT_EQ(Reals(model, four), (std::vector<float>{4, 2, -8}));
  EXPECT_EQ(Reals(model, two), (std::vector<float>{1, -1, -2, 0, 1}));
  EXPECT_EQ(Reals(model, blocks), (std::vector<float>{1, 1, 2, 2, 3, 3, 4, 8}));
}

TEST(ConstantRealsTest, NothingForWhatDoesNotFit) {
  ModelBuilder builder;
  const int32_t wide = builder.AddConstant<int8_t>("w", {2}, {1, 2}, PerChannel({1, 2, 3}, 0));
  const int32_t axis = builder.AddConstant<int8_t>("a", {2}, {1, 2}, PerChannel({1, 2}, 5));
  const int32_t integers = builder.AddConstant<int32_t>("i", {1}, {7});
  const int32_t none = builder.AddTensor("n", DataType::kFloat32, {2});
  const Model model = builder.Build();
  for (const int32_t tensor : {wide, axis, integers, none}) {
    EXPECT_EQ(Reals(model, tensor), std::vector<float>{-1000}) << tensor;
  }
}

// y = fully_connected(x, weights, bias).
struct Layer {
  ModelBuilder builder;
  explicit Layer(bool dequantized) {
    const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
    int32_t weights = builder.AddConstant<int8_t>("w", {1, 2}, {50, -100}, PerTensor(0.01f));
    if (dequantized) {
      const int32_t floats = builder.AddTensor("w_float", DataType::kFloat32, {1, 2});
      builder.AddOp(BuiltinOp::kDequantize, {weights}, {floats});
      weights = floats;
    }
    const int32_t bias = builder.AddConstant<float>("b", {1}, {9});
    const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
    builder.AddOp(BuiltinOp::kFullyConnected, {x, weights, bias}, {y});
    builder.Inputs({x}).Outputs({y});
  }
};

TEST(CompareWeightsTest, LooksBehindDequantizeAndNotAtTheBias) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t w = builder.AddConstant<float>("w", {1, 2}, {0.5f, -0.9f});
  const int32_t b = builder.AddConstant<float>("b", {1}, {1000});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, b}, {y});
  const Model reference = builder.Build();
  for (const bool dequantized : {false, true}) {
    const Model candidate = Layer(dequantized).builder.Build();
    const std::optional<ErrorMetrics> error =
        CompareWeights(reference, reference.subgraphs[0], reference.subgraphs[0].operators[0],
                       candidate, candidate.subgraphs[0], candidate.subgraphs[0].operators.back());
    ASSERT_TRUE(error) << dequantized;
    EXPECT_EQ(error->count, 2u);
    EXPECT_NEAR(error->max_abs_error, 0.1, 1e-6);
    // The other way round there are no float weights to compare with.
    EXPECT_FALSE(CompareWeights(candidate, candidate.subgraphs[0],
                                candidate.subgraphs[0].operators.back(), reference,
                                reference.subgraphs[0], reference.subgraphs[0].operators[0]));
  }
}

}  // namespace
}  // namespace octolite
