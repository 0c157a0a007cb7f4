#include "base/data_type.h"

#include <array>
#include <limits>

namespace octolite {
namespace {

struct TypeFacts {
  std::string_view name;
  int bits;
};

constexpr std::array<TypeFacts, 23> kFacts = {{
    {"float32", 32}, {"float16", 16},      {"int32", 32},      {"uint8", 8},      {"int64", 64},
    {"string", 0},   {"bool", 8},          {"int16", 16},      {"complex64", 64}, {"int8", 8},
    {"float64", 64}, {"complex128", 128},  {"uint64", 64},     {"resource", 32},  {"variant", 0},
    {"uint32", 32},  {"uint16", 16},       {"int4", 4},        {"bfloat16", 16},  {"int2", 2},
    {"uint4", 4},    {"float8_e4m3fn", 8}, {"float8_e5m2", 8},
}};

}  // namespace

bool IsKnownDataType(int value) { return value >= 0 && value < static_cast<int>(kFacts.size()); }

std::string_view DataTypeName(DataType type) {
  const int value = static_cast<int>(type);
  return IsKnownDataType(value) ? kFacts[static_cast<size_t>(value)].name : "unknown";
}

int DataTypeBits(DataType type) {
  const int value = static_cast<int>(type);
  return IsKnownDataType(value) ? kFacts[static_cast<size_t>(value)].bits : 0;
}

std::optional<size_t> DataTypeBytes(DataType type, size_t count) {
  // In 64 bits everywhere: the bits of 512 MB do not fit in a 32-bit size_t.
  const auto bits = static_cast<uint64_t>(DataTypeBits(type));
  if (bits == 0 || count > (std::numeric_limits<uint64_t>::max() - 7) / bits) return std::nullopt;
  const uint64_t bytes = (count * bits + 7) / 8;
  if (bytes > std::numeric_limits<size_t>::max()) return std::nullopt;
  return static_cast<size_t>(bytes);
}

}  // namespace octolite
