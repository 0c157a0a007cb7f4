#include "kernels/move/copy.h"

#include <algorithm>
#include <cstring>

namespace octolite {
namespace {

// Beyond, calling memcpy costs nothing.
constexpr size_t kMostVectorBytes = 256;

// Elements of a size known to the compiler, one dimension.
template <size_t kBytes>
void CopyRun(const uint8_t* from, int64_t from_stride, uint8_t* to, int64_t to_stride,
             int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to, from, kBytes);
    from += from_stride;
    to += to_stride;
  }
}

// Elements of a few vectors: the last one may lie over the one before.
void CopyVectors(size_t bytes, const uint8_t* from, int64_t from_stride, uint8_t* to,
                 int64_t to_stride, int64_t count) {
  constexpr size_t kVector = 16;
  for (int64_t i = 0; i < count; ++i) {
    for (size_t at = 0; at + kVector < bytes; at += kVector) {
      std::memcpy(to + at, from + at, kVector);
    }
    std::memcpy(to + bytes - kVector, from + bytes - kVector, kVector);
    from += from_stride;
    to += to_stride;
  }
}

void CopyRun(size_t bytes, const uint8_t* from, int64_t from_stride, uint8_t* to, int64_t to_stride,
             int64_t count) {
  switch (bytes) {
    case 1:
      return CopyRun<1>(from, from_stride, to, to_stride, count);
    case 2:
      return CopyRun<2>(from, from_stride, to, to_stride, count);
    case 4:
      return CopyRun<4>(from, from_stride, to, to_stride, count);
    case 8:
      return CopyRun<8>(from, from_stride, to, to_stride, count);
    case 3:
      return CopyRun<3>(from, from_stride, to, to_stride, count);
    case 12:
      return CopyRun<12>(from, from_stride, to, to_stride, count);
    case 16:
      return CopyRun<16>(from, from_stride, to, to_stride, count);
    default:
      if (bytes > 16 && bytes <= kMostVectorBytes) {
        return CopyVectors(bytes, from, from_stride, to, to_stride, count);
      }
      for (int64_t i = 0; i < count; ++i) {
        std::memcpy(to, from, bytes);
        from += from_stride;
        to += to_stride;
      }
  }
}

}  // namespace

Strides DenseStrides(const Shape& shape, size_t element_bytes) {
  Strides strides = {};
  auto stride = static_cast<int64_t>(element_bytes);
  for (int i = shape.rank() - 1; i >= 0; --i) {
    strides[static_cast<size_t>(i)] = stride;
    stride *= shape[i];
  }
  return strides;
}

CopyPlan MakeCopyPlan(const Shape& block, size_t element_bytes, const Strides& from,
                      const Strides& to, int64_t from_offset, int64_t to_offset) {
  CopyPlan plan;
  plan.element_bytes = element_bytes;
  plan.from_offset = from_offset;
  plan.to_offset = to_offset;
  for (int i = 0; i < block.rank(); ++i) {
    const auto d = static_cast<size_t>(i);
    const int64_t dim = block[i];
    if (dim == 1) continue;
    const auto last = static_cast<size_t>(plan.rank - 1);
    if (plan.rank > 0 && plan.from_strides[last] == from[d] * dim &&
        plan.to_strides[last] == to[d] * dim) {
      plan.dims[last] *= dim;
      plan.from_strides[last] = from[d];
      plan.to_strides[last] = to[d];
      continue;
    }
    const auto next = static_cast<size_t>(plan.rank++);
    plan.dims[next] = dim;
    plan.from_strides[next] = from[d];
    plan.to_strides[next] = to[d];
  }
  if (plan.rank > 0) {
    const auto last = static_cast<size_t>(plan.rank - 1);
    const auto bytes = static_cast<int64_t>(element_bytes);
    if (plan.from_strides[last] == bytes && plan.to_strides[last] == bytes && plan.dims[last] > 0) {
      plan.element_bytes *= static_cast<size_t>(plan.dims[last]);
      --plan.rank;
    }
  }
  return plan;
}

void RunCopy(const CopyPlan& plan, const uint8_t* from, uint8_t* to) {
  for (int i = 0; i < plan.rank; ++i) {
    if (plan.dims[static_cast<size_t>(i)] == 0) return;
  }
  from += plan.from_offset;
  to += plan.to_offset;
  if (plan.rank == 0) {
    std::memcpy(to, from, plan.element_bytes);
    return;
  }
  const auto inner = static_cast<size_t>(plan.rank - 1);
  std::array<int64_t, Shape::kMaxRank> index = {};
  int64_t from_at = 0, to_at = 0;
  while (true) {
    CopyRun(plan.element_bytes, from + from_at, plan.from_strides[inner], to + to_at,
            plan.to_strides[inner], plan.dims[inner]);
    size_t d = inner;
    while (d-- > 0) {
      from_at += plan.from_strides[d];
      to_at += plan.to_strides[d];
      if (++index[d] < plan.dims[d]) break;
      from_at -= plan.from_strides[d] * plan.dims[d];
      to_at -= plan.to_strides[d] * plan.dims[d];
      index[d] = 0;
    }
    if (d == SIZE_MAX) return;
  }
}

void FillElements(uint8_t* to, size_t count, const uint8_t* value, size_t element_bytes) {
  if (count == 0) return;
  if (element_bytes == 1) {
    std::memset(to, *value, count);
    return;
  }
  // Doubles what is written until all is.
  const size_t total = count * element_bytes;
  std::memcpy(to, value, element_bytes);
  for (size_t done = element_bytes; done < total;) {
    const size_t next = std::min(done, total - done);
    std::memcpy(to + done, to, next);
    done += next;
  }
}

}  // namespace octolite
