// Operators that move elements, with shapes as constants and as inputs; pooling, MEAN and RESIZE.

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ExpectRefusal;
using testing::OneOp;
using testing::PerTensor;

using Ints = std::vector<int32_t>;
using Fields = testing::ModelBuilder::Fields;

// 0, 1, 2, ...
std::vector<float> Counting(int32_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

// The lists of an operator (shape, axes, ...) as constants or as inputs of the model: the answers
// are the same.
enum class Lists { kConstant, kRuntime };
constexpr Lists kBothLists[] = {Lists::kConstant, Lists::kRuntime};

OneOp WithLists(BuiltinOp kind, Lists where, std::vector<int32_t> shape,
                const std::vector<Ints>& lists, Fields options = {}) {
  OneOp op(kind, std::move(options));
  int32_t count = 1;
  for (const int32_t dim : shape) count *= dim;
  op.Input<float>(shape, Counting(count));
  for (const Ints& list : lists) {
    const std::vector<int32_t> list_shape = {static_cast<int32_t>(list.size())};
    if (where == Lists::kConstant) {
      op.Constant<int32_t>(list_shape, list);
    } else {
      op.Input<int32_t>(list_shape, list);
    }
  }
  op.Output(DataType::kFloat32);
  return op;
}

void Expect(const OneOp& op, const Shape& shape, const std::vector<float>& values) {
  const auto value = op.Value();
  EXPECT_EQ(value.shape.ToString(), shape.ToString());
  EXPECT_EQ(value.as<float>(), values);
}

TEST(Reshape, ByInputOrOption) {
  for (const Lists where : kBothLists) {
    Expect(WithLists(BuiltinOp::kReshape, where, {2, 3}, {{3, -1}}), {3, 2}, Counting(6));
    Expect(WithLists(BuiltinOp::kReshape, where, {6}, {{1, 6, 1}}), {1, 6, 1}, Counting(6));
    Expect(WithLists(BuiltinOp::kReshape, where, {0, 4}, {{4, 0}}), {4, 0}, {});
    Expect(WithLists(BuiltinOp::kReshape, where, {0, 4}, {{7, -1}}), {7, 0}, {});
  }
  const auto by_option = [](std::vector<int64_t> shape) {
    OneOp op(BuiltinOp::kReshape, {{"new_shape", std::move(shape)}});
    op.Input<float>({1}, {0}).Output(DataType::kFloat32);
    return op;
  };
  Expect(by_option({1, 1}), {1, 1}, {0});
  Expect(by_option({}), {}, {0});
  Expect(by_option({0}), {}, {0});  // how old files write a scalar
}

TEST(Reshape, ToAScalarByAnEmptyList) {
  OneOp op(BuiltinOp::kReshape);
  op.Input<float>({1, 1}, {5}).Constant<int32_t>({0}, {}).Output(DataType::kFloat32);
  Expect(op, {}, {5});
}

TEST(Reshape, MovesFourBitElements) {
  OneOp op(BuiltinOp::kReshape, {{"new_shape", std::vector<int64_t>{3, 1}}});
  op.Input(DataType::kInt4, {3}, {0x21, 0x03}).Output(DataType::kInt4);
  EXPECT_EQ(op.Value().bytes, (ByteVector{0x21, 0x03}));
}

TEST(Reshape, Refusals) {
  for (const Lists where : kBothLists) {
    const auto refuse = [&](Ints shape, const char* text) {
      ExpectRefusal(WithLists(BuiltinOp::kReshape, where, {2, 3}, {std::move(shape)}),
                    StatusCode::kShapeMismatch, text);
    };
    refuse({4}, "number of elements differs");
    refuse({-1, -1}, "more than one dimension");
    refuse({-1, 4}, "free dimension");
    refuse({-1, 0}, "free dimension");
    refuse({-2, 3}, "out of range");
    refuse({1, 1, 1, 1, 1, 1, 1, 1, 6}, "too many dimensions");
    refuse({65536, 65536, 65536, 65536}, "too large");
  }
  OneOp floats(BuiltinOp::kReshape);
  floats.Input<float>({1}, {1}).Constant<float>({1}, {1}).Output(DataType::kFloat32);
  ExpectRefusal(floats, StatusCode::kInvalidModel, "int32 or int64");
}

TEST(Squeeze, ListedOrAll) {
  const auto squeeze = [](std::vector<int64_t> dims) {
    OneOp op(BuiltinOp::kSqueeze, {{"squeeze_dims", std::move(dims)}});
    op.Input<float>({1, 3, 1}, Counting(3)).Output(DataType::kFloat32);
    return op;
  };
  Expect(squeeze({}), {3}, Counting(3));
  Expect(squeeze({0}), {3, 1}, Counting(3));
  Expect(squeeze({-1}), {1, 3}, Counting(3));
  ExpectRefusal(squeeze({1}), StatusCode::kInvalidModel, "cannot be squeezed");
  ExpectRefusal(squeeze({3}), StatusCode::kInvalidModel, "cannot be squeezed");
}

TEST(ExpandDims, AtAnyAxis) {
  for (const Lists where : kBothLists) {
    const auto expand = [&](int32_t axis) {
      return WithLists(BuiltinOp::kExpandDims, where, {2, 3}, {{axis}});
    };
    Expect(expand(0), {1, 2, 3}, Counting(6));
    Expect(expand(-1), {2, 3, 1}, Counting(6));
    Expect(expand(-3), {1, 2, 3}, Counting(6));
    ExpectRefusal(expand(3), StatusCode::kInvalidModel, "axis 3");
    ExpectRefusal(expand(-4), StatusCode::kInvalidModel, "axis -4");
    ExpectRefusal(WithLists(BuiltinOp::kExpandDims, where, {1, 1, 1, 1, 1, 1, 1, 1}, {{0}}),
                  StatusCode::kInvalidModel, "cannot add a dimension");
    ExpectRefusal(WithLists(BuiltinOp::kExpandDims, where, {2}, {{0, 1}}),
                  StatusCode::kInvalidModel, "one axis");
  }
}

TEST(Pad, PutsZeroOrTheValueAround) {
  for (const Lists where : kBothLists) {
    Expect(WithLists(BuiltinOp::kPad, where, {2, 2}, {{1, 0, 0, 2}}), {3, 4},
           {0, 0, 0, 0, 0, 1, 0, 0, 2, 3, 0, 0});
    Expect(WithLists(BuiltinOp::kPad, where, {2, 0}, {{0, 0, 1, 1}}), {2, 2}, {0, 0, 0, 0});
    ExpectRefusal(WithLists(BuiltinOp::kPad, where, {2}, {{-1, 0}}), StatusCode::kInvalidModel,
                  "negative");
    ExpectRefusal(WithLists(BuiltinOp::kPad, where, {2}, {{1, 0, 1, 0}}), StatusCode::kInvalidModel,
                  "4 paddings");
    ExpectRefusal(WithLists(BuiltinOp::kPad, where, {2}, {{INT32_MAX, INT32_MAX}}),
                  StatusCode::kInvalidModel, "too large");
  }
  OneOp quantized(BuiltinOp::kPad);
  quantized.Input<int8_t>({1}, {5}, PerTensor(1, -7))
      .Constant<int32_t>({1, 2}, {1, 1})
      .Output(DataType::kInt8, PerTensor(1, -7));
  EXPECT_EQ(quantized.Int8s(), (std::vector<int8_t>{-7, 5, -7}));
  OneOp by_value(BuiltinOp::kPadv2);
  by_value.Input<float>({1}, {5})
      .Constant<int32_t>({1, 2}, {1, 1})
      .Constant<float>({}, {9})
      .Output(DataType::kFloat32);
  EXPECT_EQ(by_value.Floats(), (std::vector<float>{9, 5, 9}));
  OneOp two_values(BuiltinOp::kPadv2);
  two_values.Input<float>({1}, {5})
      .Constant<int32_t>({1, 2}, {1, 1})
      .Constant<float>({2}, {9, 9})
      .Output(DataType::kFloat32);
  ExpectRefusal(two_values, StatusCode::kInvalidModel, "one padding value");
}

TEST(Concatenation, JoinsAlongAnyAxis) {
  const auto join = [](int64_t axis) {
    OneOp op(BuiltinOp::kConcatenation, {{"axis", axis}});
    op.Input<float>({2, 2}, {0, 1, 2, 3}).Input<float>({2, 2}, {4, 5, 6, 7});
    op.Output(DataType::kFloat32);
    return op;
  };
  Expect(join(0), {4, 2}, Counting(8));
  Expect(join(-1), {2, 4}, {0, 1, 4, 5, 2, 3, 6, 7});
  ExpectRefusal(join(2), StatusCode::kInvalidModel, "dimension 2");
  OneOp one(BuiltinOp::kConcatenation, {{"axis", 0}});
  one.Input<float>({2}, {3, 4}).Output(DataType::kFloat32);
  Expect(one, {2}, {3, 4});
}

TEST(Concatenation, RescalesEightBits) {
  OneOp op(BuiltinOp::kConcatenation, {{"axis", 0}});
  op.Input<uint8_t>({2}, {10, 200}, PerTensor(0.5f, 10))
      .Input<uint8_t>({1}, {7}, PerTensor(1, 0))
      .Output(DataType::kUInt8, PerTensor(1, 0));
  EXPECT_EQ(op.Value().bytes, (ByteVector{0, 95, 7}));
}

TEST(Concatenation, Refusals) {
  OneOp shapes(BuiltinOp::kConcatenation, {{"axis", 0}});
  shapes.Input<float>({1, 2}, {1, 2}).Input<float>({1, 3}, {1, 2, 3}).Output(DataType::kFloat32);
  ExpectRefusal(shapes, StatusCode::kShapeMismatch, "[1,3]");
  OneOp ranks(BuiltinOp::kConcatenation, {{"axis", 0}});
  ranks.Input<float>({1, 2}, {1, 2}).Input<float>({2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(ranks, StatusCode::kShapeMismatch, "[2]");
}

TEST(Slice, TakesABlock) {
  for (const Lists where : kBothLists) {
    Expect(WithLists(BuiltinOp::kSlice, where, {3, 3}, {{1, 0}, {2, 2}}), {2, 2}, {3, 4, 6, 7});
    Expect(WithLists(BuiltinOp::kSlice, where, {3, 3}, {{0, 2}, {-1, -1}}), {3, 1}, {2, 5, 8});
    Expect(WithLists(BuiltinOp::kSlice, where, {3}, {{3}, {0}}), {0}, {});
    const auto refuse = [&](Ints begin, Ints size) {
      ExpectRefusal(WithLists(BuiltinOp::kSlice, where, {3}, {std::move(begin), std::move(size)}),
                    StatusCode::kInvalidModel, "");
    };
    refuse({-1}, {1});
    refuse({4}, {-1});
    refuse({1}, {3});
    refuse({0}, {-2});
    refuse({0, 0}, {1, 1});
    refuse({INT32_MAX}, {INT32_MAX});
  }
}

TEST(StridedSlice, PythonSlices) {
  for (const Lists where : kBothLists) {
    const auto slice = [&](std::vector<int32_t> shape, Ints begin, Ints end, Ints strides,
                           Fields options = {}) {
      return WithLists(BuiltinOp::kStridedSlice, where, std::move(shape),
                       {std::move(begin), std::move(end), std::move(strides)}, std::move(options));
    };
    Expect(slice({6}, {1}, {5}, {2}), {2}, {1, 3});
    Expect(slice({6}, {-1}, {-7}, {-2}), {3}, {5, 3, 1});
    Expect(slice({6}, {4}, {2}, {1}), {0}, {});
    Expect(slice({6}, {-100}, {100}, {3}), {2}, {0, 3});
    Expect(slice({6}, {2}, {4}, {1}, {{"begin_mask", 1}}), {4}, {0, 1, 2, 3});
    Expect(slice({6}, {2}, {4}, {-1}, {{"begin_mask", 1}, {"end_mask", 1}}), {6},
           {5, 4, 3, 2, 1, 0});
    Expect(slice({2, 3}, {1, 0}, {2, 3}, {1, 1}, {{"shrink_axis_mask", 1}}), {3}, {3, 4, 5});
    Expect(slice({2, 3}, {-1}, {0}, {1}, {{"shrink_axis_mask", 1}}), {3}, {3, 4, 5});
    Expect(slice({2, 3}, {0, 1}, {0, 2}, {1, 1}, {{"ellipsis_mask", 1}}), {2, 1}, {1, 4});
    Expect(slice({2, 3}, {0, 1}, {0, 2}, {1, 1}, {{"new_axis_mask", 1}}), {1, 1, 3}, {3, 4, 5});
    Expect(slice({2, 3}, {1}, {2}, {1}), {1, 3}, {3, 4, 5});
    Expect(slice({6}, {2}, {3}, {1}, {{"offset", 1}}), {3}, {2, 3, 4});
    const auto refuse = [&](const OneOp& op, const char* text) {
      ExpectRefusal(op, StatusCode::kInvalidModel, text);
    };
    refuse(slice({6}, {0}, {6}, {0}), "stride of 0");
    refuse(slice({6}, {6}, {7}, {1}, {{"shrink_axis_mask", 1}}), "element 6");
    refuse(slice({6}, {-7}, {7}, {1}, {{"shrink_axis_mask", 1}}), "element -7");
    refuse(slice({6}, {0, 0}, {1, 1}, {1, 1}), "more dimensions");
    refuse(slice({6}, {0}, {1, 1}, {1}), "do not fit");
    refuse(slice({6}, {0, 0}, {1, 1}, {1, 1}, {{"ellipsis_mask", 3}}), "ellipsis");
  }
}

// Numbers that a 64-bit list may hold and no tensor has.
TEST(Lists, ExtremesOf64Bits) {
  const auto with = [](BuiltinOp kind, const std::vector<std::vector<int64_t>>& lists) {
    OneOp op(kind);
    op.Input<float>({2}, {1, 2});
    for (const auto& list : lists) {
      op.Constant<int64_t>({static_cast<int32_t>(list.size())}, list);
    }
    op.Output(DataType::kFloat32);
    return op;
  };
  for (const int64_t extreme : {INT64_MIN, INT64_MAX, int64_t{1} << 40}) {
    const auto refuse = [&](BuiltinOp kind, const std::vector<std::vector<int64_t>>& lists) {
      EXPECT_FALSE(with(kind, lists).Refusal().ok());
    };
    refuse(BuiltinOp::kReshape, {{extreme}});
    refuse(BuiltinOp::kSlice, {{extreme}, {-1}});
    refuse(BuiltinOp::kSlice, {{0}, {extreme}});
    refuse(BuiltinOp::kPad, {{extreme, extreme}});
    refuse(BuiltinOp::kTranspose, {{extreme}});
    refuse(BuiltinOp::kExpandDims, {{extreme}});
    refuse(BuiltinOp::kMean, {{extreme}});
    refuse(BuiltinOp::kStridedSlice, {{0}, {2}, {extreme}});
    // Places are clamped, as in Python.
    EXPECT_TRUE(with(BuiltinOp::kStridedSlice, {{extreme}, {2}, {1}}).Run().ok());
    EXPECT_TRUE(with(BuiltinOp::kStridedSlice, {{0}, {extreme}, {1}}).Run().ok());
  }
  Expect(with(BuiltinOp::kStridedSlice, {{0}, {2}, {INT32_MAX}}), {1}, {1});
  Expect(with(BuiltinOp::kStridedSlice, {{1}, {INT64_MIN}, {INT32_MIN}}), {1}, {2});
}

// A dimension may be long where another is 0: the shapes are right and no element is touched.
TEST(EmptyTensors, KeepTheirShapes) {
  constexpr int32_t kLong = 1 << 30;
  OneOp softmax(BuiltinOp::kSoftmax, {{"beta", 1.0}});
  softmax.Input<float>({kLong, 0}, {}).Output(DataType::kFloat32);
  EXPECT_EQ(softmax.Value().shape, (Shape{kLong, 0}));
  OneOp pool(BuiltinOp::kMaxPool2D, {{"stride_w", 1},
                                     {"stride_h", 1},
                                     {"filter_width", 1},
                                     {"filter_height", 1},
                                     {"padding", 1}});
  pool.Input<float>({1, kLong, 1, 0}, {}).Output(DataType::kFloat32);
  EXPECT_EQ(pool.Value().shape, (Shape{1, kLong, 1, 0}));
  for (const BuiltinOp kind : {BuiltinOp::kResizeBilinear, BuiltinOp::kResizeNearestNeighbor}) {
    OneOp resize(kind);
    resize.Input<float>({1, 2, 2, 0}, {})
        .Constant<int32_t>({2}, {1 << 15, 1 << 15})
        .Output(DataType::kFloat32);
    EXPECT_EQ(resize.Value().shape, (Shape{1, 1 << 15, 1 << 15, 0}));
  }
  OneOp dequantize(BuiltinOp::kDequantize);
  dequantize.Input<int8_t>({1 << 29, 2, 0}, {}, testing::PerChannel({1, 2}, 1))
      .Output(DataType::kFloat32);
  EXPECT_EQ(dequantize.Value().shape, (Shape{1 << 29, 2, 0}));
  OneOp transpose(BuiltinOp::kTranspose);
  transpose.Input<float>({kLong, 1, 0}, {})
      .Constant<int32_t>({3}, {1, 2, 0})
      .Output(DataType::kFloat32);
  EXPECT_EQ(transpose.Value().shape, (Shape{1, 0, kLong}));
}

TEST(Transpose, PermutesAnyRank) {
  for (const Lists where : kBothLists) {
    Expect(WithLists(BuiltinOp::kTranspose, where, {2, 3}, {{1, 0}}), {3, 2}, {0, 3, 1, 4, 2, 5});
    Expect(WithLists(BuiltinOp::kTranspose, where, {1, 2, 3}, {{2, 0, 1}}), {3, 1, 2},
           {0, 3, 1, 4, 2, 5});
    ExpectRefusal(WithLists(BuiltinOp::kTranspose, where, {2, 3}, {{0, 0}}),
                  StatusCode::kInvalidModel, "once");
    ExpectRefusal(WithLists(BuiltinOp::kTranspose, where, {2, 3}, {{0}}), StatusCode::kInvalidModel,
                  "once");
    ExpectRefusal(WithLists(BuiltinOp::kTranspose, where, {2, 3}, {{0, 2}}),
                  StatusCode::kInvalidModel, "once");
  }
}

TEST(Split, IntoEqualParts) {
  OneOp op(BuiltinOp::kSplit, {{"num_splits", 2}});
  op.Constant<int32_t>({}, {-1}).Input<float>({2, 4}, Counting(8));
  op.Output(DataType::kFloat32).Output(DataType::kFloat32);
  const auto values = op.Run();
  ASSERT_TRUE(values.ok()) << values.status().ToString();
  EXPECT_EQ((*values)[0].as<float>(), (std::vector<float>{0, 1, 4, 5}));
  EXPECT_EQ((*values)[1].as<float>(), (std::vector<float>{2, 3, 6, 7}));
  EXPECT_EQ((*values)[1].shape, (Shape{2, 2}));
}

TEST(Split, Refusals) {
  const auto split = [](int32_t axis, int64_t parts) {
    OneOp op(BuiltinOp::kSplit, {{"num_splits", parts}});
    op.Constant<int32_t>({}, {axis}).Input<float>({2, 3}, Counting(6));
    op.Output(DataType::kFloat32).Output(DataType::kFloat32);
    return op;
  };
  ExpectRefusal(split(1, 2), StatusCode::kInvalidModel, "equal parts");
  ExpectRefusal(split(2, 2), StatusCode::kInvalidModel, "equal parts");
  ExpectRefusal(split(0, 3), StatusCode::kInvalidModel, "3 parts");
  OneOp runtime_axis(BuiltinOp::kSplit, {{"num_splits", 1}});
  runtime_axis.Input<int32_t>({}, {0}).Input<float>({1}, {1}).Output(DataType::kFloat32);
  Expect(runtime_axis, {1}, {1});
}

TEST(Pack, AlongANewAxis) {
  const auto pack = [](int64_t axis, int64_t count = 2) {
    OneOp op(BuiltinOp::kPack, {{"axis", axis}, {"values_count", count}});
    op.Input<float>({3}, {0, 1, 2}).Input<float>({3}, {3, 4, 5}).Output(DataType::kFloat32);
    return op;
  };
  Expect(pack(0), {2, 3}, Counting(6));
  Expect(pack(1), {3, 2}, {0, 3, 1, 4, 2, 5});
  Expect(pack(-1), {3, 2}, {0, 3, 1, 4, 2, 5});
  ExpectRefusal(pack(2), StatusCode::kInvalidModel, "axis 2");
  ExpectRefusal(pack(0, 3), StatusCode::kInvalidModel, "speaks of 3");
  OneOp shapes(BuiltinOp::kPack, {{"axis", 0}, {"values_count", 2}});
  shapes.Input<float>({1}, {1}).Input<float>({2}, {1, 2}).Output(DataType::kFloat32);
  ExpectRefusal(shapes, StatusCode::kShapeMismatch, "[2]");
}

TEST(Unpack, EveryIndexOfAnAxis) {
  OneOp op(BuiltinOp::kUnpack, {{"axis", 1}, {"num", 2}});
  op.Input<float>({3, 2}, Counting(6)).Output(DataType::kFloat32).Output(DataType::kFloat32);
  const auto values = op.Run();
  ASSERT_TRUE(values.ok()) << values.status().ToString();
  EXPECT_EQ((*values)[0].as<float>(), (std::vector<float>{0, 2, 4}));
  EXPECT_EQ((*values)[1].as<float>(), (std::vector<float>{1, 3, 5}));
  OneOp wrong(BuiltinOp::kUnpack, {{"axis", 0}, {"num", 1}});
  wrong.Input<float>({3, 2}, Counting(6)).Output(DataType::kFloat32);
  ExpectRefusal(wrong, StatusCode::kInvalidModel, "does not unpack into 1");
}

TEST(Mean, AxesAndDimensions) {
  for (const Lists where : kBothLists) {
    const auto mean = [&](Ints axes, bool keep) {
      return WithLists(BuiltinOp::kMean, where, {2, 3}, {std::move(axes)},
                       {{"keep_dims", int64_t{keep}}});
    };
    Expect(mean({0}, false), {3}, {1.5f, 2.5f, 3.5f});
    Expect(mean({-1}, true), {2, 1}, {1, 4});
    Expect(mean({0, 1, -1}, false), {}, {2.5f});
    Expect(mean({}, false), {2, 3}, Counting(6));
    ExpectRefusal(mean({2}, false), StatusCode::kInvalidModel, "axis 2");
  }
  OneOp type(BuiltinOp::kMean);
  type.Input(DataType::kBool, {1}, {1}).Constant<int32_t>({1}, {0}).Output(DataType::kBool);
  ExpectRefusal(type, StatusCode::kUnsupportedOperator, "bool");
}

TEST(Pool, Refusals) {
  const auto pool = [](BuiltinOp kind, Fields options, std::vector<int32_t> shape) {
    OneOp op(kind, std::move(options));
    int32_t count = 1;
    for (const int32_t dim : shape) count *= dim;
    op.Input<float>(std::move(shape), Counting(count)).Output(DataType::kFloat32);
    return op;
  };
  const Fields plain = {
      {"stride_w", 1}, {"stride_h", 1}, {"filter_width", 2}, {"filter_height", 2}, {"padding", 1}};
  for (const BuiltinOp kind : {BuiltinOp::kAveragePool2D, BuiltinOp::kMaxPool2D}) {
    ExpectRefusal(pool(kind, plain, {2, 2}), StatusCode::kInvalidModel, "4 dimensions");
    ExpectRefusal(pool(kind, {{"stride_w", 1}, {"stride_h", 1}}, {1, 2, 2, 1}),
                  StatusCode::kInvalidModel, "window");
    ExpectRefusal(pool(kind, {{"filter_width", 2}, {"filter_height", 2}}, {1, 2, 2, 1}),
                  StatusCode::kInvalidModel, "strides");
    OneOp scales(kind, plain);
    scales.Input<int8_t>({1, 2, 2, 1}, {1, 2, 3, 4}, PerTensor(1, 0))
        .Output(DataType::kInt8, PerTensor(2, 0));
    ExpectRefusal(scales, StatusCode::kInvalidModel, "of the input");
  }
  Expect(pool(BuiltinOp::kAveragePool2D, plain, {1, 2, 2, 1}), {1, 1, 1, 1}, {1.5f});
  Expect(pool(BuiltinOp::kMaxPool2D, plain, {1, 2, 2, 1}), {1, 1, 1, 1}, {3});
}

TEST(Resize, SizesAndRefusals) {
  for (const Lists where : kBothLists) {
    for (const BuiltinOp kind : {BuiltinOp::kResizeBilinear, BuiltinOp::kResizeNearestNeighbor}) {
      const auto resize = [&](std::vector<int32_t> shape, Ints size, Fields options = {}) {
        return WithLists(kind, where, std::move(shape), {std::move(size)}, std::move(options));
      };
      EXPECT_EQ(resize({2, 2, 2, 3}, {5, 4}).Value().shape, (Shape{2, 5, 4, 3}));
      Expect(resize({1, 1, 2, 1}, {1, 2}), {1, 1, 2, 1}, {0, 1});
      ExpectRefusal(resize({2, 2}, {1, 1}), StatusCode::kInvalidModel, "cannot resize");
      ExpectRefusal(resize({1, 2, 2, 1}, {0, 1}), StatusCode::kInvalidModel, "cannot resize");
      ExpectRefusal(resize({1, 2, 2, 1}, {1, -1}), StatusCode::kInvalidModel, "cannot resize");
      ExpectRefusal(resize({1, 2, 2, 1}, {1}), StatusCode::kInvalidModel, "cannot resize");
      ExpectRefusal(resize({1, 2, 2, 1}, {1 << 23, 1 << 23}), StatusCode::kInvalidModel,
                    "too large");
      ExpectRefusal(resize({1, 2, 2, 1}, {2, 2}, {{"align_corners", 1}, {"half_pixel_centers", 1}}),
                    StatusCode::kInvalidModel, "both");
    }
  }
}

}  // namespace
}  // namespace octolite
