#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace octolite {

// Element types, numbered as the file format numbers them.
enum class DataType : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUInt64 = 12,
  kResource = 13,
  kVariant = 14,
  kUInt32 = 15,
  kUInt16 = 16,
  kInt4 = 17,
  kBFloat16 = 18,
  kInt2 = 19,
  kUInt4 = 20,
  kFloat8E4M3Fn = 21,
  kFloat8E5M2 = 22,
};

// "float32", "int8", ...; "unknown" for a number outside the enumeration.
std::string_view DataTypeName(DataType type);

// Bits of one element as it is stored (int4: 4); 0 for types of no fixed size (string, variant) and
// for numbers outside the enumeration. A resource is a handle, a 32-bit number.
int DataTypeBits(DataType type);

// Bytes that `count` elements take in a buffer, sub-byte types packed with the odd tail padded.
// Nothing when the type has no fixed size or the product overflows.
std::optional<size_t> DataTypeBytes(DataType type, size_t count);

bool IsKnownDataType(int value);

// The DataType of a C++ element type.
template <typename T>
inline constexpr DataType kDataTypeOf = DataType::kFloat32;
template <>
inline constexpr DataType kDataTypeOf<int8_t> = DataType::kInt8;
template <>
inline constexpr DataType kDataTypeOf<uint8_t> = DataType::kUInt8;
template <>
inline constexpr DataType kDataTypeOf<int16_t> = DataType::kInt16;
template <>
inline constexpr DataType kDataTypeOf<int32_t> = DataType::kInt32;
template <>
inline constexpr DataType kDataTypeOf<int64_t> = DataType::kInt64;
template <>
inline constexpr DataType kDataTypeOf<bool> = DataType::kBool;

}  // namespace octolite
