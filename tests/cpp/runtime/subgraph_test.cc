// Calls of subgraphs, variables and other state, through the operators that use them.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "runtime/interpreter.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

std::unique_ptr<Interpreter> Make(const ModelBuilder& builder, const PlanOptions& options = {}) {
  auto plan = Plan::Compile(std::make_shared<const Model>(builder.Build()), options);
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  auto interpreter = Interpreter::Create(*plan);
  EXPECT_TRUE(interpreter.ok());
  return std::move(interpreter).value();
}

void Set(Interpreter& interpreter, int input, float value) {
  std::memcpy(interpreter.input(input).data, &value, sizeof(value));
}

float Get(const Interpreter& interpreter, int output) {
  float value = 0;
  std::memcpy(&value, interpreter.output(output).data, sizeof(value));
  return value;
}

// condition(x) copies a bool of the caller; body(x) = x + x. `condition` is true while x < 100, by
// means of a custom operator, so that no other operator is needed.
Result<std::unique_ptr<OpKernel>> PrepareBelow100(PrepareContext& ctx) {
  ctx.SetOutputShape(0, Shape({1}));
  return MakeKernel([](EvalContext& eval) {
    *eval.output<bool>(0) = *eval.input<float>(0) < 100;
    return Status::Ok();
  });
}

const OpDef kBelow100 = {
    .op = BuiltinOp::kCustom, .prepare = PrepareBelow100, .pure = false, .custom_code = "Below100"};

PlanOptions WithBelow100() {
  PlanOptions options;
  options.custom_ops = {&kBelow100};
  return options;
}

// y = while (x < 100) x += x
ModelBuilder DoubleUntil100() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kWhile, {x}, {y},
                {{"cond_subgraph_index", 1}, {"body_subgraph_index", 2}});
  builder.Inputs({x}).Outputs({y});
  builder.AddSubgraph("condition");
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, {1});
  const int32_t below = builder.AddTensor("below", DataType::kBool, {1});
  builder.AddCustomOp("Below100", {a}, {below});
  builder.Inputs({a}).Outputs({below});
  builder.AddSubgraph("body");
  const int32_t b = builder.AddTensor("b", DataType::kFloat32, {1});
  const int32_t twice = builder.AddTensor("twice", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kAdd, {b, b}, {twice});
  builder.Inputs({b}).Outputs({twice});
  return builder;
}

TEST(While, RunsItsBodyWhileTheConditionHolds) {
  const auto interpreter = Make(DoubleUntil100(), WithBelow100());
  for (const auto& [from, to] : {std::pair{3.0f, 192.0f}, {100.0f, 100.0f}, {99.0f, 198.0f}}) {
    Set(*interpreter, 0, from);
    ASSERT_TRUE(interpreter->Invoke().ok());
    EXPECT_EQ(Get(*interpreter, 0), to);
  }
}

TEST(While, CanBeCancelled) {
  const auto interpreter = Make(DoubleUntil100(), WithBelow100());
  Set(*interpreter, 0, 0);  // 0 doubles to 0 for ever
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(interpreter->Invoke(nullptr, &cancel).code(), StatusCode::kCancelled);
}

TEST(Plan, OperatorsOfCalledSubgraphsAreCheckedAtOnce) {
  const Status status =
      Plan::Compile(std::make_shared<const Model>(DoubleUntil100().Build()), {}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupportedOperator);
  EXPECT_NE(status.message().find("'Below100' (operator 0 of subgraph 1)"), std::string::npos);
}

