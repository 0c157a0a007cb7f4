// BATCH_MATMUL, the convolutions over three dimensions, Convolution2DTransposeBias and what is
// special of FULLY_CONNECTED's weights: limits and refusals. Arithmetic is held to LiteRT by
// golden_test.cc.

#include <gtest/gtest.h>

#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerChannel;
using testing::PerTensor;

using Floats = std::vector<float>;
using Dims = std::vector<int32_t>;

OneOp Product(Dims left, Dims right, testing::ModelBuilder::Fields options = {}) {
  const auto ones = [](const Dims& dims) {
    size_t count = 1;
    for (const int32_t dim : dims) count *= static_cast<size_t>(dim);
    return Floats(count, 1.0f);
  };
  OneOp op(BuiltinOp::kBatchMatmul, std::move(options));
  const Floats a = ones(left);
  const Floats b = ones(right);
  op.Input<float>(std::move(left), a).Input<float>(std::move(right), b);
  op.Output(DataType::kFloat32);
  return op;
}

TEST(BatchMatmul, EmptySides) {
  EXPECT_EQ(Product({2, 0, 3}, {3, 4}).Value().shape, (Shape{2, 0, 4}));
  EXPECT_EQ(Product({0, 2, 3}, {3, 4}).Value().shape, (Shape{0, 2, 4}));
  // Nothing to sum is zero.
  EXPECT_EQ(Product({2, 0}, {0, 2}).Floats(), (Floats{0, 0, 0, 0}));
  EXPECT_EQ(Product({1, 2, 3}, {0, 3, 4}).Value().shape, (Shape{0, 2, 4}));
}

TEST(BatchMatmul, RefusesWhatDoesNotFit) {
  ExpectRefusal(Product({2, 3}, {2, 3}), StatusCode::kShapeMismatch, "cannot multiply");
  ExpectRefusal(Product({2, 3}, {3, 2}, {{"adj_y", 1}}), StatusCode::kShapeMismatch,
                "cannot multiply");
  ExpectRefusal(Product({3}, {3, 2}), StatusCode::kShapeMismatch, "cannot multiply");
  ExpectRefusal(Product({2, 2, 3}, {3, 3, 2}), StatusCode::kShapeMismatch, "cannot multiply");
}

