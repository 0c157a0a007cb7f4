#include "ops/common/strings.h"

#include <gtest/gtest.h>

#include <array>

namespace octolite {
namespace {

TEST(Strings, SurviveTheRoundTrip) {
  const std::array<std::string_view, 3> texts = {"one", "", "three"};
  const std::vector<uint8_t> bytes = PackStrings(texts);
  ASSERT_TRUE(CheckStrings(bytes, 3).ok());
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(StringAt(bytes, static_cast<int64_t>(i)), texts[i]);
  }
  std::vector<uint8_t> empty(EmptyStringsBytes(2));
  PackEmptyStrings(2, empty.data());
  EXPECT_TRUE(CheckStrings(empty, 2).ok());
  EXPECT_TRUE(CheckStrings({}, 0).ok());
}

TEST(Strings, MalformedBytesAreRefused) {
  const std::array<std::string_view, 2> texts = {"ab", "c"};
  const std::vector<uint8_t> good = PackStrings(texts);
  EXPECT_FALSE(CheckStrings(good, 3).ok());
  EXPECT_FALSE(CheckStrings({}, 1).ok());
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(CheckStrings(std::span(good).first(size), 2).ok()) << size;
  }
  std::vector<uint8_t> backwards = good;
  backwards[8] = 0;  // the second string begins before the header ends
  EXPECT_FALSE(CheckStrings(backwards, 2).ok());
}

}  // namespace
}  // namespace octolite
