#include "tflite/zip_tail.h"

#include <vector>

namespace octolite {
namespace {

// Records and fields of the format: PKWARE APPNOTE, sections 4.3.12 and 4.3.16.
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEntrySignature = 0x02014b50;
constexpr size_t kEndBytes = 22;
constexpr size_t kEntryBytes = 46;
constexpr size_t kMaxComment = 65535;

size_t Read(std::span<const uint8_t> bytes, size_t position, size_t width) {
  size_t value = 0;
  for (size_t i = 0; i < width; ++i) value |= static_cast<size_t>(bytes[position + i]) << (8 * i);
  return value;
}

void AddTo32(std::span<uint8_t> bytes, size_t position, int64_t delta) {
  const auto value = static_cast<uint32_t>(static_cast<int64_t>(Read(bytes, position, 4)) + delta);
  for (size_t i = 0; i < 4; ++i) bytes[position + i] = static_cast<uint8_t>(value >> (8 * i));
}

struct Directory {
  size_t end_record = 0;
  size_t begin = 0;
  std::vector<int64_t> entry_offsets;
};

std::optional<Directory> FindDirectory(std::span<const uint8_t> bytes) {
  if (bytes.size() < kEndBytes) return std::nullopt;
  Directory directory;
  const size_t last = bytes.size() - kEndBytes;
  const size_t first = last > kMaxComment ? last - kMaxComment : 0;
  size_t end = last;
  while (Read(bytes, end, 4) != kEndSignature ||
         end + kEndBytes + Read(bytes, end + 20, 2) != bytes.size()) {
    if (end == first) return std::nullopt;
    --end;
  }
  const size_t size = Read(bytes, end + 12, 4);
  if (size > end) return std::nullopt;
  directory.end_record = end;
  directory.begin = end - size;
  size_t entry = directory.begin;
  while (entry < end) {
    if (end - entry < kEntryBytes || Read(bytes, entry, 4) != kEntrySignature) return std::nullopt;
    directory.entry_offsets.push_back(static_cast<int64_t>(Read(bytes, entry + 42, 4)));
    entry += kEntryBytes + Read(bytes, entry + 28, 2) + Read(bytes, entry + 30, 2) +
             Read(bytes, entry + 32, 2);
  }
  if (entry != end) return std::nullopt;
  return directory;
}

}  // namespace

std::optional<int64_t> ZipOffsetCorrection(std::span<const uint8_t> bytes) {
  const std::optional<Directory> directory = FindDirectory(bytes);
  if (!directory) return std::nullopt;
  // The directory's own place says how far its offsets are off.
  const int64_t correction = static_cast<int64_t>(directory->begin) -
                             static_cast<int64_t>(Read(bytes, directory->end_record + 16, 4));
  for (const int64_t offset : directory->entry_offsets) {
    const int64_t corrected = offset + correction;
    if (corrected < 0 || corrected >= static_cast<int64_t>(directory->begin)) return std::nullopt;
  }
  return correction;
}

void ShiftZipOffsets(int64_t delta, std::span<uint8_t> bytes) {
  const std::optional<Directory> directory = FindDirectory(bytes);
  if (!directory) return;
  AddTo32(bytes, directory->end_record + 16, delta);
  for (size_t entry = directory->begin; entry < directory->end_record;) {
    AddTo32(bytes, entry + 42, delta);
    entry += kEntryBytes + Read(bytes, entry + 28, 2) + Read(bytes, entry + 30, 2) +
             Read(bytes, entry + 32, 2);
  }
}

}  // namespace octolite
