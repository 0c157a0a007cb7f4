// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED: small answers worked out by hand,
// and what they refuse. Arithmetic is held to LiteRT by golden_test.cc, SIMD to scalar by
// tests/cpp/kernels.

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerChannel;
using testing::PerTensor;

using Fields = testing::ModelBuilder::Fields;
using Floats = std::vector<float>;
using Int8s = std::vector<int8_t>;
using Dims = std::vector<int32_t>;

Fields Window(int64_t padding, int64_t stride, int64_t activation = 0, int64_t dilation = 1) {
  return {{"padding", padding},
          {"stride_w", stride},
          {"stride_h", stride},
          {"fused_activation_function", activation},
          {"dilation_w_factor", dilation},
          {"dilation_h_factor", dilation}};
}
constexpr int64_t kSame = 0;
constexpr int64_t kValid = 1;

// CONV_2D of a float image by a float window of ones.
OneOp Ones(Dims image, const Floats& values, Dims window, Fields options) {
  OneOp op(BuiltinOp::kConv2D, std::move(options));
  size_t count = 1;
  for (const int32_t dim : window) count *= static_cast<size_t>(dim);
  op.Input<float>(std::move(image), values).Constant<float>(std::move(window), Floats(count, 1));
  op.Output(DataType::kFloat32);
  return op;
}

TEST(Conv2D, PaddingStrideAndDilation) {
  const Floats nine = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(Ones({1, 3, 3, 1}, nine, {1, 2, 2, 1}, Window(kValid, 1)).Floats(),
            (Floats{12, 16, 24, 28}));
  // SAME puts the odd element of padding at the end.
  EXPECT_EQ(Ones({1, 3, 3, 1}, nine, {1, 2, 2, 1}, Window(kSame, 1)).Floats(),
            (Floats{12, 16, 9, 24, 28, 15, 15, 17, 9}));
  EXPECT_EQ(Ones({1, 3, 3, 1}, nine, {1, 3, 3, 1}, Window(kSame, 2)).Floats(),
            (Floats{12, 16, 24, 28}));
  EXPECT_EQ(Ones({1, 3, 3, 1}, nine, {1, 2, 2, 1}, Window(kValid, 1, 0, 2)).Floats(), (Floats{20}));
}

TEST(Conv2D, WindowLargerThanTheImageGivesNothing) {
  const auto value = Ones({1, 2, 2, 1}, {1, 2, 3, 4}, {1, 3, 3, 1}, Window(kValid, 1)).Value();
  EXPECT_EQ(value.shape, (Shape{1, 0, 0, 1}));
}

TEST(Conv2D, GroupsSeeTheirOwnChannels) {
  OneOp op(BuiltinOp::kConv2D, Window(kValid, 1));
  op.Input<float>({1, 1, 1, 4}, {1, 2, 3, 4})
      .Constant<float>({2, 1, 1, 2}, {1, 10, 1, 10})
      .Constant<float>({2}, {0.5f, -0.5f})
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{21.5f, 42.5f}));
}

TEST(Conv2D, WeightsMayBeComputed) {
  OneOp op(BuiltinOp::kConv2D, Window(kValid, 1));
  op.Input<float>({2, 1, 1, 2}, {1, 2, 3, 4})
      .Input<float>({1, 1, 1, 2}, {10, 1})
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{12, 34}));
}

OneOp Int8Conv(Quantization weights, Quantization output, int64_t activation = 0) {
  OneOp op(BuiltinOp::kConv2D, Window(kValid, 1, activation));
  op.Input<int8_t>({1, 1, 1, 2}, {11, -9}, PerTensor(0.5f, 1))
      .Constant<int8_t>({2, 1, 1, 2}, {1, 2, -128, 127}, std::move(weights))
      .Constant<int32_t>({2}, {3, 0})
      .Output(DataType::kInt8, std::move(output));
  return op;
}

TEST(Conv2D, Int8PerChannelInBothArithmetics) {
  // Accumulators: 10 - 20 + 3 = -7 and -1280 - 1270 = -2550; scales 0.5 and 0.0625.
  for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
    const OneOp op = Int8Conv(PerChannel({1.0f, 0.125f}), PerTensor(1.0f, 3));
    // -3.5 is a tie: to even it is -4. The fixed-point multiplier rounds ties up, to -3.
    const int8_t tie = arithmetic == Arithmetic::kLitert ? -4 + 3 : -3 + 3;
    EXPECT_EQ(op.Int8s(arithmetic), (Int8s{tie, -128}));
  }
}

