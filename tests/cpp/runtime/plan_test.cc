#include "runtime/plan.h"

#include <gtest/gtest.h>

#include <memory>

#include "runtime/interpreter.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

std::shared_ptr<const Model> Share(const ModelBuilder& builder) {
  return std::make_shared<const Model>(builder.Build());
}

Status CompileError(const ModelBuilder& builder, const PlanOptions& options = {}) {
  return Plan::Compile(Share(builder), options).status();
}

// y = x + x, `times` times over.
ModelBuilder ChainOfAdds(int times) {
  ModelBuilder builder;
  int32_t last = builder.AddTensor("x", DataType::kFloat32, {1, 64});
  builder.Inputs({last});
  for (int i = 0; i < times; ++i) {
    const int32_t next = builder.AddTensor("t" + std::to_string(i), DataType::kFloat32, {1, 64});
    builder.AddOp(BuiltinOp::kAdd, {last, last}, {next});
    last = next;
  }
  builder.Outputs({last});
  return builder;
}

TEST(Plan, ActivationsShareTheArena) {
  const auto plan = Plan::Compile(Share(ChainOfAdds(10)), {});
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  // The input stays, and every link of the chain writes over the one before.
  EXPECT_EQ((*plan)->arena_bytes(), 2 * 256u);
}

TEST(Plan, KeepAllTensorsGivesEachItsOwnMemory) {
  PlanOptions options;
  options.keep_all_tensors = true;
  const auto plan = Plan::Compile(Share(ChainOfAdds(10)), options);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ((*plan)->arena_bytes(), 11 * 256u);
}

TEST(Plan, InputShapesReplaceTheModels) {
  PlanOptions options;
  options.input_shapes = {Shape({3, 64})};
  const auto plan = Plan::Compile(Share(ChainOfAdds(2)), options);
  ASSERT_TRUE(plan.ok());
  const auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE(interpreter.ok());
  EXPECT_EQ((*interpreter)->output(0).shape, Shape({3, 64}));
}

TEST(Plan, NamesEveryOperatorThatCannotRunAtOnce) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1});
  builder.AddCustomOp("FlexErf", {x}, {y});
  builder.AddCustomOp("MyOwn", {y}, {z});
  builder.Inputs({x}).Outputs({z});
  const Status status = CompileError(builder);
  EXPECT_EQ(status.code(), StatusCode::kUnsupportedOperator);
  EXPECT_NE(status.message().find("'FlexErf' (operator 0)"), std::string::npos);
  EXPECT_NE(status.message().find("'MyOwn' (operator 1)"), std::string::npos);
  EXPECT_EQ(status.where().op, 0);
}

TEST(Plan, RefusesToReadWhatNothingWrites) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t loose = builder.AddTensor("loose", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kAdd, {x, loose}, {y});
  builder.Inputs({x}).Outputs({y});
  const Status status = CompileError(builder);
  EXPECT_EQ(status.code(), StatusCode::kInvalidModel);
  EXPECT_EQ(status.where().tensor, loose);
  EXPECT_EQ(status.where().op_name, "ADD");
}

TEST(Plan, RefusesToWriteATensorTwice) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.AddOp(BuiltinOp::kAdd, {x, x}, {y});
  builder.AddOp(BuiltinOp::kAdd, {x, x}, {y});
  builder.Inputs({x}).Outputs({y});
  const Status status = CompileError(builder);
  EXPECT_EQ(status.code(), StatusCode::kInvalidModel);
  EXPECT_EQ(status.where().op, 1);
}

TEST(Plan, RefusesOutputsThatNothingComputes) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1});
  builder.Inputs({x}).Outputs({y});
  EXPECT_EQ(CompileError(builder).where().tensor_name, "y");
}

TEST(Plan, RefusesMemoryBeyondTheLimitBeforeAllocatingIt) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {16384, 16384});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {16384, 16384});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {16384, 16384});
  builder.AddOp(BuiltinOp::kAdd, {x, x}, {y});
  builder.AddOp(BuiltinOp::kAdd, {x, y}, {z});
  builder.Inputs({x}).Outputs({y, z});
  EXPECT_EQ(CompileError(builder).code(), StatusCode::kOutOfMemory);
}

TEST(Plan, FoldsWhatDependsOnConstantsAlone) {
  ModelBuilder builder;
  const int32_t half =
      builder.AddConstantBytes("half", DataType::kFloat16, {2}, {0x00, 0x3C, 0x00, 0x40});  // 1, 2
  const int32_t whole = builder.AddTensor("whole", DataType::kFloat32, {2});
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  builder.AddOp(BuiltinOp::kDequantize, {half}, {whole});
  builder.AddOp(BuiltinOp::kAdd, {x, whole}, {y});
  builder.Inputs({x}).Outputs({y, whole});
  const auto plan = Plan::Compile(Share(builder), {});
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  EXPECT_EQ((*plan)->nodes().size(), 1u);
  auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE(interpreter.ok());
  auto* input = reinterpret_cast<float*>((*interpreter)->input(0).data);
  input[0] = 10;
  input[1] = 20;
  ASSERT_TRUE((*interpreter)->Invoke().ok());
  const auto* output = reinterpret_cast<const float*>((*interpreter)->output(0).data);
  EXPECT_EQ(output[0], 11);
  EXPECT_EQ(output[1], 22);
  EXPECT_EQ(reinterpret_cast<const float*>((*interpreter)->output(1).data)[1], 2);
}

TEST(Plan, ConstantsAreRealignedWhenTheFileIsNot) {
  // A slice that begins one byte into its owner cannot be read as floats where it lies.
  auto owner = std::make_shared<ByteVector>(1 + 8, uint8_t{0});
  const float values[2] = {3, 4};
  std::memcpy(owner->data() + 1, values, 8);
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t c = builder.AddConstant<float>("c", {2}, {0, 0});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  builder.AddOp(BuiltinOp::kAdd, {x, c}, {y});
  builder.Inputs({x}).Outputs({y});
  Model model = builder.Build();
  const uint32_t buffer = model.subgraphs[0].tensors[static_cast<size_t>(c)].buffer;
  model.buffers[buffer].data = ByteSlice(owner, std::span(*owner).subspan(1));
  const auto plan = Plan::Compile(std::make_shared<const Model>(std::move(model)), {});
  ASSERT_TRUE(plan.ok());
  EXPECT_GT((*plan)->owned_bytes(), 0u);
  auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE((*interpreter)->Invoke().ok());
  EXPECT_EQ(reinterpret_cast<const float*>((*interpreter)->output(0).data)[1], 4);
}

}  // namespace
}  // namespace octolite
