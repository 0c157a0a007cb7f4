#include "recover/linear_layer.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/rng.h"
#include "runtime/interpreter.h"
#include "support/model_builder.h"

// Weights times patches must be what the operator itself gives.

namespace octolite {
namespace {

using testing::ModelBuilder;

std::vector<float> Values(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(2 * rng.Uniform() - 1);
  return values;
}

size_t Count(const std::vector<int32_t>& shape) {
  size_t count = 1;
  for (const int32_t size : shape) count *= static_cast<size_t>(size);
  return count;
}

struct Case {
  const char* name;
  BuiltinOp op;
  std::vector<int32_t> input, weights, output;
  ModelBuilder::Fields options;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

class PatchTest : public ::testing::TestWithParam<Case> {};

TEST_P(PatchTest, TimesWeightsIsTheOutput) {
  const Case& c = GetParam();
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, c.input);
  const int32_t w = builder.AddConstant<float>("w", c.weights, Values(Count(c.weights), 1));
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, c.output);
  const int32_t channels = c.output.back();
  const std::vector<float> bias_values = Values(static_cast<size_t>(channels), 2);
  const int32_t b = builder.AddConstant<float>("b", {channels}, bias_values);
  if (c.op == BuiltinOp::kTransposeConv) {
    const int32_t shape = builder.AddConstant<int32_t>("shape", {4}, c.output);
    builder.AddOp(c.op, {shape, w, x, b}, {y}, c.options);
  } else {
    builder.AddOp(c.op, {x, w, b}, {y}, c.options);
  }
  const auto model = std::make_shared<const Model>(builder.Inputs({x}).Outputs({y}).Build());

  const std::optional<LinearLayer> layer = FindLinearLayer(*model, 0, 0);
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->input, x);
  EXPECT_EQ(layer->weights, w);
  EXPECT_EQ(layer->bias, b);
  ASSERT_EQ(layer->channels(), channels);

  auto plan = Plan::Compile(model, {});
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE(interpreter.ok());
  const std::vector<float> input = Values(Count(c.input), 3);
  ASSERT_TRUE((*interpreter)
                  ->SetInput(0, {reinterpret_cast<const uint8_t*>(input.data()),
                                 input.size() * sizeof(float)})
                  .ok());
  ASSERT_TRUE((*interpreter)->Invoke().ok());
  const RuntimeTensor& output = (*interpreter)->output(0);
  const auto* expected = reinterpret_cast<const float*>(output.data);

  const std::optional<PatchReader> reader =
      PatchReader::Make(*model, 0, *layer, *Shape::Make(c.input), output.shape);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->rows() * channels, output.shape.num_elements());
  const std::vector<float> weights = Values(Count(c.weights), 1);
  std::vector<float> patch(static_cast<size_t>(layer->groups * layer->depth));
  for (int64_t row = 0; row < reader->rows(); ++row) {
    reader->Read(input.data(), row, patch.data());
    for (int64_t channel = 0; channel < channels; ++channel) {
      const int64_t group = channel / layer->units;
      float sum = bias_values[static_cast<size_t>(channel)];
      for (int64_t k = 0; k < layer->depth; ++k) {
        sum += weights[layer->WeightIndex(channel, k)] *
               patch[static_cast<size_t>(group * layer->depth + k)];
      }
      ASSERT_NEAR(sum, expected[row * channels + channel], 1e-4f)
          << "row " << row << " channel " << channel;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PatchTest,
    ::testing::Values(Case{"ConvSame",
                           BuiltinOp::kConv2D,
                           {2, 5, 7, 3},
                           {4, 3, 3, 3},
                           {2, 3, 4, 4},
                           {{"stride_h", 2}, {"stride_w", 2}}},
                      Case{"ConvValidDilated",
                           BuiltinOp::kConv2D,
                           {1, 7, 8, 2},
                           {3, 2, 3, 2},
                           {1, 5, 4, 3},
                           {{"padding", 1},
                            {"stride_h", 1},
                            {"stride_w", 1},
                            {"dilation_h_factor", 2},
                            {"dilation_w_factor", 2}}},
                      Case{"ConvGrouped",
                           BuiltinOp::kConv2D,
                           {1, 4, 4, 4},
                           {6, 3, 3, 2},
                           {1, 4, 4, 6},
                           {{"stride_h", 1}, {"stride_w", 1}}},
                      Case{"Depthwise",
                           BuiltinOp::kDepthwiseConv2D,
                           {1, 6, 5, 3},
                           {1, 3, 3, 6},
                           {1, 3, 3, 6},
                           {{"stride_h", 2}, {"stride_w", 2}, {"depth_multiplier", 2}}},
                      Case{
                          "FullyConnected", BuiltinOp::kFullyConnected, {3, 8}, {5, 8}, {3, 5}, {}},
                      Case{"TransposeConvSame",
                           BuiltinOp::kTransposeConv,
                           {1, 3, 4, 2},
                           {3, 3, 3, 2},
                           {1, 6, 8, 3},
                           {{"stride_h", 2}, {"stride_w", 2}}},
                      Case{"TransposeConvValid",
                           BuiltinOp::kTransposeConv,
                           {1, 2, 3, 2},
                           {2, 2, 3, 2},
                           {1, 4, 9, 2},
                           {{"padding", 1}, {"stride_h", 2}, {"stride_w", 3}}}),
    [](const auto& info) { return info.param.name; });

TEST(LinearLayerTest, OtherOperatorsAreNone) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 4});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 4});
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  const Model model = builder.Inputs({x}).Outputs({y}).Build();
  EXPECT_FALSE(FindLinearLayer(model, 0, 0));
}

}  // namespace
}  // namespace octolite