TEST(Conv2D, Int8ActivationClampsInTheOutputsScale) {
  EXPECT_EQ(Int8Conv(PerTensor(1.0f), PerTensor(1.0f, 3), 1).Int8s(), (Int8s{3, 3}));
}

TEST(Conv2D, DynamicRangeIsCloseToFloat) {
  OneOp op(BuiltinOp::kConv2D, Window(kValid, 1));
  op.Input<float>({1, 1, 1, 2}, {1.0f, -0.5f})
      .Constant<int8_t>({1, 1, 1, 2}, {100, 50}, PerTensor(0.01f))
      .Constant<float>({1}, {2.0f})
      .Output(DataType::kFloat32);
  for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
    EXPECT_NEAR(op.Value(arithmetic).as<float>()[0], 2.75f, 0.01f);
  }
}

TEST(Conv2D, RefusesWhatDoesNotFit) {
  const Floats four = {1, 2, 3, 4};
  OneOp rank(BuiltinOp::kConv2D, Window(kSame, 1));
  rank.Input<float>({4}, four).Constant<float>({1, 1, 1, 1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(rank, StatusCode::kInvalidModel, "rank 4");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 2}, Window(kSame, 1)), StatusCode::kInvalidModel,
                "do not fit the channels");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 1}, Window(kSame, 0)), StatusCode::kInvalidModel,
                "strides");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 1}, Window(kSame, 1, 0, 0)),
                StatusCode::kInvalidModel, "dilation");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 2, 2, 1}, Window(kSame, 1, 0, INT32_MAX)),
                StatusCode::kInvalidModel, "dilation");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 2049, 1, 1}, Window(kSame, 1, 0, 1 << 20)),
                StatusCode::kInvalidModel, "beyond 31 bits");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 1}, Window(2, 1)), StatusCode::kInvalidModel,
                "unknown padding");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 1}, Window(kSame, 1, 4)),
                StatusCode::kUnsupportedOperator, "TANH");
  ExpectRefusal(Ones({1, 2, 2, 1}, four, {1, 1, 1, 1}, Window(kSame, 1, 77)),
                StatusCode::kInvalidModel, "unknown fused activation");
}

TEST(Conv2D, RefusesBiasThatDoesNotFit) {
  const auto with_bias = [](Dims shape, const Floats& bias) {
    OneOp op(BuiltinOp::kConv2D, Window(kSame, 1));
    op.Input<float>({1, 1, 1, 1}, {1})
        .Constant<float>({2, 1, 1, 1}, {1, 2})
        .Constant<float>(std::move(shape), bias)
        .Output(DataType::kFloat32);
    return op;
  };
  EXPECT_EQ(with_bias({2}, {1, 2}).Floats(), (Floats{2, 4}));
  ExpectRefusal(with_bias({3}, {1, 2, 3}), StatusCode::kInvalidModel, "2 output channels");
  OneOp typed(BuiltinOp::kConv2D, Window(kSame, 1));
  typed.Input<float>({1, 1, 1, 1}, {1})
      .Constant<float>({1, 1, 1, 1}, {1})
      .Constant<int32_t>({1}, {1})
      .Output(DataType::kFloat32);
  ExpectRefusal(typed, StatusCode::kInvalidModel, "float32 is needed");
}

TEST(Conv2D, RefusesQuantizationThatDoesNotFit) {
  const Quantization good = PerTensor(1.0f);
  ExpectRefusal(Int8Conv(PerChannel({1, 1, 1}), good), StatusCode::kInvalidModel,
                "3 scales for 2 output channels");
  ExpectRefusal(Int8Conv(PerChannel({1, 1}, 1), good), StatusCode::kInvalidModel, "dimension 1");
  ExpectRefusal(Int8Conv(PerTensor(-1.0f), good), StatusCode::kInvalidModel, "negative");
  ExpectRefusal(Int8Conv(PerTensor(1.0f, 5), good), StatusCode::kInvalidModel, "zero point");
  ExpectRefusal(Int8Conv(PerTensor(1.0f), PerTensor(0.0f)), StatusCode::kInvalidModel,
                "positive number");
  ExpectRefusal(Int8Conv(PerTensor(1.0f), PerTensor(1.0f, 200)), StatusCode::kInvalidModel,
                "zero point");
  ExpectRefusal(Int8Conv(PerTensor(3e38f), PerTensor(1e-3f)), StatusCode::kInvalidModel,
                "infinite");
  OneOp bare(BuiltinOp::kConv2D, Window(kSame, 1));
  bare.Input<int8_t>({1, 1, 1, 1}, {1}, good)
      .Constant<int8_t>({1, 1, 1, 1}, {1})
      .Output(DataType::kInt8, good);
  ExpectRefusal(bare, StatusCode::kInvalidModel, "no scale");
}

