#pragma once

#include <cstdint>

namespace octolite {

enum class SegmentKind : uint8_t { kSum, kProd, kMax, kMin };

// out[ids[i]] = out[ids[i]] folded with in[i], rows of `width` elements; segments without a row
// hold 0, 1, the lowest or the highest number. Rows with a negative id do not count; no id is
// beyond `segments`. Integers wrap. For float and int32.
template <typename T>
void FoldSegments(SegmentKind kind, int64_t rows, int64_t width, int64_t segments,
                  const int32_t* ids, const T* in, T* out);

}  // namespace octolite
