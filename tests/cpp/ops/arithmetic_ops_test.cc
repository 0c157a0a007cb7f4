// ADD, SUB, MUL, MAXIMUM, MINIMUM, PRELU, functions of one tensor, SOFTMAX, QUANTIZE, DEQUANTIZE.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerChannel;
using testing::PerTensor;

using Floats = std::vector<float>;

TEST(BinaryOps, BroadcastBothWays) {
  OneOp op(BuiltinOp::kAdd);
  op.Input<float>({2, 1}, {1, 2}).Constant<float>({3}, {10, 20, 30}).Output(DataType::kFloat32);
  const auto value = op.Value();
  EXPECT_EQ(value.shape, (Shape{2, 3}));
  EXPECT_EQ(value.as<float>(), (Floats{11, 21, 31, 12, 22, 32}));
}

TEST(BinaryOps, ScalarsAndEmptyTensors) {
  OneOp scalars(BuiltinOp::kSub);
  scalars.Input<float>({}, {5}).Input<float>({}, {3}).Output(DataType::kFloat32);
  EXPECT_EQ(scalars.Value().shape, Shape());
  EXPECT_EQ(scalars.Floats(), (Floats{2}));
  OneOp empty(BuiltinOp::kMul);
  empty.Input<float>({0, 3}, {}).Input<float>({3}, {1, 2, 3}).Output(DataType::kFloat32);
  EXPECT_EQ(empty.Value().shape, (Shape{0, 3}));
}

TEST(BinaryOps, EveryOperatorAndActivation) {
  const auto run = [](BuiltinOp kind, int64_t activation) {
    OneOp op(kind, {{"fused_activation_function", activation}});
    op.Input<float>({3}, {-2, 1, 4}).Input<float>({3}, {1, 3, 3}).Output(DataType::kFloat32);
    return op.Floats();
  };
  EXPECT_EQ(run(BuiltinOp::kAdd, 0), (Floats{-1, 4, 7}));
  EXPECT_EQ(run(BuiltinOp::kAdd, 1), (Floats{0, 4, 7}));
  EXPECT_EQ(run(BuiltinOp::kAdd, 3), (Floats{0, 4, 6}));
  EXPECT_EQ(run(BuiltinOp::kSub, 2), (Floats{-1, -1, 1}));
  EXPECT_EQ(run(BuiltinOp::kMul, 0), (Floats{-2, 3, 12}));
  OneOp maximum(BuiltinOp::kMaximum);
  maximum.Input<int32_t>({3}, {-2, 1, 4}).Input<int32_t>({}, {1}).Output(DataType::kInt32);
  EXPECT_EQ(maximum.Value().as<int32_t>(), (std::vector<int32_t>{1, 1, 4}));
  OneOp minimum(BuiltinOp::kMinimum);
  minimum.Input<int64_t>({3}, {-2, 1, 4}).Input<int64_t>({}, {1}).Output(DataType::kInt64);
  EXPECT_EQ(minimum.Value().as<int64_t>(), (std::vector<int64_t>{-2, 1, 1}));
}

TEST(BinaryOps, OutputHasTheTypeOfTheOperandsWhateverTheFileSays) {
  OneOp op(BuiltinOp::kAdd);
  op.Input<int32_t>({2}, {1, 2}).Input<int32_t>({}, {3}).Output(DataType::kFloat32);
  EXPECT_EQ(op.Value().as<int32_t>(), (std::vector<int32_t>{4, 5}));
}

TEST(BinaryOps, IntegersClampByTheirActivation) {
  OneOp op(BuiltinOp::kMul, {{"fused_activation_function", 3}});
  op.Input<int32_t>({3}, {-3, 2, 5}).Input<int32_t>({}, {2}).Output(DataType::kInt32);
  EXPECT_EQ(op.Value().as<int32_t>(), (std::vector<int32_t>{0, 4, 6}));
}