TEST(Conv2D, RefusesTypesWithoutAKernel) {
  const Quantization good = PerTensor(1.0f);
  OneOp wide(BuiltinOp::kConv2D, Window(kSame, 1));
  wide.Input<int16_t>({1, 1, 1, 1}, {1}, good)
      .Constant<int16_t>({1, 1, 1, 1}, {1}, good)
      .Output(DataType::kInt16, good);
  ExpectRefusal(wide, StatusCode::kUnsupportedOperator, "int16");
  OneOp plain(BuiltinOp::kConv2D, Window(kSame, 1));
  plain.Input<int32_t>({1, 1, 1, 1}, {1}, good)
      .Constant<int8_t>({1, 1, 1, 1}, {1}, good)
      .Output(DataType::kInt32, good);
  ExpectRefusal(plain, StatusCode::kUnsupportedOperator, "int32");
  OneOp mixed(BuiltinOp::kConv2D, Window(kSame, 1));
  mixed.Input<int8_t>({1, 1, 1, 1}, {1}, good)
      .Constant<uint8_t>({1, 1, 1, 1}, {1}, good)
      .Output(DataType::kInt8, good);
  ExpectRefusal(mixed, StatusCode::kUnsupportedOperator, "uint8");
}

TEST(DepthwiseConv2D, MultiplierRepeatsChannels) {
  OneOp op(BuiltinOp::kDepthwiseConv2D, Window(kValid, 1));
  op.Input<float>({1, 1, 1, 2}, {1, 2})
      .Constant<float>({1, 1, 1, 4}, {1, 10, 100, 1000})
      .Output(DataType::kFloat32);
  EXPECT_EQ(op.Floats(), (Floats{1, 10, 200, 2000}));
}

TEST(DepthwiseConv2D, ScalesLieAlongDimension3) {
  const auto with_scales = [](Quantization weights) {
    OneOp op(BuiltinOp::kDepthwiseConv2D, Window(kValid, 1));
    op.Input<int8_t>({1, 1, 1, 2}, {10, 10}, PerTensor(1.0f))
        .Constant<int8_t>({1, 1, 1, 2}, {4, 4}, std::move(weights))
        .Output(DataType::kInt8, PerTensor(1.0f));
    return op;
  };
  EXPECT_EQ(with_scales(PerChannel({1.0f, 0.5f}, 3)).Int8s(), (Int8s{40, 20}));
  ExpectRefusal(with_scales(PerChannel({1.0f, 0.5f}, 0)), StatusCode::kInvalidModel,
                "channels are dimension 3");
}

TEST(DepthwiseConv2D, RefusesWeightsThatDoNotFit) {
  for (const Dims& weights : {Dims{1, 1, 1, 3}, Dims{2, 1, 1, 2}}) {
    OneOp op(BuiltinOp::kDepthwiseConv2D, Window(kValid, 1));
    op.Input<float>({1, 1, 1, 2}, {1, 2})
        .Constant<float>(weights, Floats(static_cast<size_t>(weights[0] * weights[3]), 1))
        .Output(DataType::kFloat32);
    ExpectRefusal(op, StatusCode::kInvalidModel, "do not fit the channels");
  }
}

OneOp Transposed(const Dims& shape, Dims weights, Fields options, bool constant = true) {
  OneOp op(BuiltinOp::kTransposeConv, std::move(options));
  const Dims list = {static_cast<int32_t>(shape.size())};
  if (constant) {
    op.Constant<int32_t>(list, shape);
  } else {
    op.Input<int32_t>(list, shape);
  }
  size_t count = 1;
  for (const int32_t dim : weights) count *= static_cast<size_t>(dim);
  op.Constant<float>(std::move(weights), Floats(count, 1))
      .Input<float>({1, 2, 2, 1}, {1, 2, 3, 4})
      .Output(DataType::kFloat32);
  return op;
}

