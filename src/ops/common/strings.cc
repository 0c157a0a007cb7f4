#include "ops/common/strings.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace octolite {
namespace {

int32_t ReadInt32(std::span<const uint8_t> bytes, size_t index) {
  int32_t value;
  std::memcpy(&value, bytes.data() + index * sizeof(value), sizeof(value));
  return value;
}

}  // namespace

Status CheckStrings(std::span<const uint8_t> bytes, int64_t count) {
  const auto malformed = [](const char* what) {
    return Status(StatusCode::kShapeMismatch, std::string("string tensor ") + what);
  };
  const auto size = static_cast<int64_t>(bytes.size());
  // No elements at all may come as no bytes at all.
  if (size == 0 && count == 0) return Status::Ok();
  if (size < 4 || ReadInt32(bytes, 0) != count) return malformed("has another number of strings");
  const int64_t header = 4 * (count + 2);
  if (size < header) return malformed("is too short for its offsets");
  int64_t last = header;
  for (int64_t i = 0; i <= count; ++i) {
    const int32_t offset = ReadInt32(bytes, static_cast<size_t>(i + 1));
    if (offset < last || offset > size) return malformed("has an offset outside its bytes");
    last = offset;
  }
  return Status::Ok();
}

std::string_view StringAt(std::span<const uint8_t> bytes, int64_t i) {
  const auto begin = static_cast<size_t>(ReadInt32(bytes, static_cast<size_t>(i + 1)));
  const auto end = static_cast<size_t>(ReadInt32(bytes, static_cast<size_t>(i + 2)));
  return {reinterpret_cast<const char*>(bytes.data()) + begin, end - begin};
}

std::vector<uint8_t> PackStrings(std::span<const std::string_view> strings) {
  std::vector<int32_t> header = {static_cast<int32_t>(strings.size())};
  const auto offset = static_cast<int32_t>(sizeof(int32_t) * (strings.size() + 2));
  std::string characters;
  for (const std::string_view text : strings) {
    header.push_back(offset + static_cast<int32_t>(characters.size()));
    characters += text;
  }
  header.push_back(offset + static_cast<int32_t>(characters.size()));
  std::vector<uint8_t> bytes(header.size() * sizeof(int32_t) + characters.size());
  std::memcpy(bytes.data(), header.data(), header.size() * sizeof(int32_t));
  if (!characters.empty()) {
    std::memcpy(bytes.data() + header.size() * sizeof(int32_t), characters.data(),
                characters.size());
  }
  return bytes;
}

size_t EmptyStringsBytes(int64_t count) {
  return sizeof(int32_t) * (static_cast<size_t>(count) + 2);
}

void PackEmptyStrings(int64_t count, uint8_t* bytes) {
  auto* header = reinterpret_cast<int32_t*>(bytes);
  header[0] = static_cast<int32_t>(count);
  std::fill_n(header + 1, count + 1, static_cast<int32_t>(EmptyStringsBytes(count)));
}

}  // namespace octolite