TEST(BinaryOps, Refusals) {
  OneOp shapes(BuiltinOp::kAdd);
  shapes.Input<float>({2}, {1, 2}).Input<float>({3}, {1, 2, 3}).Output(DataType::kFloat32);
  ExpectRefusal(shapes, StatusCode::kShapeMismatch, "[2] and [3]");
  OneOp types(BuiltinOp::kAdd);
  types.Input<float>({1}, {1}).Input<int32_t>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(types, StatusCode::kInvalidModel, "int32 where float32");
  OneOp unquantized(BuiltinOp::kMul);
  unquantized.Input<int8_t>({1}, {1}, PerTensor(1)).Input<int8_t>({1}, {1}).Output(DataType::kInt8);
  ExpectRefusal(unquantized, StatusCode::kInvalidModel, "exactly one scale");
  OneOp negative_scale(BuiltinOp::kMul);
  negative_scale.Input<int8_t>({1}, {1}, PerTensor(-1))
      .Input<int8_t>({1}, {1}, PerTensor(1))
      .Output(DataType::kInt8, PerTensor(1));
  ExpectRefusal(negative_scale, StatusCode::kInvalidModel, "not a positive number");
  OneOp zero_point(BuiltinOp::kSub);
  zero_point.Input<int8_t>({1}, {1}, PerTensor(1, 200))
      .Input<int8_t>({1}, {1}, PerTensor(1))
      .Output(DataType::kInt8, PerTensor(1));
  ExpectRefusal(zero_point, StatusCode::kInvalidModel, "zero point");
  OneOp one_input(BuiltinOp::kAdd);
  one_input.Input<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(one_input, StatusCode::kInvalidModel, "1 inputs");
  OneOp activation(BuiltinOp::kAdd, {{"fused_activation_function", 4}});
  activation.Input<float>({1}, {1}).Input<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(activation, StatusCode::kUnsupportedOperator, "TANH");
}

TEST(BinaryOps, QuantizedExtremesSaturate) {
  for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
    for (const float output_scale : {1e-4f, 1.0f, 1e4f}) {
      OneOp op(BuiltinOp::kAdd);
      op.Input<int8_t>({2}, {127, -128}, PerTensor(1, 0))
          .Input<int8_t>({2}, {127, -128}, PerTensor(0.5f, 0))
          .Output(DataType::kInt8, PerTensor(output_scale, 0));
      const auto out = op.Int8s(arithmetic);
      // 190.5 and -192: beyond the range, rounded, or less than a step.
      const float expected = 190.5f / output_scale;
      if (expected < 1) {
        EXPECT_EQ(out, (std::vector<int8_t>{0, 0}));
      } else if (output_scale == 1.0f) {
        EXPECT_EQ(out, (std::vector<int8_t>{127, -128}));
      }
    }
  }
}

TEST(Prelu, SlopesOfEachChannel) {
  OneOp op(BuiltinOp::kPrelu);
  op.Input<float>({2, 2}, {-2, -2, 3, -4})
      .Constant<float>({2}, {0.5f, 2})
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{-1, -4, 3, -8}));
}

TEST(Prelu, SlopesMustNotGrowTheInput) {
  OneOp op(BuiltinOp::kPrelu);
  op.Input<float>({2}, {1, 2})
      .Constant<float>({3, 2}, {1, 1, 1, 1, 1, 1})
      .Output(DataType::kFloat32);
  ExpectRefusal(op, StatusCode::kShapeMismatch, "do not broadcast to [2]");
}

TEST(UnaryOps, FloatFunctions) {
  const auto run = [](BuiltinOp kind, testing::ModelBuilder::Fields options = {}) {
    OneOp op(kind, std::move(options));
    op.Input<float>({2, 2}, {-4, -1, 1, 7}).Output(DataType::kFloat32);
    EXPECT_EQ(op.Value().shape, (Shape{2, 2}));
    return op.Floats();
  };
  EXPECT_EQ(run(BuiltinOp::kRelu), (Floats{0, 0, 1, 7}));
  EXPECT_EQ(run(BuiltinOp::kRelu6), (Floats{0, 0, 1, 6}));
  EXPECT_EQ(run(BuiltinOp::kLeakyRelu, {{"alpha", 0.5}}), (Floats{-2, -0.5f, 1, 7}));
  EXPECT_FLOAT_EQ(run(BuiltinOp::kLogistic)[3], 1 / (1 + std::exp(-7.0f)));
  EXPECT_FLOAT_EQ(run(BuiltinOp::kTanh)[2], std::tanh(1.0f));
  EXPECT_FLOAT_EQ(run(BuiltinOp::kHardSwish)[1], -1.0f / 3);
}

