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

std::unique_ptr<Calibrator> Make() {
  auto calibrator = Calibrator::Create(std::make_shared<const Model>(TwoSteps()), {});
  EXPECT_TRUE(calibrator.ok()) << calibrator.status().ToString();
  return std::move(calibrator).value();
}

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
