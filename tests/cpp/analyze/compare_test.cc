#include "analyze/compare.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::PerTensor;

// inner = x + c, out = relu(inner), in float32.
std::shared_ptr<const Model> FloatModel(float c) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 3});
  const int32_t k = builder.AddConstant<float>("c", {1, 3}, {c, c, c});
  const int32_t inner = builder.AddTensor("inner", DataType::kFloat32, {1, 3});
  const int32_t out = builder.AddTensor("out", DataType::kFloat32, {1, 3});
  builder.AddOp(BuiltinOp::kAdd, {x, k}, {inner});
  builder.AddOp(BuiltinOp::kRelu, {inner}, {out});
  return std::make_shared<const Model>(builder.Inputs({x}).Outputs({out}).Build());
}

// out = relu(x), int8 in and out.
std::shared_ptr<const Model> Int8Relu() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("in", DataType::kInt8, {1, 3}, PerTensor(0.5f, 3));
  const int32_t out = builder.AddTensor("out", DataType::kInt8, {1, 3}, PerTensor(0.5f, 3));
  builder.AddOp(BuiltinOp::kRelu, {x}, {out}, {}, 2);
  return std::make_shared<const Model>(builder.Inputs({x}).Outputs({out}).Build());
}

void Step(ModelComparator& comparator, const std::vector<float>& values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  ASSERT_TRUE(comparator.reference().SetInput(0, {bytes, values.size() * sizeof(float)}).ok());
  const Status status = comparator.Step();
  ASSERT_TRUE(status.ok()) << status.ToString();
}

TEST(ModelComparatorTest, AModelEqualsItself) {
  auto comparator = ModelComparator::Create(FloatModel(1), FloatModel(1), {});
  ASSERT_TRUE(comparator.ok()) << comparator.status().ToString();
  Step(**comparator, {1, 2, -3});
  const CompareReport report = (*comparator)->report();
  ASSERT_EQ(report.outputs.size(), 1u);
  EXPECT_EQ(report.outputs[0].error.sqnr_db, ErrorMetrics::kMaxSqnrDb);
  EXPECT_EQ(report.outputs[0].rows, 1u);
  EXPECT_EQ(report.outputs[0].top1_equal, 1u);
  EXPECT_EQ(report.outputs[0].op_name, "RELU");
  EXPECT_TRUE(report.layers.empty());
}

TEST(ModelComparatorTest, LayersOfTheSameNameAreCompared) {
  CompareOptions options;
  options.per_layer = true;
  auto comparator = ModelComparator::Create(FloatModel(1), FloatModel(1.5f), options);
  ASSERT_TRUE(comparator.ok());
  Step(**comparator, {1, 2, -3});
  Step(**comparator, {-9, -8, -7});
  const CompareReport report = (*comparator)->report();
  EXPECT_EQ(report.samples, 2u);
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_EQ(report.layers[0].name, "inner");
  EXPECT_EQ(report.layers[0].op_name, "ADD");
  EXPECT_EQ(report.layers[0].error.count, 6u);
  EXPECT_DOUBLE_EQ(report.layers[0].error.mean_abs_error, 0.5);
  // After relu, four of six are zero in both.
  EXPECT_NEAR(report.layers[1].error.mean_abs_error, 1.0 / 6, 1e-9);
}

TEST(ModelComparatorTest, InputsAreConvertedByTheirQuantization) {
  auto comparator = ModelComparator::Create(FloatModel(0), Int8Relu(), {});
  ASSERT_TRUE(comparator.ok()) << comparator.status().ToString();
  Step(**comparator, {-4, 2.25f, 7});
  const CompareReport report = (*comparator)->report();
  // 2.25 is half way between two steps of 0.5 and goes to the even one.
  EXPECT_DOUBLE_EQ(report.outputs[0].error.max_abs_error, 0.25);
  EXPECT_EQ(report.outputs[0].top1_equal, 1u);
}

TEST(ModelComparatorTest, RefusesModelsThatDoNotCorrespond) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 4});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 4});
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  const auto wider = std::make_shared<const Model>(builder.Inputs({x}).Outputs({y}).Build());
  EXPECT_EQ(ModelComparator::Create(FloatModel(0), wider, {}).status().code(),
            StatusCode::kShapeMismatch);
  const auto no_output = std::make_shared<const Model>(builder.Outputs({}).Build());
  EXPECT_EQ(ModelComparator::Create(wider, no_output, {}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(ModelComparatorTest, SignaturesMatchEdgesByName) {
  // Two inputs, given in the other order in the second model: a - b.
  const auto make = [](bool swapped) {
    ModelBuilder builder;
    const int32_t a = builder.AddTensor("a", DataType::kFloat32, {1});
    const int32_t b = builder.AddTensor("b", DataType::kFloat32, {1});
    const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
    builder.AddOp(BuiltinOp::kSub, {a, b}, {y});
    Model model = builder.Inputs(swapped ? std::vector<int32_t>{b, a} : std::vector<int32_t>{a, b})
                      .Outputs({y})
                      .Build();
    Signature signature;
    signature.key = "serve";
    signature.inputs = {{"first", static_cast<uint32_t>(a)}, {"second", static_cast<uint32_t>(b)}};
    signature.outputs = {{"difference", static_cast<uint32_t>(y)}};
    model.signatures.push_back(signature);
    return std::make_shared<const Model>(std::move(model));
  };
  auto comparator = ModelComparator::Create(make(false), make(true), {});
  ASSERT_TRUE(comparator.ok());
  for (int i = 0; i < 2; ++i) {
    const float value = i == 0 ? 5.0f : 3.0f;
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    ASSERT_TRUE((*comparator)->reference().SetInput(i, {bytes, sizeof(value)}).ok());
  }
  ASSERT_TRUE((*comparator)->Step().ok());
  EXPECT_EQ((*comparator)->report().outputs[0].error.max_abs_error, 0);
}

TEST(CompareReportTest, JsonHasTheFigures) {
  auto comparator = ModelComparator::Create(FloatModel(0), FloatModel(0), {});
  ASSERT_TRUE(comparator.ok());
  Step(**comparator, {1, 2, 3});
  const std::string json = (*comparator)->report().ToJson();
  EXPECT_NE(json.find(R"({"samples":1,"outputs":[{"name":"out","op":"RELU","sqnr_db":300,)"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("top1_agreement":1)"), std::string::npos);
}

}  // namespace
}  // namespace octolite
