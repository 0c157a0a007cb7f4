#include "calibrate/calibrator.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

// y = relu(x + c); z = y + y.
Model TwoSteps() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t c = builder.AddConstant<float>("c", {1, 2}, {1, -1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1, 2});
  builder.AddOp(BuiltinOp::kAdd, {x, c}, {y}, {{"fused_activation_function", int64_t{1}}});
  builder.AddOp(BuiltinOp::kAdd, {y, y}, {z});
  return builder.Inputs({x}).Outputs({z}).Build();
}

void Feed(Calibrator& calibrator, const std::vector<float>& values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  ASSERT_TRUE(calibrator.interpreter().SetInput(0, {bytes, values.size() * sizeof(float)}).ok());
  ASSERT_TRUE(calibrator.Step().ok());
}

std::unique_ptr<Calibrator> MakeOf(Model model) {
  auto calibrator = Calibrator::Create(std::make_shared<const Model>(std::move(model)), {});
  EXPECT_TRUE(calibrator.ok()) << calibrator.status().ToString();
  return std::move(calibrator).value();
}

std::unique_ptr<Calibrator> Make() { return MakeOf(TwoSteps()); }

TEST(CalibratorTest, ObservesEveryFloatActivationOfEverySample) {
  const std::unique_ptr<Calibrator> calibrator = Make();
  Feed(*calibrator, {1, 2});
  Feed(*calibrator, {-3, 6});
  EXPECT_EQ(calibrator->samples(), 2u);
  const CalibrationStats& stats = calibrator->stats();
  ASSERT_EQ(stats.subgraphs[0].tensors.size(), 3u);  // not the constant
  EXPECT_EQ(stats.Find(0, 1), nullptr);
  const auto expect = [&](int32_t tensor, const char* name, float min, float max) {
    const TensorRecord* record = stats.Find(0, tensor);
    ASSERT_NE(record, nullptr) << name;
    EXPECT_EQ(record->name, name);
    EXPECT_EQ(record->statistics.count, 4u);
    EXPECT_EQ(record->statistics.min, min) << name;
    EXPECT_EQ(record->statistics.max, max) << name;
    EXPECT_EQ(record->statistics.histogram.total(), 4u);
  };
  expect(0, "x", -3, 6);
  expect(2, "y", 0, 5);
  expect(3, "z", 0, 10);
}

TEST(CalibratorTest, SplitOverCalibratorsMergesToTheSame) {
  const std::vector<std::vector<float>> samples = {{1, 2}, {-8, 0.25f}, {100, -100}, {0, 3}};
  const std::unique_ptr<Calibrator> all = Make();
  for (const auto& sample : samples) Feed(*all, sample);
  const std::unique_ptr<Calibrator> first = Make();
  const std::unique_ptr<Calibrator> second = Make();
  Feed(*second, samples[2]);
  Feed(*first, samples[3]);
  Feed(*second, samples[0]);
  Feed(*first, samples[1]);
  CalibrationStats merged = first->stats();
  ASSERT_TRUE(merged.Merge(second->stats()).ok());
  EXPECT_EQ(merged, all->stats());
}

// y = while (x < 10 in its first element) x += x
Model DoubleUntil10() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2});
  builder.AddOp(BuiltinOp::kWhile, {x}, {y},
                {{"cond_subgraph_index", 1}, {"body_subgraph_index", 2}});
  builder.Inputs({x}).Outputs({y});
  builder.AddSubgraph("condition");
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, {1, 2});
  const int32_t ten = builder.AddConstant<float>("ten", {1, 2}, {10, 1e9f});
  const int32_t below = builder.AddTensor("below", DataType::kBool, {1, 2});
  const int32_t axes = builder.AddConstant<int32_t>("axes", {2}, {0, 1});
  const int32_t all = builder.AddTensor("all", DataType::kBool, {});
  builder.AddOp(BuiltinOp::kLess, {a, ten}, {below});
  builder.AddOp(BuiltinOp::kReduceAll, {below, axes}, {all});
  builder.Inputs({a}).Outputs({all});
  builder.AddSubgraph("body");
  const int32_t b = builder.AddTensor("b", DataType::kFloat32, {1, 2});
  const int32_t twice = builder.AddTensor("twice", DataType::kFloat32, {1, 2});
  builder.AddOp(BuiltinOp::kAdd, {b, b}, {twice});
  builder.Inputs({b}).Outputs({twice});
  return builder.Build();
}

