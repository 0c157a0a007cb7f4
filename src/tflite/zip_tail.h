#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "model/model.h"

namespace octolite {

// Models carry files of labels and the like in a zip archive after the flatbuffer. Its directory
// holds offsets from the start of the file, so it must be adjusted when the archive moves.

// What must be added to the archive's offsets to make them count from the first byte of `bytes`;
// nothing when `bytes` does not end in a zip archive that lies in it whole.
std::optional<int64_t> ZipOffsetCorrection(std::span<const uint8_t> bytes);

// Adds `delta` to every offset of the archive that ends `bytes`.
void ShiftZipOffsets(int64_t delta, std::span<uint8_t> bytes);

}  // namespace octolite
