#include "kernels/elementwise/cast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "kernels/elementwise/functions.h"

namespace octolite {
namespace {

// A conversion goes through blocks of int64 or double, which hold every number of the types, so
// that each type is read and written by one loop and not one for each pair.
constexpr size_t kBlock = 256;

template <typename Wide>
using Block = std::array<Wide, kBlock>;

bool IsPacked(DataType type) {
  return type == DataType::kInt4 || type == DataType::kUInt4 || type == DataType::kInt2;
}

bool IsReal(DataType type) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kFloat64:
    case DataType::kFloat16:
    case DataType::kBFloat16:
    case DataType::kComplex64:
      return true;
    default:
      return false;
  }
}

bool IsWhole(DataType type) {
  switch (type) {
    case DataType::kInt8:
    case DataType::kUInt8:
    case DataType::kInt16:
    case DataType::kUInt16:
    case DataType::kInt32:
    case DataType::kUInt32:
    case DataType::kInt64:
    case DataType::kBool:
      return true;
    default:
      return false;
  }
}

template <typename To>
To Saturate(double value) {
  constexpr auto kLow = static_cast<double>(std::numeric_limits<To>::min());
  // The first number that is too large; the largest int64 itself is no double.
  constexpr To kHalf = std::numeric_limits<To>::max() / 2 + 1;
  constexpr double kHigh = static_cast<double>(kHalf) * 2;
  if (value <= kLow) return std::numeric_limits<To>::min();
  if (!(value < kHigh)) return std::numeric_limits<To>::max();
  return static_cast<To>(value);
}

template <typename To, typename Wide>
To Narrow(Wide value) {
  if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<Wide>) {
    return Saturate<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename Wide>
void Read(const uint8_t* in, size_t begin, size_t count, Block<Wide>& block) {
  const From* from = reinterpret_cast<const From*>(in) + begin;
  for (size_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<From, std::complex<float>>) {
      block[i] = static_cast<Wide>(from[i].real());
    } else {
      block[i] = static_cast<Wide>(static_cast<ComputeType<From>>(from[i]));
    }
  }
}

// Elements of less than 8 bits, the first in the low bits.
template <int kBits, bool kSigned>
void ReadPacked(const uint8_t* in, size_t begin, size_t count, Block<double>& block) {
  constexpr size_t kPerByte = 8 / kBits;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = begin + i;
    const int shift = static_cast<int>(at % kPerByte) * kBits;
    const int bits = (in[at / kPerByte] >> shift) & ((1 << kBits) - 1);
    const bool negative = kSigned && (bits >> (kBits - 1)) != 0;
    block[i] = negative ? bits - (1 << kBits) : bits;
  }
}

template <int kBits, bool kSigned>
void WritePacked(const Block<double>& block, uint8_t* out, size_t begin, size_t count) {
  constexpr size_t kPerByte = 8 / kBits;
  constexpr double kMin = kSigned ? -(1 << (kBits - 1)) : 0;
  constexpr double kMax = kSigned ? (1 << (kBits - 1)) - 1 : (1 << kBits) - 1;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = begin + i;
    // NaN becomes the largest value.
    const int whole = static_cast<int>(std::max(kMin, std::min(kMax, block[i])));
    const int shift = static_cast<int>(at % kPerByte) * kBits;
    const int bits = (whole & ((1 << kBits) - 1)) << shift;
    uint8_t& byte = out[at / kPerByte];
    byte = static_cast<uint8_t>(shift == 0 ? bits : byte | bits);
  }
}

