#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "model/model.h"

namespace octolite {

// Constants whose elements are made of the elements of another, each by itself: at once where the
// other is in memory; else when they are read, piece by piece, and kept nowhere.

// Gives the bytes of the elements that stand for those in `source`, the first of which is element
// `first` of the constant. Where elements share a byte, `first` begins one.
using MakeElements = std::function<ByteVector(std::span<const uint8_t> source, size_t first)>;
using MakeOfFloats = std::function<ByteVector(std::span<const float> source, size_t first)>;

// Elements of `source_bits` bits, 8 or more, become elements of `bits` bits. `make` must hold what
// it needs by value.
ByteSlice MakeBytes(const ByteSlice& source, int source_bits, int bits, MakeElements make);
ByteSlice MakeBytesOfFloats(const ByteSlice& source, int bits, MakeOfFloats make);

}  // namespace octolite
