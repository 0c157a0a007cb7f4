#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octolite {

// First and second moments of pairs of rows: x as a float model has it, y as a quantized one does.
class Moments {
 public:
  explicit Moments(size_t depth);

  // Both [rows, depth].
  void Add(std::span<const float> x, std::span<const float> y);

  size_t depth() const { return depth_; }
  uint64_t rows() const { return rows_; }
  // E[y y^T] and E[x y^T], [depth, depth]; of what is left when the means are taken off where
  // `centered`.
  std::vector<double> MomentsYY(bool centered) const;
  std::vector<double> MomentsXY(bool centered) const;

  // Bytes that one takes.
  static size_t BytesFor(size_t depth) { return depth * depth * 3 * sizeof(double); }

 private:
  void Flush();

  size_t depth_;
  uint64_t rows_ = 0;
  std::vector<double> sum_x_, sum_y_;
  std::vector<double> yy_, xy_;
  // Sums of the last rows, in float32: a few of them lose nothing that counts.
  std::vector<float> near_yy_, near_xy_;
  uint32_t near_rows_ = 0;
};

}  // namespace octolite
