#pragma once

#include <cstdint>
#include <span>

namespace octolite {

// A fixed 64-bit hash of bytes: the Fingerprint64 of FarmHash, which models are trained with.
uint64_t Fingerprint64(std::span<const uint8_t> bytes);

}  // namespace octolite
