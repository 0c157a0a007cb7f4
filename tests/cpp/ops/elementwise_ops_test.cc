// What the goldens cannot show of the operators that work element by element: what they refuse, and
// answers where LiteRT's own depend on the machine.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerTensor;

using Ints = std::vector<int32_t>;

OneOp Integers(BuiltinOp kind, const Ints& a, const Ints& b) {
  OneOp op(kind);
  op.Input<int32_t>({static_cast<int32_t>(a.size())}, a)
      .Input<int32_t>({static_cast<int32_t>(b.size())}, b)
      .Output(DataType::kInt32);
  return op;
}

TEST(Division, RefusesZeros) {
  for (const BuiltinOp kind : {BuiltinOp::kDiv, BuiltinOp::kFloorDiv, BuiltinOp::kFloorMod}) {
    const Status status = Integers(kind, {1, 2}, {3, 0}).Refusal();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("division by zero"), std::string::npos);
  }
  OneOp quantized(BuiltinOp::kDiv);
  quantized.Input<int8_t>({1}, {1}, PerTensor(1))
      .Input<int8_t>({1}, {5}, PerTensor(1, 5))
      .Output(DataType::kInt8, PerTensor(1));
  EXPECT_EQ(quantized.Refusal().code(), StatusCode::kInvalidArgument);
}

TEST(Division, TheOneQuotientThatDoesNotFitWraps) {
  EXPECT_EQ(Integers(BuiltinOp::kDiv, {INT32_MIN}, {-1}).Value().as<int32_t>(), (Ints{INT32_MIN}));
  EXPECT_EQ(Integers(BuiltinOp::kFloorDiv, {INT32_MIN}, {-1}).Value().as<int32_t>(),
            (Ints{INT32_MIN}));
  EXPECT_EQ(Integers(BuiltinOp::kFloorMod, {INT32_MIN}, {-1}).Value().as<int32_t>(), (Ints{0}));
}

TEST(Division, SmallQuotientsOfQuantizedNumbersVanish) {
  OneOp op(BuiltinOp::kDiv);
  op.Input<int8_t>({2}, {-1, 1}, PerTensor(0.01f))
      .Input<int8_t>({2}, {127, 127}, PerTensor(1))
      .Output(DataType::kInt8, PerTensor(4, 7));
  EXPECT_EQ(op.Int8s(), (std::vector<int8_t>{7, 7}));
}

TEST(Pow, IntegersTakeNoNegativeExponentAndWrap) {
  EXPECT_EQ(Integers(BuiltinOp::kPow, {2}, {-1}).Refusal().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Integers(BuiltinOp::kPow, {3, 2}, {INT32_MAX, 31}).Value().as<int32_t>()[1], INT32_MIN);
}

TEST(Integers, OverflowWraps) {
  OneOp negate(BuiltinOp::kNeg);
  negate.Input<int32_t>({1}, {INT32_MIN}).Output(DataType::kInt32);
  EXPECT_EQ(negate.Value().as<int32_t>(), (Ints{INT32_MIN}));
  OneOp absolute(BuiltinOp::kAbs);
  absolute.Input<int32_t>({1}, {INT32_MIN}).Output(DataType::kInt32);
  EXPECT_EQ(absolute.Value().as<int32_t>(), (Ints{INT32_MIN}));
  EXPECT_EQ(Integers(BuiltinOp::kSquaredDifference, {INT32_MIN}, {1}).Value().as<int32_t>(),
            (Ints{1}));
  EXPECT_EQ(Integers(BuiltinOp::kStablehloShiftLeft, {1, 1, 1}, {31, 32, -1}).Value().as<int32_t>(),
            (Ints{INT32_MIN, 0, 0}));
}

TEST(Roots, RefuseNegativeQuantizedNumbers) {
  for (const BuiltinOp kind : {BuiltinOp::kSqrt, BuiltinOp::kRsqrt}) {
    OneOp op(kind);
    op.Input<int8_t>({2}, {4, -11}, PerTensor(1, -10)).Output(DataType::kInt8, PerTensor(1));
    EXPECT_EQ(op.Refusal().code(), StatusCode::kInvalidArgument);
  }
}

