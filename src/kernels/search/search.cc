#include "kernels/search/search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <type_traits>

namespace octolite {
namespace {

template <typename T>
bool IsNan(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(value);
  return false;
}

// Integers wrap.
template <typename T>
T Add(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a + b;
  } else {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  }
}

template <typename T, typename Index, typename Better>
void ArgBest(const AxisView& view, const T* in, Index* out, Better better) {
  for (int64_t o = 0; o < view.outer; ++o) {
    const T* block = in + o * view.depth * view.inner;
    for (int64_t i = 0; i < view.inner; ++i) {
      T best = block[i];
      int64_t best_index = 0;
      for (int64_t d = 1; d < view.depth; ++d) {
        const T value = block[d * view.inner + i];
        if (better(value, best)) {
          best = value;
          best_index = d;
        }
      }
      out[o * view.inner + i] = static_cast<Index>(best_index);
    }
  }
}

}  // namespace

AxisView MakeAxisView(const Shape& shape, int axis) {
  return {shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.rank())};
}

template <typename T, typename Index>
void ArgMinMax(const AxisView& view, bool largest, const T* in, Index* out) {
  if (largest) {
    ArgBest(view, in, out, [](T value, T best) { return value > best; });
  } else {
    ArgBest(view, in, out, [](T value, T best) { return value < best; });
  }
}

template <typename T>
void CumSum(const AxisView& view, bool exclusive, bool reverse, const T* in, T* out) {
  if (view.depth == 0) return;
  const int64_t step = reverse ? -view.inner : view.inner;
  for (int64_t o = 0; o < view.outer; ++o) {
    const int64_t block = o * view.depth * view.inner;
    const int64_t start = block + (reverse ? (view.depth - 1) * view.inner : 0);
    for (int64_t i = 0; i < view.inner; ++i) {
      T sum = 0;
      for (int64_t d = 0, at = start + i; d < view.depth; ++d, at += step) {
        const T next = Add(sum, in[at]);
        out[at] = exclusive ? sum : next;
        sum = next;
      }
    }
  }
}

template <typename T, typename Index>
void TopK(int64_t rows, int64_t row, int64_t k, const T* in, T* values, Index* indices,
          int32_t* order) {
  for (int64_t r = 0; r < rows; ++r, in += row, values += k, indices += k) {
    std::iota(order, order + row, 0);
    std::partial_sort(order, order + k, order + row, [in](int32_t a, int32_t b) {
      if (IsNan(in[a]) != IsNan(in[b])) return IsNan(in[b]);
      if (in[a] != in[b] && !IsNan(in[a])) return in[b] < in[a];
      return a < b;
    });
    for (int64_t i = 0; i < k; ++i) {
      indices[i] = static_cast<Index>(order[i]);
      values[i] = in[order[i]];
    }
  }
}

template <typename T, typename Index>
int64_t Unique(int64_t count, const T* in, Index* indices, int32_t* firsts, int32_t* order) {
  // Sorted by value and then by place, so that equal values follow their first one.
  std::iota(order, order + count, 0);
  std::sort(order, order + count, [in](int32_t a, int32_t b) {
    if (IsNan(in[a]) != IsNan(in[b])) return IsNan(in[b]);
    if (in[a] != in[b] && !IsNan(in[a])) return in[a] < in[b];
    return a < b;
  });
  // indices: for now, the first place of each value.
  for (int64_t i = 0; i < count; ++i) {
    const int32_t place = order[i];
    const int32_t before = i == 0 ? place : order[i - 1];
    const bool same = i > 0 && (in[place] == in[before] || (IsNan(in[place]) && IsNan(in[before])));
    indices[place] = same ? indices[before] : static_cast<Index>(place);
  }
  // A first place comes before all that refer to it, so that it is numbered when they are.
  int64_t different = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto first = static_cast<int64_t>(indices[i]);
    if (first == i) {
      firsts[different] = static_cast<int32_t>(i);
      order[i] = static_cast<int32_t>(different++);
    }
    indices[i] = static_cast<Index>(order[first]);
  }
  return different;
}

