// Reductions, searches, segments and detection: what they refuse, and what depends on the data.

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerTensor;

using Ints = std::vector<int32_t>;

OneOp Reduction(BuiltinOp kind, std::vector<int32_t> shape, const std::vector<float>& values,
                const Ints& axes) {
  OneOp op(kind);
  op.Input<float>(std::move(shape), values);
  op.Input<int32_t>({static_cast<int32_t>(axes.size())}, axes);
  op.Output(DataType::kFloat32);
  return op;
}

TEST(Reductions, RefuseAxesThatAreNotThere) {
  for (const BuiltinOp kind :
       {BuiltinOp::kSum, BuiltinOp::kMean, BuiltinOp::kReduceMax, BuiltinOp::kReduceProd}) {
    EXPECT_EQ(Reduction(kind, {2, 1}, {1, 2}, {-2}).Floats().size(), 1u);
    ExpectRefusal(Reduction(kind, {2, 1}, {1, 2}, {2}), StatusCode::kInvalidModel,
                  "axis 2 is not a dimension of [2,1]");
  }
}

TEST(Reductions, RefuseTypesAndScalesThatKernelsDoNotTake) {
  OneOp any(BuiltinOp::kReduceAny);
  any.Input<float>({2}, {1, 0}).Constant<int32_t>({1}, {0}).Output(DataType::kFloat32);
  ExpectRefusal(any, StatusCode::kUnsupportedOperator, "float32");

  OneOp max(BuiltinOp::kReduceMax);
  max.Input<int8_t>({2}, {1, 0}, PerTensor(0.5f)).Constant<int32_t>({1}, {0});
  max.Output(DataType::kInt8, PerTensor(0.25f));
  ExpectRefusal(max, StatusCode::kInvalidModel, "scale and zero point of the input");

  // 2^8 for each factor: beyond what the product's multiplier can say.
  OneOp prod(BuiltinOp::kReduceProd);
  prod.Input<int8_t>({2}, {1, 2}, PerTensor(256.0f)).Constant<int32_t>({1}, {0});
  prod.Output(DataType::kInt8, PerTensor(1.0f));
  ExpectRefusal(prod, StatusCode::kUnsupportedOperator, "too large a scale");
}

TEST(ArgMax, RefusesAnAxisWithoutElements) {
  OneOp op(BuiltinOp::kArgMax);
  op.Input<float>({2, 0}, {}).Constant<int32_t>({}, {1}).Output(DataType::kInt32);
  ExpectRefusal(op, StatusCode::kInvalidModel, "without elements");
}

TEST(TopK, RefusesMoreThanARowHas) {
  for (const int32_t k : {4, std::numeric_limits<int32_t>::max()}) {
    OneOp op(BuiltinOp::kTopkV2);
    op.Input<float>({2, 3}, {1, 2, 3, 4, 5, 6}).Input<int32_t>({}, {k});
    op.Output(DataType::kFloat32).Output(DataType::kInt32);
    ExpectRefusal(op, StatusCode::kInvalidModel, "in rows of 3");
  }
}

TEST(Bucketize, RefusesBoundariesInDisorder) {
  OneOp op(BuiltinOp::kBucketize, {{"boundaries", std::vector<double>{1, 0}}});
  op.Input<float>({1}, {0}).Output(DataType::kInt32);
  ExpectRefusal(op, StatusCode::kInvalidModel, "increasing");
}

OneOp Segments(const Ints& ids) {
  OneOp op(BuiltinOp::kSegmentSum);
  op.Input<float>({static_cast<int32_t>(ids.size())}, std::vector<float>(ids.size(), 1.0f));
  op.Input<int32_t>({static_cast<int32_t>(ids.size())}, ids);
  op.Output(DataType::kFloat32);
  return op;
}

TEST(SegmentSum, RefusesIdsThatDoNotRiseByOne) {
  EXPECT_EQ(Segments({0, 1, 1}).Floats(), (std::vector<float>{1, 2}));
  EXPECT_EQ(Segments({}).Value().shape.ToString(), "[0]");
  for (const Ints& ids :
       {Ints{1, 2}, Ints{0, 2}, Ints{0, 1, 0}, Ints{0, std::numeric_limits<int32_t>::min()}}) {
    ExpectRefusal(Segments(ids), StatusCode::kInvalidArgument, "rise by at most 1");
  }
}

