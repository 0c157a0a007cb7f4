#include "kernels/dynamic_quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel_test_util.h"

namespace octolite::testing {
namespace {

constexpr DynamicScheme kSchemes[] = {DynamicScheme::kAsymmetricFloat,
                                      DynamicScheme::kAsymmetricDouble, DynamicScheme::kSymmetric};

TEST(QuantizeRowTest, RoundTripIsWithinHalfAStep) {
  Rng rng(41);
  for (const DynamicScheme scheme : kSchemes) {
    for (const float offset : {-3.0f, -0.5f, 0.0f, 0.7f, 5.0f}) {
      std::vector<float> values = RandomFloats(rng, 257);
      for (float& value : values) value += offset;
      std::vector<int8_t> quantized(values.size());
      const DynamicRow row = QuantizeRow(scheme, values.data(), values.size(), quantized.data());
      for (size_t i = 0; i < values.size(); ++i) {
        const float back = row.scale * static_cast<float>(quantized[i] - row.zero_point);
        EXPECT_NEAR(back, values[i], row.scale * 0.501f + 1e-6f);
      }
    }
  }
}

TEST(QuantizeRowTest, AsymmetricUsesTheWholeRangeAndKeepsZero) {
  const std::vector<float> values = {0.0f, 1.0f, 2.55f};
  std::vector<int8_t> quantized(3);
  for (const DynamicScheme scheme :
       {DynamicScheme::kAsymmetricFloat, DynamicScheme::kAsymmetricDouble}) {
    const DynamicRow row = QuantizeRow(scheme, values.data(), 3, quantized.data());
    EXPECT_EQ(row.zero_point, -128);
    EXPECT_NEAR(row.scale, 0.01f, 1e-7f);
    EXPECT_EQ(quantized, (std::vector<int8_t>{-128, -28, 127}));
  }
}

TEST(QuantizeRowTest, SymmetricHasNoZeroPoint) {
  const std::vector<float> values = {-1.27f, 0.0f, 0.635f};
  std::vector<int8_t> quantized(3);
  const DynamicRow row = QuantizeRow(DynamicScheme::kSymmetric, values.data(), 3, quantized.data());
  EXPECT_EQ(row.zero_point, 0);
  EXPECT_EQ(quantized, (std::vector<int8_t>{-127, 0, 64}));
}

TEST(QuantizeRowTest, RowsWithoutARangeAreZero) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<std::vector<float>> rows = {
      {0, 0, 0}, {1e-42f, 0, 0}, {infinity, 1, 2}, {-infinity, 1, infinity}};
  for (const DynamicScheme scheme : kSchemes) {
    for (const std::vector<float>& values : rows) {
      std::vector<int8_t> quantized(3, 99);
      const DynamicRow row = QuantizeRow(scheme, values.data(), 3, quantized.data());
      for (const int8_t q : quantized) EXPECT_EQ(q, row.zero_point);
      EXPECT_TRUE(std::isfinite(row.scale));
    }
  }
}

// The values lie on and beside the middle between two steps.
TEST(QuantizeRowTest, TiesGoAwayFromZeroWhateverTheLength) {
  for (const size_t count : {1u, 4u, 15u, 16u, 17u, 31u, 70u, 255u}) {
    std::vector<float> values;
    for (size_t i = 0; i < count; ++i) {
      const auto middle = static_cast<float>(static_cast<int>(i % 254) - 127) + 0.5f;
      values.push_back(i % 3 == 0 ? middle : std::nextafter(middle, i % 3 == 1 ? -200.0f : 200.0f));
    }
    values[count - 1] = 127.0f;
    std::vector<int8_t> quantized(count);
    const DynamicRow row =
        QuantizeRow(DynamicScheme::kSymmetric, values.data(), count, quantized.data());
    float bound = 0;
    for (const float value : values) bound = std::max(bound, std::abs(value));
    ASSERT_EQ(row.scale, bound / 127.0f);
    for (size_t i = 0; i < count; ++i) {
      const float expected = std::clamp(std::round(values[i] * (127.0f / bound)), -127.0f, 127.0f);
      EXPECT_EQ(quantized[i], static_cast<int8_t>(expected)) << values[i] << " of " << count;
    }
  }
}

TEST(QuantizeRowTest, NotANumberIsZero) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN(), 1.0f, -1.0f};
  for (const DynamicScheme scheme : kSchemes) {
    std::vector<int8_t> quantized(3);
    const DynamicRow row = QuantizeRow(scheme, values.data(), 3, quantized.data());
    EXPECT_EQ(quantized[0], row.zero_point);
  }
}

}  // namespace
}  // namespace octolite::testing
