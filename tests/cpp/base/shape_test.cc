#include "base/shape.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/data_type.h"

namespace octolite {
namespace {

TEST(Shape, RefusesWhatCannotBeATensor) {
  EXPECT_FALSE(Shape::Make(std::vector<int32_t>(9, 1)));
  EXPECT_FALSE(Shape::Make(std::vector<int32_t>{2, -1}));
  EXPECT_FALSE(Shape::Make(std::vector<int32_t>{65536, 65536}));
  EXPECT_FALSE(Shape::Make(std::vector<int32_t>{0, 65536, 65536}));
}

TEST(Shape, CountsElements) {
  EXPECT_EQ(Shape().num_elements(), 1);
  EXPECT_EQ(Shape({2, 3, 4}).num_elements(), 24);
  EXPECT_EQ(Shape({2, 0, 4}).num_elements(), 0);
  EXPECT_EQ(Shape({2, 3, 4}).Product(1, 3), 12);
  EXPECT_EQ(Shape({2, 3}).ToString(), "[2,3]");
}

TEST(DataType, BytesOfSubByteTypesRoundUp) {
  EXPECT_EQ(DataTypeBytes(DataType::kInt4, 3), 2u);
  EXPECT_EQ(DataTypeBytes(DataType::kInt2, 5), 2u);
  EXPECT_EQ(DataTypeBytes(DataType::kFloat32, 3), 12u);
  EXPECT_FALSE(DataTypeBytes(DataType::kString, 1));
  EXPECT_FALSE(DataTypeBytes(DataType::kFloat32, SIZE_MAX / 2));
}

}  // namespace
}  // namespace octolite
