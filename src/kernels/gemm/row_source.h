#pragma once

#include <cstdint>

namespace octolite {

// The left matrix of a product, row by row: an activation row as it lies in memory, or the patch of
// an image under a window, put together when it is its turn. There is never a copy of the whole
// matrix.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Row `m`: k elements, either where they lie or written to `scratch`, which is returned then.
  virtual const uint8_t* Row(int64_t m, uint8_t* scratch) const = 0;
  // Which row of the output row `m` becomes.
  virtual int64_t OutputRow(int64_t m) const { return m; }
};

// Rows one after the other.
class MatrixSource final : public RowSource {
 public:
  MatrixSource(const void* data, int64_t row_bytes)
      : data_(static_cast<const uint8_t*>(data)), row_bytes_(row_bytes) {}
  const uint8_t* Row(int64_t m, uint8_t*) const override { return data_ + m * row_bytes_; }

 private:
  const uint8_t* data_;
  int64_t row_bytes_;
};

}  // namespace octolite
