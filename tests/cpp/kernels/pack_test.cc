#include "kernels/gemm/pack.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernel_test_util.h"

namespace octolite::testing {
namespace {

MatrixLayout Layout(DataType type, simd::DotKind dot, int32_t n, int32_t k) {
  MatrixLayout layout;
  layout.type = type;
  layout.dot = dot;
  layout.n = n;
  layout.k = k;
  return layout;
}

WeightsView RowMajor(int64_t k) {
  WeightsView view;
  view.channel_stride = k;
  view.inner = k;
  return view;
}

// Where the packed value of channel n at depth d is.
int64_t ValueOffset(const MatrixLayout& layout, int64_t n, int64_t d) {
  const int64_t step = layout.depth_step();
  return n / 8 * (layout.block_bytes() / layout.value_bytes()) + (d / step * 8 + n % 8) * step +
         d % step;
}

TEST(PackMatrixTest, BytesAreWhereTheKernelReadsAndPaddingIsZero) {
  Rng rng(21);
  for (const simd::DotKind dot :
       {simd::DotKind::kDot16, simd::DotKind::kSdot, simd::DotKind::kUsdot}) {
    for (const int32_t n : {1, 7, 8, 9, 16, 17}) {
      for (const int32_t k : {0, 1, 3, 4, 5, 15, 16, 17}) {
        const MatrixLayout layout = Layout(DataType::kInt8, dot, n, k);
        const auto weights = RandomIntegers<int8_t>(rng, n * k);
        std::vector<uint8_t> packed(static_cast<size_t>(layout.bytes()), 0xEE);
        PackMatrix(layout, RowMajor(k), weights.data(), packed.data());

        std::vector<uint8_t> expected(packed.size(), 0);
        for (int64_t c = 0; c < n; ++c) {
          int32_t sum = 0;
          for (int64_t d = 0; d < k; ++d) {
            const int8_t value = weights[static_cast<size_t>(c * k + d)];
            expected[static_cast<size_t>(ValueOffset(layout, c, d))] = static_cast<uint8_t>(value);
            sum += value;
          }
          if (dot != simd::DotKind::kDot16) {
            std::memcpy(&expected[static_cast<size_t>(layout.sums_offset() + 4 * c)], &sum, 4);
          }
        }
        ASSERT_EQ(packed, expected) << n << " x " << k << " " << simd::DotKindName(dot);
      }
    }
  }
}

TEST(PackMatrixTest, UnsignedWeightsBecomeSigned) {
  const std::vector<uint8_t> weights = {0, 128, 255};
  const MatrixLayout layout = Layout(DataType::kUInt8, simd::DotKind::kSdot, 1, 3);
  std::vector<uint8_t> packed(static_cast<size_t>(layout.bytes()));
  PackMatrix(layout, RowMajor(3), weights.data(), packed.data());
  EXPECT_EQ(static_cast<int8_t>(packed[0]), -128);
  EXPECT_EQ(static_cast<int8_t>(packed[1]), 0);
  EXPECT_EQ(static_cast<int8_t>(packed[2]), 127);
}

TEST(PackMatrixTest, WideWeightsAreLessTheirZeroPoint) {
  const std::vector<uint8_t> weights = {0, 128, 255, 7, 9, 11};  // 2 channels of 3
  MatrixLayout layout = Layout(DataType::kUInt8, simd::DotKind::kDot16, 2, 3);
  layout.wide = true;
  layout.zero_point = 130;
  std::vector<int16_t> packed(static_cast<size_t>(layout.bytes()) / 2, 99);
  PackMatrix(layout, RowMajor(3), weights.data(), reinterpret_cast<uint8_t*>(packed.data()));
  for (int64_t n = 0; n < 2; ++n) {
    for (int64_t d = 0; d < 3; ++d) {
      EXPECT_EQ(packed[static_cast<size_t>(ValueOffset(layout, n, d))],
                weights[static_cast<size_t>(n * 3 + d)] - 130);
    }
    EXPECT_EQ(packed[static_cast<size_t>(ValueOffset(layout, n, 3))], 0);
  }
  EXPECT_EQ(packed[static_cast<size_t>(ValueOffset(layout, 2, 0))], 0);
}

TEST(PackMatrixTest, FloatsAreByDepthAndPaddingIsZero) {
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};  // 2 channels of 3
  const MatrixLayout layout = Layout(DataType::kFloat32, simd::DotKind::kDot16, 2, 3);
  std::vector<float> packed(static_cast<size_t>(layout.bytes()) / 4, -1.0f);
  PackMatrix(layout, RowMajor(3), weights.data(), reinterpret_cast<uint8_t*>(packed.data()));
  for (size_t d = 0; d < 3; ++d) {
    EXPECT_EQ(packed[8 * d], weights[d]);
    EXPECT_EQ(packed[8 * d + 1], weights[3 + d]);
    for (size_t c = 2; c < 8; ++c) EXPECT_EQ(packed[8 * d + c], 0.0f);
  }
}

TEST(PackMatrixTest, ABoxOfTheTensorIsPickedByStrides) {
  // Two channels of 3 x 2 pixels of one value; of each, rows 0 and 2 of column 1.
  const std::vector<int8_t> weights = {10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25};
  const MatrixLayout layout = Layout(DataType::kInt8, simd::DotKind::kSdot, 2, 2);
  WeightsView view;
  view.first = 1;
  view.channel_stride = 6;
  view.rows = 2;
  view.row_stride = 4;
  view.inner = 1;
  std::vector<uint8_t> packed(static_cast<size_t>(layout.bytes()));
  PackMatrix(layout, view, weights.data(), packed.data());
  EXPECT_EQ(packed[0], 11);
  EXPECT_EQ(packed[1], 15);
  EXPECT_EQ(packed[4], 21);
  EXPECT_EQ(packed[5], 25);
}

TEST(PackedWeightsTest, RefusesMoreThanMemory) {
  PackedWeights weights;
  weights.Add(Layout(DataType::kFloat32, simd::DotKind::kDot16, 1, INT32_MAX), RowMajor(INT32_MAX));
  EXPECT_EQ(weights.Finish(nullptr).code(), StatusCode::kOutOfMemory);
}

}  // namespace
}  // namespace octolite::testing
