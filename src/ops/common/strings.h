#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"

// String tensors as TFLite packs them: int32 count, count + 1 int32 offsets from the start of the
// tensor's bytes (the last is the end), then the characters.

namespace octolite {

// SHAPE_MISMATCH unless `bytes` are well-formed and hold `count` strings.
Status CheckStrings(std::span<const uint8_t> bytes, int64_t count);

// String i of bytes that CheckStrings accepts.
std::string_view StringAt(std::span<const uint8_t> bytes, int64_t i);

std::vector<uint8_t> PackStrings(std::span<const std::string_view> strings);

// The bytes of `count` empty strings, and the packing of them into so many bytes, 4-byte aligned.
size_t EmptyStringsBytes(int64_t count);
void PackEmptyStrings(int64_t count, uint8_t* bytes);

}  // namespace octolite
