#pragma once

#include "base/byte_stream.h"
#include "model/model.h"

namespace octolite::testing {

// A file for tests of what reads piece by piece.
class MemoryFile final : public ByteSource {
 public:
  explicit MemoryFile(ByteVector bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

  uint64_t size() const override { return size_; }
  Status Read(uint64_t offset, std::span<uint8_t> into) const override;

  const ByteVector& bytes() const { return bytes_; }
  int64_t reads() const { return reads_; }
  // The largest piece that was read.
  size_t largest_read() const { return largest_read_; }
  void PretendSize(uint64_t size) { size_ = size; }
  // Reads fail after this many more.
  void FailAfter(int64_t reads) { fail_at_ = reads_ + reads; }

 private:
  ByteVector bytes_;
  uint64_t size_;
  mutable int64_t reads_ = 0;
  mutable size_t largest_read_ = 0;
  int64_t fail_at_ = INT64_MAX;
};

// The whole content, read in pieces of odd sizes.
ByteVector ReadAll(const ByteSource& file);

// The model with everything in memory.
Model Localize(Model model);

}  // namespace octolite::testing