// y = c ? x + x : x - x
TEST(If, RunsOneBranch) {
  ModelBuilder builder;
  const int32_t c = builder.AddTensor("c", DataType::kBool, {1});
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kIf, {c, x}, {y},
                {{"then_subgraph_index", 1}, {"else_subgraph_index", 2}});
  builder.Inputs({c, x}).Outputs({y});
  for (const BuiltinOp op : {BuiltinOp::kAdd, BuiltinOp::kSub}) {
    builder.AddSubgraph("branch");
    const int32_t a = builder.AddTensor("a", DataType::kFloat32, {1});
    const int32_t b = builder.AddTensor("b", DataType::kFloat32, {1});
    builder.AddOp(op, {a, a}, {b});
    builder.Inputs({a}).Outputs({b});
  }
  const auto interpreter = Make(builder);
  Set(*interpreter, 1, 21);
  *interpreter->input(0).data = 1;
  ASSERT_TRUE(interpreter->Invoke().ok());
  EXPECT_EQ(Get(*interpreter, 0), 42);
  *interpreter->input(0).data = 0;
  ASSERT_TRUE(interpreter->Invoke().ok());
  EXPECT_EQ(Get(*interpreter, 0), 0);
}

TEST(If, ASubgraphThatCallsItselfIsRefused) {
  ModelBuilder builder;
  const int32_t c = builder.AddTensor("c", DataType::kBool, {1});
  const int32_t y = builder.AddTensor("y", DataType::kBool, {1});
  builder.AddOp(BuiltinOp::kIf, {c, c}, {y},
                {{"then_subgraph_index", 1}, {"else_subgraph_index", 1}});
  builder.Inputs({c}).Outputs({y});
  builder.AddSubgraph("again");
  const int32_t d = builder.AddTensor("d", DataType::kBool, {1});
  const int32_t z = builder.AddTensor("z", DataType::kBool, {1});
  builder.AddOp(BuiltinOp::kIf, {d, d}, {z},
                {{"then_subgraph_index", 1}, {"else_subgraph_index", 1}});
  builder.Inputs({d}).Outputs({z});
  EXPECT_EQ(Make(builder)->Invoke().code(), StatusCode::kUnsupportedModel);
}

// total += x, kept in a variable that a subgraph sets to 10 before anything else.
ModelBuilder Accumulator() {
  ModelBuilder builder;
  const ModelBuilder::Fields variable = {{"container", std::string()},
                                         {"shared_name", std::string("total")}};
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t handle = builder.AddTensor("handle", DataType::kResource, {1});
  const int32_t before = builder.AddTensor("before", DataType::kFloat32, {1});
  const int32_t after = builder.AddTensor("after", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kCallOnce, {}, {}, {{"init_subgraph_index", 1}});
  builder.AddOp(BuiltinOp::kVarHandle, {}, {handle}, variable);
  builder.AddOp(BuiltinOp::kReadVariable, {handle}, {before});
  builder.AddOp(BuiltinOp::kAdd, {before, x}, {after});
  builder.AddOp(BuiltinOp::kAssignVariable, {handle, after}, {});
  builder.Inputs({x}).Outputs({after});
  builder.AddSubgraph("initialize");
  const int32_t same = builder.AddTensor("handle", DataType::kResource, {1});
  const int32_t ten = builder.AddConstant<float>("ten", {1}, {10});
  builder.AddOp(BuiltinOp::kVarHandle, {}, {same}, variable);
  builder.AddOp(BuiltinOp::kAssignVariable, {same, ten}, {});
  builder.Inputs({}).Outputs({});
  return builder;
}

TEST(Variables, KeepTheirValueBetweenRunsUntilReset) {
  const auto interpreter = Make(Accumulator());
  Set(*interpreter, 0, 1);
  for (const float total : {11.0f, 12.0f, 13.0f}) {
    ASSERT_TRUE(interpreter->Invoke().ok());
    EXPECT_EQ(Get(*interpreter, 0), total);
  }
  interpreter->ResetState();
  ASSERT_TRUE(interpreter->Invoke().ok());
  EXPECT_EQ(Get(*interpreter, 0), 11);
}

