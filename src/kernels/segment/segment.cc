#include "kernels/segment/segment.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace octolite {
namespace {

template <typename T, typename F>
void Fold(int64_t rows, int64_t width, int64_t segments, const int32_t* ids, const T* in, T* out,
          T start, F f) {
  std::fill(out, out + segments * width, start);
  for (int64_t r = 0; r < rows; ++r, in += width) {
    if (ids[r] < 0) continue;
    T* to = out + ids[r] * width;
    for (int64_t i = 0; i < width; ++i) to[i] = f(to[i], in[i]);
  }
}

}  // namespace

template <typename T>
void FoldSegments(SegmentKind kind, int64_t rows, int64_t width, int64_t segments,
                  const int32_t* ids, const T* in, T* out) {
  // Where integers wrap instead of overflowing.
  using W = std::conditional_t<std::is_floating_point_v<T>, T, uint32_t>;
  using Limits = std::numeric_limits<T>;
  switch (kind) {
    case SegmentKind::kSum:
      return Fold(rows, width, segments, ids, in, out, T{0},
                  [](T a, T x) { return static_cast<T>(static_cast<W>(a) + static_cast<W>(x)); });
    case SegmentKind::kProd:
      return Fold(rows, width, segments, ids, in, out, T{1},
                  [](T a, T x) { return static_cast<T>(static_cast<W>(a) * static_cast<W>(x)); });
    case SegmentKind::kMax:
      return Fold(rows, width, segments, ids, in, out, Limits::lowest(),
                  [](T a, T x) { return std::max(a, x); });
    case SegmentKind::kMin:
      return Fold(rows, width, segments, ids, in, out, Limits::max(),
                  [](T a, T x) { return std::min(a, x); });
  }
}

template void FoldSegments<float>(SegmentKind, int64_t, int64_t, int64_t, const int32_t*,
                                  const float*, float*);
template void FoldSegments<int32_t>(SegmentKind, int64_t, int64_t, int64_t, const int32_t*,
                                    const int32_t*, int32_t*);

}  // namespace octolite