TEST(Comparisons, Refusals) {
  OneOp types(BuiltinOp::kLess);
  types.Input<float>({1}, {1}).Input<int32_t>({1}, {1}).Output(DataType::kBool);
  ExpectRefusal(types, StatusCode::kInvalidModel, "is int32 where float32 is needed");
  OneOp strings(BuiltinOp::kLess);
  strings.Input(DataType::kBool, {1}, {1}).Input(DataType::kBool, {1}, {1}).Output(DataType::kBool);
  ExpectRefusal(strings, StatusCode::kUnsupportedOperator, "bool");
  OneOp output(BuiltinOp::kEqual);
  output.Input<float>({1}, {1}).Input<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(output, StatusCode::kInvalidModel, "bool is needed");
}

TEST(Comparisons, AnyByteButZeroIsTrue) {
  OneOp op(BuiltinOp::kEqual);
  op.Input(DataType::kBool, {3}, {2, 0, 255})
      .Input(DataType::kBool, {3}, {1, 0, 0})
      .Output(DataType::kBool);
  EXPECT_EQ(op.Value().as<uint8_t>(), (std::vector<uint8_t>{1, 1, 0}));
}

TEST(Select, Refusals) {
  OneOp rows(BuiltinOp::kSelect);
  rows.Input(DataType::kBool, {3}, {1, 0, 1})
      .Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
      .Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
      .Output(DataType::kFloat32);
  ExpectRefusal(rows, StatusCode::kShapeMismatch, "by [3]");
  OneOp condition(BuiltinOp::kSelectV2);
  condition.Input<int32_t>({1}, {1}).Input<float>({1}, {1}).Input<float>({1}, {1}).Output(
      DataType::kFloat32);
  ExpectRefusal(condition, StatusCode::kInvalidModel, "bool is needed");
}

TEST(SameShapes, AreNeeded) {
  for (const BuiltinOp kind : {BuiltinOp::kAtan2, BuiltinOp::kStablehloAdd}) {
    OneOp op(kind);
    op.Input<float>({2}, {1, 2}).Input<float>({1}, {1}).Output(DataType::kFloat32);
    ExpectRefusal(op, StatusCode::kShapeMismatch, "one shape");
  }
  OneOp add_n(BuiltinOp::kAddN);
  add_n.Input<float>({2}, {1, 2}).Input<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(add_n, StatusCode::kShapeMismatch, "where the first is [2]");
}

TEST(Cast, Refusals) {
  OneOp packed(BuiltinOp::kCast);
  packed.Constant(DataType::kInt4, {2}, {0x21}).Output(DataType::kInt8);
  ExpectRefusal(packed, StatusCode::kUnsupportedOperator, "int8");
}

TEST(Normalizations, Refusals) {
  OneOp scale(BuiltinOp::kL2Normalization);
  scale.Input<int8_t>({1}, {1}, PerTensor(1)).Output(DataType::kInt8, PerTensor(1));
  ExpectRefusal(scale, StatusCode::kInvalidModel, "1/128");
  OneOp log_scale(BuiltinOp::kLogSoftmax);
  log_scale.Input<int8_t>({1}, {1}, PerTensor(1)).Output(DataType::kInt8, PerTensor(1));
  ExpectRefusal(log_scale, StatusCode::kInvalidModel, "1/16");
  OneOp radius(BuiltinOp::kLocalResponseNormalization, {{"radius", int64_t{-1}}});
  radius.Input<float>({1, 1, 1, 1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(radius, StatusCode::kInvalidModel, "negative radius");
}

TEST(Int16, TablesNeedTheirOutputScale) {
  for (const BuiltinOp kind : {BuiltinOp::kLogistic, BuiltinOp::kTanh}) {
    OneOp op(kind);
    op.Input<int16_t>({1}, {1}, PerTensor(0.1f)).Output(DataType::kInt16, PerTensor(0.1f));
    ExpectRefusal(op, StatusCode::kInvalidModel, "1/32768");
  }
}

TEST(Int16, LargestScalesDoNotOverflow) {
  for (const BuiltinOp kind : {BuiltinOp::kLogistic, BuiltinOp::kTanh}) {
    OneOp op(kind);
    op.Input<int16_t>({2}, {INT16_MAX, INT16_MIN}, PerTensor(1e30f))
        .Output(DataType::kInt16, PerTensor(1.0f / 32768));
    EXPECT_GE(op.Value().as<int16_t>()[0], 32766);
  }
}

}  // namespace
}  // namespace octolite
