#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace octolite {
namespace {

TEST(JsonWriterTest, NestsAndSeparates) {
  JsonWriter json;
  json.BeginObject();
  json.Field("count", 3);
  json.Key("items").BeginArray();
  json.Value("a").Value(1.5).BeginObject().EndObject().BeginArray().EndArray().Value(false);
  json.EndArray();
  json.Field("list", std::vector<int32_t>{-1, 2});
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"count":3,"items":["a",1.5,{},[],false],"list":[-1,2]})");
}

TEST(JsonWriterTest, EscapesStringsAndKeys) {
  JsonWriter json;
  json.BeginObject().Field("a\"b", std::string("\\ \n\t\x01\x1f /", 8)).EndObject();
  EXPECT_EQ(json.text(), "{\"a\\\"b\":\"\\\\ \\n\\t\\u0001\\u001f /\"}");
}

TEST(JsonWriterTest, KeepsUtf8AndReplacesWhatIsNot) {
  const auto written = [](std::string_view text) {
    JsonWriter json;
    json.Value(text);
    return json.text();
  };
  EXPECT_EQ(written("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x99"),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x99\"");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(written("a\xFF"), "\"a" + bad + "\"");
  EXPECT_EQ(written("\xC3"), "\"" + bad + "\"");                      // cut short
  EXPECT_EQ(written("\xC0\x80"), "\"" + bad + bad + "\"");            // not the shortest form
  EXPECT_EQ(written("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");  // a surrogate
  EXPECT_EQ(written("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");  // > U+10FFFF
}

TEST(JsonWriterTest, NumbersReadBackAndNonFiniteIsNull) {
  JsonWriter json;
  json.BeginArray();
  json.Value(0.1f).Value(0.1).Value(1e300).Value(-0.0).Value(std::nan(""));
  json.Value(std::numeric_limits<float>::infinity());
  json.Value(std::numeric_limits<int64_t>::min()).Value(std::numeric_limits<uint64_t>::max());
  json.EndArray();
  EXPECT_EQ(json.text(), "[0.1,0.1,1e+300,-0,null,null,-9223372036854775808,18446744073709551615]");
}

}  // namespace
}  // namespace octolite