template <typename T>
void Bucketize(std::span<const float> boundaries, int64_t count, const T* in, int32_t* out) {
  for (int64_t i = 0; i < count; ++i) {
    const auto bigger =
        std::upper_bound(boundaries.begin(), boundaries.end(), in[i], [](T value, float boundary) {
          if constexpr (std::is_same_v<T, double>) {
            return value < static_cast<double>(boundary);
          } else {
            return static_cast<float>(value) < boundary;
          }
        });
    out[i] = static_cast<int32_t>(bigger - boundaries.begin());
  }
}

template <typename T>
int64_t CountNonZero(int64_t count, const T* in) {
  return std::count_if(in, in + count, [](T value) { return value != T{0}; });
}

template <typename T>
void WhereNonZero(const Shape& shape, const T* in, int64_t* out) {
  const int64_t count = shape.num_elements();
  const int rank = shape.rank();
  std::array<int64_t, Shape::kMaxRank> at = {};
  for (int64_t i = 0; i < count; ++i) {
    if (in[i] != T{0}) out = std::copy(at.begin(), at.begin() + rank, out);
    for (int d = rank - 1; d >= 0; --d) {
      if (++at[static_cast<size_t>(d)] < shape[d]) break;
      at[static_cast<size_t>(d)] = 0;
    }
  }
}

#define OCTO_ARG(T)                                                               \
  template void ArgMinMax<T, int32_t>(const AxisView&, bool, const T*, int32_t*); \
  template void ArgMinMax<T, int64_t>(const AxisView&, bool, const T*, int64_t*);
OCTO_ARG(float)
OCTO_ARG(int8_t)
OCTO_ARG(uint8_t)
OCTO_ARG(int32_t)
#undef OCTO_ARG

#define OCTO_CUMSUM(T) template void CumSum<T>(const AxisView&, bool, bool, const T*, T*);
OCTO_CUMSUM(float)
OCTO_CUMSUM(int32_t)
OCTO_CUMSUM(int64_t)
#undef OCTO_CUMSUM

#define OCTO_TOP_UNIQUE(T)                                                                     \
  template void TopK<T, int16_t>(int64_t, int64_t, int64_t, const T*, T*, int16_t*, int32_t*); \
  template void TopK<T, int32_t>(int64_t, int64_t, int64_t, const T*, T*, int32_t*, int32_t*); \
  template int64_t Unique<T, int32_t>(int64_t, const T*, int32_t*, int32_t*, int32_t*);        \
  template int64_t Unique<T, int64_t>(int64_t, const T*, int64_t*, int32_t*, int32_t*);
OCTO_TOP_UNIQUE(float)
OCTO_TOP_UNIQUE(int8_t)
OCTO_TOP_UNIQUE(uint8_t)
OCTO_TOP_UNIQUE(int16_t)
OCTO_TOP_UNIQUE(int32_t)
OCTO_TOP_UNIQUE(int64_t)
#undef OCTO_TOP_UNIQUE

#define OCTO_BUCKETIZE(T) \
  template void Bucketize<T>(std::span<const float>, int64_t, const T*, int32_t*);
OCTO_BUCKETIZE(float)
OCTO_BUCKETIZE(double)
OCTO_BUCKETIZE(int32_t)
OCTO_BUCKETIZE(int64_t)
#undef OCTO_BUCKETIZE

#define OCTO_WHERE(T)                                  \
  template int64_t CountNonZero<T>(int64_t, const T*); \
  template void WhereNonZero<T>(const Shape&, const T*, int64_t*);
OCTO_WHERE(float)
OCTO_WHERE(int8_t)
OCTO_WHERE(uint8_t)
OCTO_WHERE(int32_t)
OCTO_WHERE(uint32_t)
OCTO_WHERE(int64_t)
#undef OCTO_WHERE

}  // namespace octolite