TEST(UnaryOps, Refusals) {
  for (const BuiltinOp kind : {BuiltinOp::kRelu, BuiltinOp::kTanh, BuiltinOp::kHardSwish}) {
    OneOp type(kind);
    type.Input<int32_t>({1}, {1}).Output(DataType::kInt32);
    ExpectRefusal(type, StatusCode::kUnsupportedOperator, "int32");
    OneOp quantization(kind);
    quantization.Input<int8_t>({1}, {1}, PerTensor(1)).Output(DataType::kInt8);
    ExpectRefusal(quantization, StatusCode::kInvalidModel, "exactly one scale");
    OneOp two_inputs(kind);
    two_inputs.Input<float>({1}, {1}).Input<float>({1}, {1}).Output(DataType::kFloat32);
    ExpectRefusal(two_inputs, StatusCode::kInvalidModel, "2 inputs");
  }
}

TEST(UnaryOps, AlphaMustBeFinite) {
  OneOp op(BuiltinOp::kLeakyRelu, {{"alpha", static_cast<double>(INFINITY)}});
  op.Input<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(op, StatusCode::kInvalidModel, "finite alpha");
}

TEST(Softmax, Refusals) {
  OneOp scalar(BuiltinOp::kSoftmax, {{"beta", 1.0}});
  scalar.Input<float>({}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(scalar, StatusCode::kInvalidModel, "one dimension");
  for (const double beta : {0.0, -1.0, static_cast<double>(NAN)}) {
    OneOp op(BuiltinOp::kSoftmax, {{"beta", beta}});
    op.Input<float>({1}, {1}).Output(DataType::kFloat32);
    ExpectRefusal(op, StatusCode::kInvalidModel, "positive beta");
  }
  OneOp scale(BuiltinOp::kSoftmax, {{"beta", 1.0}});
  scale.Input<int8_t>({1}, {1}, PerTensor(1)).Output(DataType::kInt8, PerTensor(0.1f, -128));
  ExpectRefusal(scale, StatusCode::kInvalidModel, "1/256");
}

TEST(Quantize, Refusals) {
  OneOp no_scale(BuiltinOp::kQuantize);
  no_scale.Input<float>({1}, {1}).Output(DataType::kInt8);
  ExpectRefusal(no_scale, StatusCode::kInvalidModel, "exactly one scale");
  OneOp type(BuiltinOp::kQuantize);
  type.Input<int64_t>({1}, {1}).Output(DataType::kInt8, PerTensor(1));
  ExpectRefusal(type, StatusCode::kUnsupportedOperator, "int64");
}

TEST(Dequantize, PerChannelAlongAnyDimension) {
  OneOp op(BuiltinOp::kDequantize);
  op.Input<int8_t>({2, 3, 2}, {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6},
                   PerChannel({1, 10, 100}, 1))
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{1, 2, 30, 40, 500, 600, -1, -2, -30, -40, -500, -600}));
}

TEST(Dequantize, Float16) {
  OneOp op(BuiltinOp::kDequantize);
  op.Constant(DataType::kFloat16, {3}, {0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00})
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{1, -2, 0x1p-24f}));
}

TEST(Dequantize, Refusals) {
  OneOp channels(BuiltinOp::kDequantize);
  channels.Input<int8_t>({2}, {1, 2}, PerChannel({1, 2, 3}, 0)).Output(DataType::kFloat32);
  EXPECT_NE(channels.Refusal().code(), StatusCode::kOk);
  OneOp axis(BuiltinOp::kDequantize);
  axis.Input<int8_t>({2}, {1, 2}, PerChannel({1, 2}, 4)).Output(DataType::kFloat32);
  EXPECT_NE(axis.Refusal().code(), StatusCode::kOk);
  OneOp output(BuiltinOp::kDequantize);
  output.Input<int8_t>({1}, {1}, PerTensor(1)).Output(DataType::kInt32);
  ExpectRefusal(output, StatusCode::kInvalidModel, "int32 where float32");
}

}  // namespace
}  // namespace octolite
