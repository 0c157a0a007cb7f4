#include "runtime/interpreter.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

std::unique_ptr<Interpreter> Make(const ModelBuilder& builder) {
  auto plan = Plan::Compile(std::make_shared<const Model>(builder.Build()), {});
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  auto interpreter = Interpreter::Create(*plan);
  EXPECT_TRUE(interpreter.ok());
  return std::move(interpreter).value();
}

template <typename T>
std::span<const uint8_t> Bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)};
}

std::vector<float> Floats(const RuntimeTensor& tensor) {
  std::vector<float> values(tensor.bytes / sizeof(float));
  std::memcpy(values.data(), tensor.data, tensor.bytes);
  return values;
}

// y = reshape(x, shape) + 1, with the shape given while running.
ModelBuilder ReshapeByInput() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {6});
  const int32_t shape = builder.AddTensor("shape", DataType::kInt32, {2});
  const int32_t one = builder.AddConstant<float>("one", {1}, {1});
  const int32_t reshaped = builder.AddTensor("reshaped", DataType::kFloat32, {1, 1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 1});
  builder.AddOp(BuiltinOp::kReshape, {x, shape}, {reshaped});
  builder.AddOp(BuiltinOp::kAdd, {reshaped, one}, {y});
  builder.Inputs({x, shape}).Outputs({y});
  return builder;
}

TEST(Interpreter, ShapesThatDataDecidesFlowOn) {
  const auto interpreter = Make(ReshapeByInput());
  EXPECT_EQ(interpreter->output(0).data, nullptr);
  ASSERT_TRUE(interpreter->SetInput(0, Bytes<float>({0, 1, 2, 3, 4, 5})).ok());
  for (const auto& [rows, columns] : {std::pair{2, 3}, {2, 3}, {6, 1}, {1, 6}}) {
    ASSERT_TRUE(interpreter->SetInput(1, Bytes<int32_t>({rows, columns})).ok());
    ASSERT_TRUE(interpreter->Invoke().ok());
    EXPECT_EQ(interpreter->output(0).shape, Shape({rows, columns}));
    EXPECT_EQ(Floats(interpreter->output(0)), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  }
}

TEST(Interpreter, ARefusalWhileRunningIsLocatedAndLeavesItUsable) {
  const auto interpreter = Make(ReshapeByInput());
  ASSERT_TRUE(interpreter->SetInput(1, Bytes<int32_t>({4, 4})).ok());
  const Status status = interpreter->Invoke();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.where().op, 0);
  EXPECT_EQ(status.where().op_name, "RESHAPE");
  ASSERT_TRUE(interpreter->SetInput(1, Bytes<int32_t>({3, 2})).ok());
  EXPECT_TRUE(interpreter->Invoke().ok());
}

TEST(Interpreter, RefusesInputsOfTheWrongSize) {
  const auto interpreter = Make(ReshapeByInput());
  const Status status = interpreter->SetInput(0, Bytes<float>({1, 2}));
  EXPECT_EQ(status.code(), StatusCode::kShapeMismatch);
  EXPECT_EQ(status.where().tensor_name, "x");
  EXPECT_EQ(interpreter->SetInput(2, {}).code(), StatusCode::kInvalidArgument);
}

class CountingObserver final : public Interpreter::Observer {
 public:
  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    EXPECT_NE(interpreter.tensor(node.outputs[0]).data, nullptr);
    ++count;
    return count == stop_at ? Status(StatusCode::kCancelled, "stopped") : Status::Ok();
  }
  int count = 0;
  int stop_at = -1;
};

TEST(Interpreter, TheObserverSeesEveryOperatorAndCanStop) {
  const auto interpreter = Make(ReshapeByInput());
  ASSERT_TRUE(interpreter->SetInput(1, Bytes<int32_t>({3, 2})).ok());
  CountingObserver observer;
  ASSERT_TRUE(interpreter->Invoke(&observer).ok());
  EXPECT_EQ(observer.count, 2);
  observer.count = 0;
  observer.stop_at = 1;
  EXPECT_EQ(interpreter->Invoke(&observer).code(), StatusCode::kCancelled);
}

TEST(Interpreter, ProfilesByNode) {
  const auto interpreter = Make(ReshapeByInput());
  ASSERT_TRUE(interpreter->SetInput(1, Bytes<int32_t>({3, 2})).ok());
  interpreter->set_profiling(true);
  ASSERT_TRUE(interpreter->Invoke().ok());
  ASSERT_EQ(interpreter->node_milliseconds().size(), 2u);
  EXPECT_GT(interpreter->node_milliseconds()[0] + interpreter->node_milliseconds()[1], 0.0);
  interpreter->set_profiling(false);
  EXPECT_TRUE(interpreter->node_milliseconds().empty());
}

TEST(Interpreter, InterpretersOfOnePlanDoNotDisturbEachOther) {
  auto plan = Plan::Compile(std::make_shared<const Model>(ReshapeByInput().Build()), {});
  ASSERT_TRUE(plan.ok());
  const auto a = std::move(Interpreter::Create(*plan)).value();
  const auto b = std::move(Interpreter::Create(*plan)).value();
  ASSERT_TRUE(a->SetInput(1, Bytes<int32_t>({3, 2})).ok());
  ASSERT_TRUE(b->SetInput(1, Bytes<int32_t>({2, 3})).ok());
  ASSERT_TRUE(a->Invoke().ok());
  ASSERT_TRUE(b->Invoke().ok());
  EXPECT_EQ(a->output(0).shape, Shape({3, 2}));
  EXPECT_EQ(b->output(0).shape, Shape({2, 3}));
}

}  // namespace
}  // namespace octolite