TEST(TransposeConv, SpreadsEveryInputOverTheWindow) {
  const Fields options = {{"padding", kValid}, {"stride_w", 2}, {"stride_h", 2}};
  for (const bool constant_shape : {true, false}) {
    const auto value = Transposed({1, 4, 4, 1}, {1, 2, 2, 1}, options, constant_shape).Value();
    EXPECT_EQ(value.shape, (Shape{1, 4, 4, 1}));
    EXPECT_EQ(value.as<float>(), (Floats{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}));
  }
  // A window smaller than the stride leaves zeros between.
  EXPECT_EQ(Transposed({1, 3, 3, 1}, {1, 1, 1, 1}, options).Floats(),
            (Floats{1, 0, 2, 0, 0, 0, 3, 0, 4}));
  // SAME of the convolution from 3 x 3 down to 2 x 2 pads one row and column in front.
  const Fields same = {{"padding", kSame}, {"stride_w", 2}, {"stride_h", 2}};
  EXPECT_EQ(Transposed({1, 3, 3, 1}, {1, 3, 3, 1}, same).Floats(),
            (Floats{1, 3, 2, 4, 10, 6, 3, 7, 4}));
}

TEST(TransposeConv, RefusesWhatDoesNotFit) {
  const Fields options = {{"padding", kValid}, {"stride_w", 2}, {"stride_h", 2}};
  ExpectRefusal(Transposed({4, 4, 1}, {1, 2, 2, 1}, options), StatusCode::kInvalidModel,
                "output shape of 4 numbers");
  ExpectRefusal(Transposed({1, 4, 4, 1}, {1, 2, 2, 2}, options), StatusCode::kInvalidModel,
                "do not fit the channels");
  for (const bool constant_shape : {true, false}) {
    ExpectRefusal(Transposed({2, 4, 4, 1}, {1, 2, 2, 1}, options, constant_shape),
                  StatusCode::kInvalidModel, "batch 2");
    ExpectRefusal(Transposed({1, 4, 4, 2}, {1, 2, 2, 1}, options, constant_shape),
                  StatusCode::kInvalidModel, "2 channels");
    ExpectRefusal(Transposed({1, -4, 4, 1}, {1, 2, 2, 1}, options, constant_shape),
                  StatusCode::kShapeMismatch, "no tensor can have");
  }
}

TEST(FullyConnected, RowsOfAnyShape) {
  for (const bool keep : {false, true}) {
    OneOp op(BuiltinOp::kFullyConnected, {{"keep_num_dims", static_cast<int64_t>(keep)}});
    op.Input<float>({2, 1, 2}, {1, 2, 3, 4})
        .Constant<float>({3, 2}, {1, 0, 0, 1, 1, 1})
        .Skip()
        .Output(DataType::kFloat32);
    const auto value = op.Value();
    EXPECT_EQ(value.shape, keep ? (Shape{2, 1, 3}) : (Shape{2, 3}));
    EXPECT_EQ(value.as<float>(), (Floats{1, 2, 3, 3, 4, 7}));
  }
}

TEST(FullyConnected, UnsignedModelsHaveWeightZeroPoints) {
  OneOp op(BuiltinOp::kFullyConnected);
  op.Input<uint8_t>({1, 2}, {130, 120}, PerTensor(1.0f, 128))
      .Constant<uint8_t>({1, 2}, {255, 0}, PerTensor(0.01f, 100))
      .Constant<int32_t>({1}, {-10})
      .Output(DataType::kUInt8, PerTensor(0.1f, 7));
  // 2 * 155 + -8 * -100 - 10 = 1100 hundredths, and zero point 7.
  for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
    EXPECT_EQ(op.Value(arithmetic).bytes, (ByteVector{117}));
  }
}

TEST(FullyConnected, RefusesWhatDoesNotFit) {
  OneOp depth(BuiltinOp::kFullyConnected);
  depth.Input<float>({1, 3}, {1, 2, 3}).Constant<float>({1, 2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(depth, StatusCode::kInvalidModel, "does not make rows");
  OneOp keep(BuiltinOp::kFullyConnected, {{"keep_num_dims", 1}});
  keep.Input<float>({2, 1}, {1, 2}).Constant<float>({1, 2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(keep, StatusCode::kInvalidModel, "does not make rows");
  OneOp rank(BuiltinOp::kFullyConnected);
  rank.Input<float>({2}, {1, 2}).Constant<float>({2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(rank, StatusCode::kInvalidModel, "[units, depth]");
  OneOp shuffled(BuiltinOp::kFullyConnected, {{"weights_format", 1}});
  shuffled.Input<float>({1, 2}, {1, 2}).Constant<float>({1, 2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(shuffled, StatusCode::kUnsupportedOperator, "shuffled");
}

}  // namespace
}  // namespace octolite
