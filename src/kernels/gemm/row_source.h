#pragma once

#include <cstdint>

namespace octolite {

// Rows of bytes, `stride` apart.
struct Rows {
  const uint8_t* data = nullptr;
  int64_t stride = 0;
};

// The left matrix of a product: activations as they lie in memory, or the patches of an image under
// a window, put together some rows at a time. There is never a copy of the whole matrix.
class RowSource {
 public:
  // Bytes that Get may write beyond the last row, so that it can copy in whole vectors.
  static constexpr int64_t kSlack = 16;

  virtual ~RowSource() = default;
  // Rows [first, first + count): where they lie, or written to `scratch`, `stride` bytes apart, of
  // which each row has at least its own length. Bytes between the rows are undefined.
  virtual Rows Get(int64_t first, int64_t count, uint8_t* scratch, int64_t stride) const = 0;
  // Writes for each of these rows the one of the output that it becomes.
  virtual void OutputRows(int64_t first, int64_t count, int64_t* rows) const {
    for (int64_t i = 0; i < count; ++i) rows[i] = first + i;
  }
};

// Rows one after the other.
class MatrixSource final : public RowSource {
 public:
  MatrixSource(const void* data, int64_t row_bytes)
      : data_(static_cast<const uint8_t*>(data)), row_bytes_(row_bytes) {}
  Rows Get(int64_t first, int64_t, uint8_t*, int64_t) const override {
    return {data_ + first * row_bytes_, row_bytes_};
  }

 private:
  const uint8_t* data_;
  int64_t row_bytes_;
};

}  // namespace octolite
