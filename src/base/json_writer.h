#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace octolite {

// Writes one JSON value as text, front to back. Strings are escaped, and bytes that are not UTF-8
// become U+FFFD; numbers that JSON has no form for (NaN, infinities) become null.
//
//   JsonWriter json;
//   json.BeginObject();
//   json.Field("count", 3);
//   json.Key("items").BeginArray();
//   json.Value("a").Value(1.5).EndArray().EndObject();
//   json.text() == R"({"count":3,"items":["a",1.5]})"
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view key);

  JsonWriter& Value(std::string_view value);
  JsonWriter& Value(const char* value) { return Value(std::string_view(value)); }
  JsonWriter& Value(const std::string& value) { return Value(std::string_view(value)); }
  JsonWriter& Value(bool value);
  JsonWriter& Value(double value);
  JsonWriter& Value(float value);
  template <typename T>
    requires std::is_integral_v<T>
  JsonWriter& Value(T value) {
    Separate();
    text_ += std::to_string(value);
    return *this;
  }
  template <typename T>
  JsonWriter& Value(const std::vector<T>& values) {
    BeginArray();
    for (const T& value : values) Value(value);
    return EndArray();
  }

  template <typename T>
  JsonWriter& Field(std::string_view key, const T& value) {
    return Key(key).Value(value);
  }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace octolite
