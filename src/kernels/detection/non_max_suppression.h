#pragma once

#include <cstdint>

namespace octolite {

// A box by two opposite corners.
struct CornerBox {
  float y1 = 0, x1 = 0, y2 = 0, x2 = 0;
};

// Area of the intersection over area of the union; 0 where a box has no area. Corners may come in
// either order.
float IntersectionOverUnion(const CornerBox& a, const CornerBox& b);

struct SuppressionParams {
  int64_t max_outputs = 0;
  float iou_threshold = 0;
  float score_threshold = 0;
  float sigma = 0;  // above 0: soft
};

// A box that waits to be selected.
struct BoxCandidate {
  int32_t index = 0;
  float score = 0;
  int32_t compared = 0;  // with that many of the selected ones
};

// Greedy suppression of boxes by better ones that they overlap with; soft: scores of those that
// overlap decay by a Gaussian of the overlap (Bodla et al. 2017, arXiv:1704.04503). Returns how
// many are selected. `selected` and, where not null, `selected_scores` have room for max_outputs,
// `candidates` for `count`.
int64_t NonMaxSuppression(const SuppressionParams& params, int64_t count, const CornerBox* boxes,
                          const float* scores, BoxCandidate* candidates, int32_t* selected,
                          float* selected_scores);

}  // namespace octolite
