#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

namespace octolite {

// The dimensions of a tensor at run time: rank 0 (a scalar) to 8, each dimension >= 0. Held in
// place, so that copying one never allocates.
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int32_t> dims) : rank_(static_cast<int>(dims.size())) {
    std::copy(dims.begin(), dims.end(), dims_.begin());
  }

  // Nothing when the rank is over kMaxRank, a dimension is negative, or the number of elements
  // does not fit in 31 bits (no tensor of a 32-bit machine is larger).
  static std::optional<Shape> Make(std::span<const int32_t> dims);

  int rank() const { return rank_; }
  int32_t dim(int i) const { return dims_[static_cast<size_t>(i)]; }
  int32_t operator[](int i) const { return dim(i); }
  void set_dim(int i, int32_t value) { dims_[static_cast<size_t>(i)] = value; }
  void set_rank(int rank) { rank_ = rank; }
  void Append(int32_t value) { dims_[static_cast<size_t>(rank_++)] = value; }
  std::span<const int32_t> dims() const { return {dims_.data(), static_cast<size_t>(rank_)}; }

  // Product of all dimensions (1 for a scalar); Make and runtime checks keep it below 2^31.
  int64_t num_elements() const {
    int64_t n = 1;
    for (int i = 0; i < rank_; ++i) n *= dim(i);
    return n;
  }
  // Product of dimensions [from, to).
  int64_t Product(int from, int to) const {
    int64_t n = 1;
    for (int i = from; i < to; ++i) n *= dim(i);
    return n;
  }

  bool operator==(const Shape& other) const {
    return rank_ == other.rank_ && std::equal(dims().begin(), dims().end(), other.dims().begin());
  }

  std::string ToString() const;  // "[1,224,224,3]"

 private:
  std::array<int32_t, kMaxRank> dims_ = {};
  int rank_ = 0;
};

}  // namespace octolite