template <typename Wide>
void ReadAny(DataType from, const uint8_t* in, size_t begin, size_t count, Block<Wide>& block) {
  if constexpr (std::is_same_v<Wide, double>) {
    switch (from) {
      case DataType::kFloat32:
        return Read<float>(in, begin, count, block);
      case DataType::kFloat64:
        return Read<double>(in, begin, count, block);
      case DataType::kFloat16:
        return Read<Half>(in, begin, count, block);
      case DataType::kBFloat16:
        return Read<BFloat16>(in, begin, count, block);
      case DataType::kComplex64:
        return Read<std::complex<float>>(in, begin, count, block);
      case DataType::kInt4:
        return ReadPacked<4, true>(in, begin, count, block);
      case DataType::kUInt4:
        return ReadPacked<4, false>(in, begin, count, block);
      default:
        return ReadPacked<2, true>(in, begin, count, block);
    }
  } else {
    switch (from) {
      case DataType::kInt8:
        return Read<int8_t>(in, begin, count, block);
      case DataType::kInt16:
        return Read<int16_t>(in, begin, count, block);
      case DataType::kUInt16:
        return Read<uint16_t>(in, begin, count, block);
      case DataType::kInt32:
        return Read<int32_t>(in, begin, count, block);
      case DataType::kUInt32:
        return Read<uint32_t>(in, begin, count, block);
      case DataType::kInt64:
        return Read<int64_t>(in, begin, count, block);
      case DataType::kBool:
        Read<uint8_t>(in, begin, count, block);
        for (size_t i = 0; i < count; ++i) block[i] = block[i] != 0 ? 1 : 0;
        return;
      default:
        return Read<uint8_t>(in, begin, count, block);
    }
  }
}

template <typename To, typename Wide>
void Write(const Block<Wide>& block, uint8_t* out, size_t begin, size_t count) {
  To* to = reinterpret_cast<To*>(out) + begin;
  for (size_t i = 0; i < count; ++i) to[i] = Narrow<To>(block[i]);
}

template <typename Wide>
void WriteAny(const Block<Wide>& block, DataType to, uint8_t* out, size_t begin, size_t count) {
  switch (to) {
    case DataType::kFloat32:
      return Write<float>(block, out, begin, count);
    case DataType::kFloat64:
      return Write<double>(block, out, begin, count);
    case DataType::kFloat16:
      return Write<Half>(block, out, begin, count);
    case DataType::kBFloat16:
      return Write<BFloat16>(block, out, begin, count);
    case DataType::kInt8:
      return Write<int8_t>(block, out, begin, count);
    case DataType::kUInt8:
      return Write<uint8_t>(block, out, begin, count);
    case DataType::kInt16:
      return Write<int16_t>(block, out, begin, count);
    case DataType::kUInt16:
      return Write<uint16_t>(block, out, begin, count);
    case DataType::kInt32:
      return Write<int32_t>(block, out, begin, count);
    case DataType::kUInt32:
      return Write<uint32_t>(block, out, begin, count);
    case DataType::kInt64:
      return Write<int64_t>(block, out, begin, count);
    case DataType::kBool:
      for (size_t i = 0; i < count; ++i) out[begin + i] = block[i] != 0 ? 1 : 0;
      return;
    case DataType::kComplex64: {
      auto* complex = reinterpret_cast<std::complex<float>*>(out) + begin;
      for (size_t i = 0; i < count; ++i) complex[i] = static_cast<float>(block[i]);
      return;
    }
    default:
      break;
  }
  if constexpr (std::is_same_v<Wide, double>) {
    if (to == DataType::kInt4) return WritePacked<4, true>(block, out, begin, count);
    if (to == DataType::kUInt4) return WritePacked<4, false>(block, out, begin, count);
    WritePacked<2, true>(block, out, begin, count);
  }
}

template <typename Wide>
void CastThrough(DataType from, const uint8_t* in, DataType to, uint8_t* out, size_t count) {
  Block<Wide> block;
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t size = std::min(kBlock, count - begin);
    ReadAny(from, in, begin, size, block);
    WriteAny(block, to, out, begin, size);
  }
}

}  // namespace

bool CanCast(DataType from, DataType to) {
  if (IsPacked(from)) return to == DataType::kFloat32;
  if (IsPacked(to)) return from == DataType::kFloat32;
  return (IsReal(from) || IsWhole(from)) && (IsReal(to) || IsWhole(to));
}

void Cast(DataType from, const uint8_t* in, DataType to, uint8_t* out, size_t count) {
  if (from == to) {
    std::copy_n(in, DataTypeBytes(from, count).value_or(0), out);
  } else if (IsWhole(from)) {
    CastThrough<int64_t>(from, in, to, out, count);
  } else {
    CastThrough<double>(from, in, to, out, count);
  }
}

}  // namespace octolite
