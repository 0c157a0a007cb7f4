#include "ops/common/flexbuffer.h"

#include <algorithm>
#include <cstring>

namespace octolite {
namespace {

// The format's numbers of types; the two low bits of a type byte are the logarithm of a width.
enum Type : uint8_t {
  kInt = 1,
  kUInt = 2,
  kFloat = 3,
  kIndirectInt = 6,
  kIndirectUInt = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kBool = 26,
};

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool Holds(size_t at, size_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }

  // Little-endian, of 1, 2, 4 or 8 bytes.
  std::optional<uint64_t> UInt(size_t at, size_t width) const {
    if (!Holds(at, width)) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = width; i-- > 0;) value = value << 8 | bytes_[at + i];
    return value;
  }
  // Offsets count backwards from where they are.
  std::optional<size_t> Follow(size_t at, size_t width) const {
    const auto offset = UInt(at, width);
    if (!offset || *offset > at) return std::nullopt;
    return at - static_cast<size_t>(*offset);
  }
  std::optional<std::string_view> Text(size_t at) const {
    const auto rest = bytes_.subspan(std::min(at, bytes_.size()));
    const auto end = std::ranges::find(rest, uint8_t{0});
    if (end == rest.end()) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(rest.data()),
                            static_cast<size_t>(end - rest.begin()));
  }
  std::optional<double> Number(uint8_t type, size_t at, size_t width) const {
    const auto value = UInt(at, width);
    if (!value) return std::nullopt;
    const auto bits = static_cast<int>(8 * (8 - width));
    switch (type) {
      case kInt:
        return static_cast<double>(static_cast<int64_t>(*value << bits) >> bits);
      case kUInt:
      case kBool:
        return static_cast<double>(*value);
      case kFloat:
        return Float(*value, width);
      default:
        return std::nullopt;
    }
  }

 private:
  static std::optional<double> Float(uint64_t bits, size_t width) {
    if (width == sizeof(double)) {
      double value;
      std::memcpy(&value, &bits, sizeof(value));
      return value;
    }
    if (width != sizeof(float)) return std::nullopt;
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return static_cast<double>(value);
  }

  std::span<const uint8_t> bytes_;
};

}  // namespace

std::optional<FlexbufferMap> FlexbufferMap::Parse(std::span<const uint8_t> bytes) {
  // At the end: the root (an offset, for a map), its type, its width.
  const Reader reader(bytes);
  if (bytes.size() < 3) return std::nullopt;
  const size_t root_width = bytes[bytes.size() - 1];
  const uint8_t root_type = bytes[bytes.size() - 2];
  const bool power = root_width == 1 || root_width == 2 || root_width == 4 || root_width == 8;
  if (!power || root_type >> 2 != kMap || bytes.size() < 2 + root_width) return std::nullopt;
  const auto map = reader.Follow(bytes.size() - 2 - root_width, root_width);
  const size_t width = size_t{1} << (root_type & 3);
  // Before the values: the offset of the keys, their width, how many there are.
  if (!map || *map < 3 * width) return std::nullopt;
  const auto keys = reader.Follow(*map - 3 * width, width);
  const auto key_width = reader.UInt(*map - 2 * width, width);
  const auto count = reader.UInt(*map - width, width);
  if (!keys || !key_width || !count) return std::nullopt;
  if (*key_width != 1 && *key_width != 2 && *key_width != 4 && *key_width != 8) return std::nullopt;
  // No operator has as many options; and every value has a type byte behind them all.
  constexpr uint64_t kMaxEntries = 1024;
  if (*count > std::min<uint64_t>(kMaxEntries, bytes.size())) return std::nullopt;
  const auto entries = static_cast<size_t>(*count);
  const auto step = static_cast<size_t>(*key_width);
  if (!reader.Holds(*map, entries * (width + 1)) || !reader.Holds(*keys, entries * step)) {
    return std::nullopt;
  }
  FlexbufferMap result;
  for (size_t i = 0; i < entries; ++i) {
    const auto key = reader.Follow(*keys + i * step, step);
    const auto name = key ? reader.Text(*key) : std::nullopt;
    if (!name) return std::nullopt;
    const size_t at = *map + i * width;
    const uint8_t packed = bytes[*map + entries * width + i];
    const auto type = static_cast<uint8_t>(packed >> 2);
    std::optional<double> number;
    if (type >= kIndirectInt && type <= kIndirectFloat) {
      const auto target = reader.Follow(at, width);
      if (!target) return std::nullopt;
      number = reader.Number(static_cast<uint8_t>(type - kIndirectInt + kInt), *target,
                             size_t{1} << (packed & 3));
    } else {
      number = reader.Number(type, at, width);
    }
    if (number) result.numbers_.emplace_back(*name, *number);
  }
  return result;
}

std::optional<double> FlexbufferMap::Number(std::string_view name) const {
  const auto found =
      std::ranges::find_if(numbers_, [name](const auto& entry) { return entry.first == name; });
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

}  // namespace octolite
