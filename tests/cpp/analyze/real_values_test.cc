#include "analyze/real_values.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

template <typename T>
struct Held {
  std::array<T, 5> data = {};
  Quantization quantization;
  TensorSpec spec;
  RuntimeTensor tensor;

  Held(DataType type, float scale, int64_t zero_point)
      : quantization(testing::PerTensor(scale, zero_point)) {
    spec.type = type;
    spec.shape = Shape{5};
    if (scale > 0) spec.quantization = &quantization;
    tensor = {type, Shape{5}, reinterpret_cast<uint8_t*>(data.data()), sizeof(data)};
  }
};

TEST(RealValuesTest, Int8RoundsTiesToEvenAndClamps) {
  Held<int8_t> held(DataType::kInt8, 0.5f, 10);
  const std::vector<float> reals = {0.25f, 0.75f, -100.0f, 100.0f, 0.0f};
  ASSERT_TRUE(FromReals(reals, held.spec, held.tensor).ok());
  EXPECT_EQ(held.data, (std::array<int8_t, 5>{10, 12, -128, 127, 10}));
  EXPECT_EQ(ToReals(held.spec, held.tensor), (std::vector<float>{0.0f, 1.0f, -69.0f, 58.5f, 0.0f}));
}

TEST(RealValuesTest, IntegersWithoutParametersAreNumbers) {
  Held<int64_t> held(DataType::kInt64, 0, 0);
  const std::vector<float> reals = {7.0f, -3.6f, 1e30f, -1e30f, 0.0f};
  ASSERT_TRUE(FromReals(reals, held.spec, held.tensor).ok());
  EXPECT_EQ(held.data[0], 7);
  EXPECT_EQ(held.data[1], -4);
  EXPECT_EQ(held.data[2], INT64_MAX);
  EXPECT_EQ(held.data[3], INT64_MIN);
}

TEST(RealValuesTest, Refuses) {
  Held<float> held(DataType::kFloat32, 0, 0);
  EXPECT_EQ(FromReals(std::vector<float>{1}, held.spec, held.tensor).code(),
            StatusCode::kShapeMismatch);
  Held<float> text(DataType::kString, 0, 0);
  EXPECT_FALSE(HasRealValues(text.spec));
  EXPECT_EQ(FromReals(std::vector<float>(5), text.spec, text.tensor).code(),
            StatusCode::kTypeMismatch);
}

}  // namespace
}  // namespace octolite