OneOp UnsortedSegments(const Ints& ids, int32_t segments) {
  OneOp op(BuiltinOp::kUnsortedSegmentMax);
  op.Input<float>({2}, {1, 2}).Input<int32_t>({static_cast<int32_t>(ids.size())}, ids);
  op.Input<int32_t>({}, {segments});
  op.Output(DataType::kFloat32);
  return op;
}

TEST(UnsortedSegments, RefuseIdsAndCountsOutOfRange) {
  EXPECT_EQ(UnsortedSegments({1, -7}, 2).Floats()[1], 1.0f);
  ExpectRefusal(UnsortedSegments({0, 2}, 2), StatusCode::kInvalidArgument, "segment id 2 of 2");
  ExpectRefusal(UnsortedSegments({0, 0}, -1), StatusCode::kInvalidModel, "-1 segments");
  ExpectRefusal(UnsortedSegments({0, 0, 0}, 1), StatusCode::kShapeMismatch, "begins with");
}

OneOp Suppression(int32_t most, float sigma) {
  OneOp op(BuiltinOp::kNonMaxSuppressionV5);
  op.Input<float>({1, 4}, {0, 0, 1, 1}).Input<float>({1}, {0.5f}).Input<int32_t>({}, {most});
  op.Input<float>({}, {0.5f}).Input<float>({}, {0.0f}).Input<float>({}, {sigma});
  op.Output(DataType::kInt32).Output(DataType::kFloat32).Output(DataType::kInt32);
  return op;
}

TEST(NonMaxSuppression, RefusesNegativeNumbers) {
  EXPECT_TRUE(Suppression(3, 0.5f).Run().ok());
  ExpectRefusal(Suppression(-1, 0.5f), StatusCode::kInvalidModel, "at most -1 boxes");
  ExpectRefusal(Suppression(3, -0.5f), StatusCode::kInvalidArgument, "sigma");
}

OneOp Window(std::vector<int64_t> window, std::vector<int64_t> stride) {
  OneOp op(BuiltinOp::kReduceWindow, {{"reduce_function", int64_t{1}}});
  op.Input<float>({4}, {1, 2, 3, 4}).Input<float>({}, {0});
  op.Constant<int64_t>({1}, window).Constant<int64_t>({1}, stride).Constant<int64_t>({1}, {1});
  op.Output(DataType::kFloat32);
  return op;
}

TEST(ReduceWindow, TakesWindowsThatDoNotFitAsNone) {
  EXPECT_EQ(Window({3}, {1}).Floats(), (std::vector<float>{6, 9}));
  EXPECT_EQ(Window({5}, {1}).Value().shape.ToString(), "[0]");
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  for (const int64_t wrong : {int64_t{0}, int64_t{-1}, kHuge}) {
    ExpectRefusal(Window({wrong}, {1}), StatusCode::kInvalidModel, "do not fit [4]");
    ExpectRefusal(Window({1}, {wrong}), StatusCode::kInvalidModel, "do not fit [4]");
  }
}

TEST(ReduceWindow, RefusesWorkWithoutEnd) {
  // 2^19 windows of 2^19 elements.
  constexpr int32_t kCount = 1 << 20;
  OneOp op(BuiltinOp::kReduceWindow, {{"reduce_function", int64_t{1}}});
  op.Input<int8_t>({kCount}, std::vector<int8_t>(kCount)).Input<int8_t>({}, {0});
  op.Constant<int64_t>({1}, {kCount / 2}).Constant<int64_t>({1}, {1}).Constant<int64_t>({1}, {1});
  op.Output(DataType::kInt8);
  ExpectRefusal(op, StatusCode::kInvalidModel, "do not fit");
}

TEST(Rfft2d, RefusesLengthsThatAreNotPowersOfTwo) {
  for (const Ints& lengths : {Ints{2, 3}, Ints{0, 4}, Ints{-4, 4}, Ints{1 << 30, 1 << 30}}) {
    OneOp op(BuiltinOp::kRfft2d);
    op.Input<float>({2, 2}, {1, 2, 3, 4}).Input<int32_t>({2}, lengths);
    op.Output(DataType::kComplex64);
    EXPECT_EQ(op.Refusal().code(), StatusCode::kInvalidModel);
  }
}

TEST(Random, RefusesShapesThatNoTensorHas) {
  for (const Ints& shape : {Ints{-1}, Ints{1 << 20, 1 << 20}}) {
    OneOp op(BuiltinOp::kRandomUniform);
    op.Input<int32_t>({static_cast<int32_t>(shape.size())}, shape).Output(DataType::kFloat32);
    ExpectRefusal(op, StatusCode::kInvalidModel, "makes a shape");
  }
}

}  // namespace
}  // namespace octolite