TEST(CalibratorTest, ObservesCalledSubgraphs) {
  const std::unique_ptr<Calibrator> calibrator = MakeOf(DoubleUntil10());
  Feed(*calibrator, {20, -1});  // the body never runs
  const CalibrationStats& stats = calibrator->stats();
  ASSERT_EQ(stats.subgraphs.size(), 2u);
  EXPECT_EQ(stats.FindSubgraph(2), nullptr);
  Feed(*calibrator, {3, -1});  // 3, 6, 12
  EXPECT_EQ(stats.FindSubgraph(0)->samples, 2u);
  EXPECT_EQ(stats.FindSubgraph(1)->samples, 4u);
  EXPECT_EQ(stats.FindSubgraph(2)->samples, 2u);
  const auto expect = [&](int32_t subgraph, int32_t tensor, const char* name, float min,
                          float max) {
    const TensorRecord* record = stats.Find(subgraph, tensor);
    ASSERT_NE(record, nullptr) << name;
    EXPECT_EQ(record->name, name);
    EXPECT_EQ(record->statistics.min, min) << name;
    EXPECT_EQ(record->statistics.max, max) << name;
  };
  expect(0, 0, "x", -1, 20);
  expect(0, 1, "y", -4, 20);
  expect(1, 0, "a", -4, 20);
  expect(2, 0, "b", -2, 6);
  expect(2, 1, "twice", -4, 12);
  EXPECT_EQ(stats.Find(2, 1)->statistics.ChannelMeans(), (std::vector<double>{9, -3}));
}

TEST(CalibratorTest, CalledSubgraphsMergeToTheSame) {
  const std::vector<std::vector<float>> samples = {{20, 0}, {3, -1}, {9, 4}, {0.1f, 0}};
  const std::unique_ptr<Calibrator> all = MakeOf(DoubleUntil10());
  for (const auto& sample : samples) Feed(*all, sample);
  CalibrationStats merged;
  for (const size_t i : {size_t{2}, size_t{0}, size_t{3}, size_t{1}}) {
    const std::unique_ptr<Calibrator> one = MakeOf(DoubleUntil10());
    Feed(*one, samples[i]);
    ASSERT_TRUE(merged.Merge(one->stats()).ok());
  }
  EXPECT_EQ(merged, all->stats());
}

TEST(CalibratorTest, SaysSinceWhenRangesAreStable) {
  const std::unique_ptr<Calibrator> calibrator = Make();
  Feed(*calibrator, {-100, 100});
  EXPECT_EQ(calibrator->convergence(), (Convergence{1, 1, 1}));
  Feed(*calibrator, {-100, 140});
  EXPECT_EQ(calibrator->convergence().stable_after, 2u);
  EXPECT_NEAR(calibrator->convergence().last_move, 40.0 / 139, 1e-6);  // y and z, from 0
  Feed(*calibrator, {-10, 50});
  EXPECT_EQ(calibrator->convergence(), (Convergence{3, 2, 0}));
  // Less than a hundredth at a time is stable until it adds up.
  Feed(*calibrator, {0, 141});
  EXPECT_EQ(calibrator->convergence().stable_after, 2u);
  EXPECT_GT(calibrator->convergence().last_move, 0);
  Feed(*calibrator, {0, 142});
  EXPECT_EQ(calibrator->convergence().stable_after, 5u);
}

TEST(CalibratorTest, RefusesAModelThatCannotRun) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddCustomOp("Mystery", {x}, {y});
  const auto model = std::make_shared<const Model>(builder.Inputs({x}).Outputs({y}).Build());
  EXPECT_EQ(Calibrator::Create(model, {}).status().code(), StatusCode::kUnsupportedOperator);
}

}  // namespace
}  // namespace octolite
