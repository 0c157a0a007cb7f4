#include "kernels/detection/non_max_suppression.h"

#include <algorithm>
#include <cmath>

#include "kernels/detection/heap.h"

namespace octolite {

float IntersectionOverUnion(const CornerBox& a, const CornerBox& b) {
  const auto [a_top, a_bottom] = std::minmax(a.y1, a.y2);
  const auto [a_left, a_right] = std::minmax(a.x1, a.x2);
  const auto [b_top, b_bottom] = std::minmax(b.y1, b.y2);
  const auto [b_left, b_right] = std::minmax(b.x1, b.x2);
  const float a_area = (a_bottom - a_top) * (a_right - a_left);
  const float b_area = (b_bottom - b_top) * (b_right - b_left);
  if (a_area <= 0 || b_area <= 0) return 0;
  const float height = std::min(a_bottom, b_bottom) - std::max(a_top, b_top);
  const float width = std::min(a_right, b_right) - std::max(a_left, b_left);
  const float intersection = std::max(height, 0.0f) * std::max(width, 0.0f);
  return intersection / (a_area + b_area - intersection);
}

int64_t NonMaxSuppression(const SuppressionParams& params, int64_t count, const CornerBox* boxes,
                          const float* scores, BoxCandidate* candidates, int32_t* selected,
                          float* selected_scores) {
  const auto worse = [](const BoxCandidate& a, const BoxCandidate& b) { return a.score < b.score; };
  int64_t waiting = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (!(scores[i] > params.score_threshold)) continue;
    HeapPush(candidates, waiting++, BoxCandidate{static_cast<int32_t>(i), scores[i], 0}, worse);
  }
  const int64_t wanted = std::min(waiting, params.max_outputs);
  const bool soft = params.sigma > 0;
  const float decay = soft ? static_cast<float>(-0.5 / static_cast<double>(params.sigma)) : 0.0f;
  int64_t found = 0;
  while (found < wanted && waiting > 0) {
    BoxCandidate next = HeapPop(candidates, waiting--, worse);
    const float score = next.score;
    bool suppressed = false;
    for (int64_t j = found - 1; j >= next.compared; --j) {
      const float overlap = IntersectionOverUnion(boxes[next.index], boxes[selected[j]]);
      suppressed = overlap >= params.iou_threshold;
      if (suppressed) break;
      if (soft) next.score *= std::exp(decay * overlap * overlap);
      if (next.score <= params.score_threshold) break;
    }
    next.compared = static_cast<int32_t>(found);
    if (suppressed) continue;
    if (next.score == score) {
      selected[found] = next.index;
      if (selected_scores) selected_scores[found] = score;
      ++found;
    }
    // What was selected waits too, until its overlap with itself suppresses it: as LiteRT has it,
    // boxes without area are selected over and over.
    if (next.score > params.score_threshold) HeapPush(candidates, waiting++, next, worse);
  }
  return found;
}

}  // namespace octolite
