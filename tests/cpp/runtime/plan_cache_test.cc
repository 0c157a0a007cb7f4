#include "runtime/plan_cache.h"

#include <gtest/gtest.h>

#include <memory>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

std::shared_ptr<const Model> Doubling() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 64});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 64});
  builder.AddOp(BuiltinOp::kAdd, {x, x}, {y});
  return std::make_shared<const Model>(builder.Inputs({x}).Outputs({y}).Build());
}

TEST(PlanCache, GivesTheSamePlanForTheSameOptions) {
  PlanCache cache(Doubling());
  const auto first = cache.Get({});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*cache.Get({}), *first);
  PlanOptions resized;
  resized.input_shapes = {Shape{2, 64}};
  const auto second = cache.Get(resized);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*cache.Get(resized), *second);
  EXPECT_EQ(*cache.Get({}), *first);
}

TEST(PlanCache, OtherOptionsMakeAnotherPlan) {
  PlanCache cache(Doubling());
  const auto plain = *cache.Get({});
  PlanOptions options;
  options.arithmetic = Arithmetic::kReference;
  EXPECT_NE(*cache.Get(options), plain);
  options = {};
  options.keep_all_tensors = true;
  EXPECT_NE(*cache.Get(options), plain);
  options = {};
  options.observed = true;
  EXPECT_NE(*cache.Get(options), plain);
  options = {};
  options.memory_limit = 1 << 20;
  EXPECT_NE(*cache.Get(options), plain);
}

TEST(PlanCache, NotWithCustomOperators) {
  PlanCache cache(Doubling());
  const OpDef custom = {.op = BuiltinOp::kCustom, .prepare = nullptr, .custom_code = "Own"};
  PlanOptions options;
  options.custom_ops = {&custom};
  const auto first = *cache.Get(options);
  EXPECT_NE(*cache.Get(options), first);
}

TEST(PlanCache, HoldsNoPlanAndNoRefusal) {
  PlanCache cache(Doubling());
  const std::weak_ptr<const Plan> plan = *cache.Get({});
  EXPECT_TRUE(plan.expired());
  PlanOptions options;
  options.memory_limit = 64;
  EXPECT_EQ(cache.Get(options).status().code(), StatusCode::kOutOfMemory);
  EXPECT_TRUE(cache.Get({}).ok());
}

}  // namespace
}  // namespace octolite
