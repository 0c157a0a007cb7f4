#include "kernels/move/tile.h"

#include <cstring>

#include "kernels/move/copy.h"

namespace octolite {
namespace {

// Bytes read and written.
struct Progress {
  size_t from = 0;
  size_t to = 0;
};

Progress TileFrom(const TilePlan& plan, size_t d, const uint8_t* from, uint8_t* to) {
  if (d == plan.dims.size()) {
    std::memcpy(to, from, plan.element_bytes);
    return {plan.element_bytes, plan.element_bytes};
  }
  Progress done;
  if (d + 1 == plan.dims.size()) {
    done.from = static_cast<size_t>(plan.dims[d].size) * plan.element_bytes;
    done.to = done.from;
    std::memcpy(to, from, done.from);
  } else {
    for (int64_t i = 0; i < plan.dims[d].size; ++i) {
      const Progress step = TileFrom(plan, d + 1, from + done.from, to + done.to);
      done.from += step.from;
      done.to += step.to;
    }
  }
  const auto copies = static_cast<size_t>(plan.dims[d].multiple - 1);
  FillElements(to + done.to, copies, to, done.to);
  return {done.from, done.to * (copies + 1)};
}

}  // namespace

TilePlan MakeTilePlan(const Shape& shape, std::span<const int64_t> multiples,
                      size_t element_bytes) {
  TilePlan plan;
  plan.element_bytes = element_bytes;
  int rank = shape.rank();
  while (rank > 0 && multiples[static_cast<size_t>(rank - 1)] == 1) {
    plan.element_bytes *= static_cast<size_t>(shape[--rank]);
  }
  for (int i = 0; i < rank; ++i) {
    plan.dims.push_back({shape[i], multiples[static_cast<size_t>(i)]});
  }
  return plan;
}

void RunTile(const TilePlan& plan, const uint8_t* from, uint8_t* to) {
  TileFrom(plan, 0, from, to);
}

}  // namespace octolite
