#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"

namespace octolite {

// Bytes that are somewhere else, in a file for instance, and are read piece by piece.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  virtual uint64_t size() const = 0;
  // Fills `into` with the bytes from `offset` on, which are all inside.
  virtual Status Read(uint64_t offset, std::span<uint8_t> into) const = 0;
};

// Takes bytes one after the other.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;

  virtual Status Write(std::span<const uint8_t> bytes) = 0;
};

}  // namespace octolite