TEST(BatchMatmul, RefusesTypesAndQuantization) {
  OneOp types(BuiltinOp::kBatchMatmul);
  types.Input<int32_t>({1, 1}, {1}).Input<int32_t>({1, 1}, {1}).Output(DataType::kInt32);
  ExpectRefusal(types, StatusCode::kUnsupportedOperator, "int32");
  OneOp mixed(BuiltinOp::kBatchMatmul);
  mixed.Input<int8_t>({1, 1}, {1}, PerTensor(1)).Input<float>({1, 1}, {1}).Output(DataType::kInt8);
  ExpectRefusal(mixed, StatusCode::kUnsupportedOperator, "float32");
  OneOp bare(BuiltinOp::kBatchMatmul);
  bare.Input<float>({1, 1}, {1}).Constant<int8_t>({1, 1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(bare, StatusCode::kInvalidModel, "no scale");
  OneOp axis(BuiltinOp::kBatchMatmul);
  axis.Input<float>({1, 2}, {1, 2})
      .Constant<int8_t>({2, 2}, {1, 2, 3, 4}, PerChannel({1, 2}, 0))
      .Output(DataType::kFloat32);
  ExpectRefusal(axis, StatusCode::kInvalidModel, "columns are dimension 1");
  OneOp wide(BuiltinOp::kBatchMatmul);
  wide.Input<int16_t>({1, 1}, {1}, PerTensor(1, 3))
      .Input<int16_t>({1, 1}, {1}, PerTensor(1))
      .Output(DataType::kInt16, PerTensor(1));
  ExpectRefusal(wide, StatusCode::kInvalidModel, "does not fit int16");
}

TEST(FullyConnected, RefusesWideZeroPointsAndComputedNibbles) {
  OneOp wide(BuiltinOp::kFullyConnected);
  wide.Input<int16_t>({1, 2}, {1, 2}, PerTensor(1, 1))
      .Constant<int8_t>({1, 2}, {1, 2}, PerTensor(1))
      .Output(DataType::kInt16, PerTensor(1));
  ExpectRefusal(wide, StatusCode::kInvalidModel, "does not fit int16");
  OneOp computed(BuiltinOp::kFullyConnected);
  computed.Input<float>({1, 2}, {1, 2})
      .Input(DataType::kInt4, {1, 2}, {0x21}, PerTensor(1))
      .Output(DataType::kFloat32);
  ExpectRefusal(computed, StatusCode::kUnsupportedOperator, "int4");
}

TEST(FullyConnected, NibblesAreSignedAndLowFirst) {
  OneOp op(BuiltinOp::kFullyConnected);
  // 7 and -8, 1 and -1.
  op.Input<int16_t>({1, 2}, {100, 1}, PerTensor(1))
      .Constant(DataType::kInt4, {2, 2}, {0x87, 0xF1}, PerTensor(1))
      .Output(DataType::kInt16, PerTensor(1));
  EXPECT_EQ(op.Value().as<int16_t>(), (std::vector<int16_t>{692, 99}));
}

testing::ModelBuilder::Fields Window3d(int64_t stride, int64_t dilation) {
  return {{"padding", 1},
          {"stride_d", stride},
          {"stride_h", stride},
          {"stride_w", stride},
          {"dilation_d_factor", dilation},
          {"dilation_h_factor", dilation},
          {"dilation_w_factor", dilation}};
}

OneOp Cube(Dims weights, int64_t stride, int64_t dilation) {
  OneOp op(BuiltinOp::kConv3D, Window3d(stride, dilation));
  const Floats one(static_cast<size_t>(weights[0] * weights[1] * weights[2] * weights[3]), 1.0f);
  op.Input<float>({1, 2, 2, 2, 1}, Floats(8, 1.0f))
      .Constant<float>(std::move(weights), one)
      .Output(DataType::kFloat32);
  return op;
}

TEST(Conv3D, RefusesWhatDoesNotFit) {
  EXPECT_EQ(Cube({2, 2, 2, 1, 1}, 1, 1).Floats(), (Floats{8}));
  ExpectRefusal(Cube({2, 2, 2, 2, 1}, 1, 1), StatusCode::kInvalidModel, "needs an image");
  ExpectRefusal(Cube({2, 2, 2, 1, 1}, 0, 1), StatusCode::kInvalidModel, "strides");
  ExpectRefusal(Cube({2, 2, 2, 1, 1}, 1, 0), StatusCode::kInvalidModel, "dilation");
}

OneOp CubeTransposed(const Dims& shape, bool constant) {
  OneOp op(BuiltinOp::kConv3DTranspose, Window3d(1, 1));
  if (constant) {
    op.Constant<int32_t>({5}, shape);
  } else {
    op.Input<int32_t>({5}, shape);
  }
  op.Constant<float>({2, 1, 1, 1, 1}, {1, 10}).Input<float>({1, 2, 1, 1, 1}, {1, 2});
  op.Output(DataType::kFloat32);
  return op;
}

TEST(Conv3DTranspose, OutputMustBeWhatMakesTheInput) {
  for (const bool constant : {true, false}) {
    EXPECT_EQ(CubeTransposed({1, 3, 1, 1, 1}, constant).Floats(), (Floats{1, 12, 20}));
    ExpectRefusal(CubeTransposed({1, 4, 1, 1, 1}, constant), StatusCode::kInvalidModel,
                  "does not make the input");
    ExpectRefusal(CubeTransposed({2, 3, 1, 1, 1}, constant), StatusCode::kInvalidModel,
                  "does not make the input");
    ExpectRefusal(CubeTransposed({1, -3, 1, 1, 1}, constant), StatusCode::kShapeMismatch,
                  "no tensor can have");
  }
}

}  // namespace
}  // namespace octolite
