#pragma once

#include <cstdint>
#include <span>

#include "base/shape.h"

namespace octolite {

// A tensor around one of its dimensions: `outer` blocks of `depth` rows of `inner` elements.
struct AxisView {
  int64_t outer = 1, depth = 1, inner = 1;
};
AxisView MakeAxisView(const Shape& shape, int axis);

// out[o][i] = the first index of the largest (smallest) of in[o][..][i]. NaN is never better than
// another, and nothing better than it. For float, int8, uint8 and int32; depth is at least 1.
template <typename T, typename Index>
void ArgMinMax(const AxisView& view, bool largest, const T* in, Index* out);

// out = the sums of in along the axis, from the first row on, or from the last (`reverse`); without
// the row itself (`exclusive`). Integers wrap. For float, int32 and int64.
template <typename T>
void CumSum(const AxisView& view, bool exclusive, bool reverse, const T* in, T* out);

// The k largest of each row, in decreasing order, equal ones in that of their places; NaN is the
// smallest. `order` has room for a row's length; 0 <= k <= row.
template <typename T, typename Index>
void TopK(int64_t rows, int64_t row, int64_t k, const T* in, T* values, Index* indices,
          int32_t* order);

// The number of different values, whose first places are put in `firsts`, in order; indices[i] says
// which of these in[i] equals. NaN equals what it is compared with first, as in LiteRT's ordered
// map. `firsts` and `order` have room for `count`.
template <typename T, typename Index>
int64_t Unique(int64_t count, const T* in, Index* indices, int32_t* firsts, int32_t* order);

// out[i] = how many of the sorted `boundaries` are at most in[i]. For float, double, int32, int64.
template <typename T>
void Bucketize(std::span<const float> boundaries, int64_t count, const T* in, int32_t* out);

// Elements that are not zero, and their coordinates as rows of int64.
template <typename T>
int64_t CountNonZero(int64_t count, const T* in);
template <typename T>
void WhereNonZero(const Shape& shape, const T* in, int64_t* out);

}  // namespace octolite