TEST(Variables, BelongToOneInterpreter) {
  auto plan = Plan::Compile(std::make_shared<const Model>(Accumulator().Build()), {});
  ASSERT_TRUE(plan.ok());
  const auto a = std::move(Interpreter::Create(*plan)).value();
  const auto b = std::move(Interpreter::Create(*plan)).value();
  ASSERT_TRUE(a->Invoke().ok());
  Set(*a, 0, 5);
  ASSERT_TRUE(a->Invoke().ok());
  ASSERT_TRUE(b->Invoke().ok());
  EXPECT_EQ(Get(*a, 0), 15);
  EXPECT_EQ(Get(*b, 0), 10);
}

// Two signatures of one model: the first adds to the total, the second reads it. Both may be the
// first to run, so both have it set to 10 before.
TEST(Variables, AreSharedByInterpretersOfSeveralSubgraphs) {
  ModelBuilder builder = Accumulator();
  const ModelBuilder::Fields variable = {{"container", std::string()},
                                         {"shared_name", std::string("total")}};
  const int32_t read = builder.AddSubgraph("read");
  const int32_t handle = builder.AddTensor("handle", DataType::kResource, {1});
  const int32_t total = builder.AddTensor("total", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kCallOnce, {}, {}, {{"init_subgraph_index", 1}});
  builder.AddOp(BuiltinOp::kVarHandle, {}, {handle}, variable);
  builder.AddOp(BuiltinOp::kReadVariable, {handle}, {total});
  builder.Inputs({}).Outputs({total});
  const auto model = std::make_shared<const Model>(builder.Build());
  const auto shared = Interpreter::NewShared();
  const auto make = [&](int32_t subgraph) {
    PlanOptions options;
    options.subgraph = subgraph;
    auto plan = Plan::Compile(model, options);
    EXPECT_TRUE(plan.ok()) << plan.status().ToString();
    return std::move(Interpreter::Create(*plan, shared)).value();
  };
  const auto adder = make(0);
  const auto reader = make(read);
  Set(*adder, 0, 5);
  ASSERT_TRUE(adder->Invoke().ok());
  EXPECT_EQ(Get(*adder, 0), 15);
  // The second CALL_ONCE of the same subgraph does not set it again.
  ASSERT_TRUE(reader->Invoke().ok());
  EXPECT_EQ(Get(*reader, 0), 15);
  ASSERT_TRUE(adder->Invoke().ok());
  ASSERT_TRUE(reader->Invoke().ok());
  EXPECT_EQ(Get(*reader, 0), 20);
  adder->ResetState();
  ASSERT_TRUE(reader->Invoke().ok());
  EXPECT_EQ(Get(*reader, 0), 10);
}

// A variable tensor: the operator changes it through its input.
Result<std::unique_ptr<OpKernel>> PrepareCount(PrepareContext& ctx) {
  ctx.SetOutputShape(0, Shape({1}));
  return MakeKernel([](EvalContext& eval) {
    *eval.output<float>(0) = ++*eval.variable<float>(0);
    return Status::Ok();
  });
}

TEST(Variables, VariableTensorsStartAtZeroAndKeep) {
  static const OpDef kCount = {
      .op = BuiltinOp::kCustom, .prepare = PrepareCount, .pure = false, .custom_code = "Count"};
  ModelBuilder builder;
  const int32_t state = builder.AddTensor("state", DataType::kFloat32, {1});
  builder.tensor(state).is_variable = true;
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddCustomOp("Count", {state}, {y});
  builder.Inputs({}).Outputs({y});
  PlanOptions options;
  options.custom_ops = {&kCount};
  const auto interpreter = Make(builder, options);
  ASSERT_TRUE(interpreter->Invoke().ok());
  ASSERT_TRUE(interpreter->Invoke().ok());
  EXPECT_EQ(Get(*interpreter, 0), 2);
  interpreter->ResetState();
  ASSERT_TRUE(interpreter->Invoke().ok());
  EXPECT_EQ(Get(*interpreter, 0), 1);
}

}  // namespace
}  // namespace octolite
