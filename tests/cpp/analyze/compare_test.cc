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

// y = relu(x); out = y + c, int8 inside, float at the edges.
std::shared_ptr<const Model> Int8Chain(float inner_scale, float c) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 3});
  const int32_t q = builder.AddTensor("x_q", DataType::kInt8, {1, 3}, PerTensor(inner_scale));
  const int32_t y = builder.AddTensor("y", DataType::kInt8, {1, 3}, PerTensor(inner_scale));
  const int32_t f = builder.AddTensor("y_float", DataType::kFloat32, {1, 3});
  const int32_t k = builder.AddConstant<float>("c", {1, 3}, {c, c, c});
  const int32_t out = builder.AddTensor("out", DataType::kFloat32, {1, 3});
  builder.AddOp(BuiltinOp::kQuantize, {x}, {q});
  builder.AddOp(BuiltinOp::kRelu, {q}, {y}, {}, 2);
  builder.AddOp(BuiltinOp::kDequantize, {y}, {f}, {}, 2);
  builder.AddOp(BuiltinOp::kAdd, {f, k}, {out});
  return std::make_shared<const Model>(builder.Inputs({x}).Outputs({out}).Build());
}

std::shared_ptr<const Model> FloatChain(float c) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 3});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 3});
  const int32_t k = builder.AddConstant<float>("c", {1, 3}, {c, c, c});
  const int32_t out = builder.AddTensor("out", DataType::kFloat32, {1, 3});
  builder.AddOp(BuiltinOp::kRelu, {x}, {y});
  builder.AddOp(BuiltinOp::kAdd, {y, k}, {out});
  return std::make_shared<const Model>(builder.Inputs({x}).Outputs({out}).Build());
}

TEST(ModelComparatorTest, LayersHaveTypeRangeAndWhatTheyAddThemselves) {
  CompareOptions options;
  options.per_layer = true;
  // Of 0, 2.4 and 300, the second is rounded to 2 and the third clipped to 127.
  auto comparator = ModelComparator::Create(FloatChain(1), Int8Chain(1, 1.25f), options);
  ASSERT_TRUE(comparator.ok()) << comparator.status().ToString();
  Step(**comparator, {0, 2.4f, 300});
  const CompareReport report = (*comparator)->report();
  ASSERT_EQ(report.layers.size(), 2u);
  const TensorComparison& inner = report.layers[0];
  EXPECT_EQ(inner.type, DataType::kInt8);
  EXPECT_EQ(inner.scale, 1);
  EXPECT_EQ(inner.zero_point, 0);
  EXPECT_EQ(inner.op_index, 0);
  EXPECT_NEAR(inner.clipped, 1.0 / 3, 1e-12);
  EXPECT_GT(inner.kl_divergence, 0);
  EXPECT_DOUBLE_EQ(inner.error.max_abs_error, 173);
  const TensorComparison& sum = report.layers[1];
  EXPECT_EQ(sum.type, DataType::kFloat32);
  EXPECT_EQ(sum.scale, 0);
  EXPECT_EQ(sum.clipped, 0);
  // The whole error comes from before; by itself it adds 0.25, and what rounding its input does,
  // which was set to the nearest int8 to the reference's.
  EXPECT_NEAR(sum.error.max_abs_error, 172.75, 1e-4);
  ASSERT_TRUE(sum.local_error);
  EXPECT_EQ(sum.local_error->count, 3u);
  EXPECT_NEAR(inner.local_share + sum.local_share, 1, 1e-12);
  EXPECT_FALSE(report.outputs[0].local_error);
}

TEST(ModelComparatorTest, LocalErrorsDoNotTravel) {
  CompareOptions options;
  options.per_layer = true;
  // The inner tensor is wrong by 1, the operator behind it is right.
  auto comparator = ModelComparator::Create(FloatModel(1), FloatModel(2), options);
  ASSERT_TRUE(comparator.ok());
  Step(**comparator, {1, 2, 3});
  const CompareReport report = (*comparator)->report();
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_DOUBLE_EQ(report.layers[0].local_error->max_abs_error, 1);
  EXPECT_DOUBLE_EQ(report.layers[1].error.max_abs_error, 1);
  EXPECT_EQ(report.layers[1].local_error->max_abs_error, 0);
  EXPECT_NEAR(report.layers[0].local_share, 1, 1e-12);
  EXPECT_NEAR(report.layers[1].local_share, 0, 1e-12);
  EXPECT_EQ(report.layers[0].weight_bytes_before, 12);
  EXPECT_EQ(report.layers[0].weight_bytes_after, 12);
  ASSERT_TRUE(report.layers[0].weight_error);
  EXPECT_DOUBLE_EQ(report.layers[0].weight_error->max_abs_error, 1);
  EXPECT_FALSE(report.layers[1].weight_error);
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
