#include "kernels/detection/detection_postprocess.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/detection/heap.h"

namespace octolite {
namespace {

struct Detection {
  int32_t box = 0;
  int32_t label = 0;
  float score = 0;
};

// The parts of the scratch memory.
struct Scratch {
  Scratch(const DetectionParams& params, uint8_t* memory)
      : scores(reinterpret_cast<float*>(memory)),
        order(reinterpret_cast<int32_t*>(scores + params.boxes)),
        selected(order + params.boxes),
        labels(selected + params.boxes),
        found(reinterpret_cast<Detection*>(labels + params.classes)),
        merged(found + params.max_detections + params.boxes) {}

  float* scores;
  int32_t* order;
  int32_t* selected;
  int32_t* labels;
  Detection* found;
  Detection* merged;
};

// The best boxes that do not overlap too much with better ones; `scratch.scores` in, how many of
// `scratch.selected` out.
int64_t Suppress(const DetectionParams& params, const CornerBox* boxes, int64_t most,
                 const Scratch& scratch) {
  const float* scores = scratch.scores;
  int64_t waiting = 0;
  for (int64_t i = 0; i < params.boxes; ++i) {
    if (scores[i] >= params.score_threshold) scratch.order[waiting++] = static_cast<int32_t>(i);
  }
  std::sort(scratch.order, scratch.order + waiting, [scores](int32_t a, int32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  constexpr int32_t kSuppressed = -1;
  int64_t found = 0;
  for (int64_t i = 0; i < waiting && found < most; ++i) {
    const int32_t best = scratch.order[i];
    if (best == kSuppressed) continue;
    scratch.selected[found++] = best;
    for (int64_t j = i + 1; j < waiting; ++j) {
      int32_t& other = scratch.order[j];
      if (other != kSuppressed &&
          IntersectionOverUnion(boxes[best], boxes[other]) > params.iou_threshold) {
        other = kSuppressed;
      }
    }
  }
  return found;
}

int64_t Regular(const DetectionParams& params, const CornerBox* boxes, const float* scores,
                const DetectionOutputs& outputs, Scratch& scratch) {
  const int64_t background = params.score_columns - params.classes;
  const int64_t most = std::min(params.detections_per_class, params.max_detections);
  int64_t found = 0;
  for (int64_t label = 0; label < params.classes; ++label) {
    for (int64_t i = 0; i < params.boxes; ++i) {
      scratch.scores[i] = scores[i * params.score_columns + background + label];
    }
    const int64_t more = Suppress(params, boxes, most, scratch);
    for (int64_t i = 0; i < more; ++i) {
      const int32_t box = scratch.selected[i];
      scratch.found[found + i] = {box, static_cast<int32_t>(label), scratch.scores[box]};
    }
    // Both parts are sorted; of equal scores, the earlier class comes first.
    Detection* middle = scratch.found + found;
    std::merge(scratch.found, middle, middle, middle + more, scratch.merged,
               [](const Detection& a, const Detection& b) { return a.score > b.score; });
    found = std::min(found + more, params.max_detections);
    std::copy(scratch.merged, scratch.merged + found, scratch.found);
  }
  for (int64_t i = 0; i < found; ++i) {
    const Detection& detection = scratch.found[i];
    outputs.boxes[i] = boxes[detection.box];
    outputs.classes[i] = static_cast<float>(detection.label);
    outputs.scores[i] = detection.score;
  }
  return found;
}

int64_t Fast(const DetectionParams& params, const CornerBox* boxes, const float* scores,
             const DetectionOutputs& outputs, const Scratch& scratch) {
  const int64_t background = params.score_columns - params.classes;
  const int64_t labels = std::min(params.classes_per_detection, params.classes);
  for (int64_t i = 0; i < params.boxes; ++i) {
    const float* row = scores + i * params.score_columns + background;
    scratch.scores[i] = *std::max_element(row, row + params.classes);
  }
  const int64_t found = Suppress(params, boxes, params.max_detections, scratch);
  for (int64_t i = 0; i < found; ++i) {
    const int32_t box = scratch.selected[i];
    const float* row = scores + box * params.score_columns + background;
    if (labels == 1) {
      scratch.labels[0] = static_cast<int32_t>(std::max_element(row, row + params.classes) - row);
    } else {
      std::iota(scratch.labels, scratch.labels + params.classes, 0);
      PartialSort(scratch.labels, labels, params.classes,
                  [row](int32_t a, int32_t b) { return row[a] > row[b]; });
    }
    for (int64_t j = 0; j < labels; ++j) {
      const int64_t at = i * params.classes_per_detection + j;
      outputs.boxes[at] = boxes[box];
      outputs.classes[at] = static_cast<float>(scratch.labels[j]);
      outputs.scores[at] = row[scratch.labels[j]];
    }
  }
  return found;
}

}  // namespace

CornerBox DecodeBox(const CenterBox& encoding, const CenterBox& anchor, const CenterBox& scale) {
  const auto center = [](float code, float by, float size, float at) {
    return static_cast<float>(static_cast<double>(code) / static_cast<double>(by) *
                                  static_cast<double>(size) +
                              static_cast<double>(at));
  };
  const auto half = [](float code, float by, float size) {
    return static_cast<float>(0.5 * std::exp(static_cast<double>(code) / static_cast<double>(by)) *
                              static_cast<double>(size));
  };
  const float y = center(encoding.y, scale.y, anchor.h, anchor.y);
  const float x = center(encoding.x, scale.x, anchor.w, anchor.x);
  const float h = half(encoding.h, scale.h, anchor.h);
  const float w = half(encoding.w, scale.w, anchor.w);
  return {y - h, x - w, y + h, x + w};
}

int64_t DetectionScratchBytes(const DetectionParams& params) {
  const int64_t detections = params.max_detections + params.boxes;
  return params.boxes * int64_t{sizeof(float) + 2 * sizeof(int32_t)} +
         params.classes * int64_t{sizeof(int32_t)} + 2 * detections * int64_t{sizeof(Detection)};
}

void DetectionPostprocess(const DetectionParams& params, const CornerBox* boxes,
                          const float* scores, const DetectionOutputs& outputs, uint8_t* scratch) {
  const int64_t places = params.max_detections * params.classes_per_detection;
  std::fill(outputs.boxes, outputs.boxes + places, CornerBox{});
  std::fill(outputs.classes, outputs.classes + places, 0.0f);
  std::fill(outputs.scores, outputs.scores + places, 0.0f);
  Scratch parts(params, scratch);
  *outputs.count =
      static_cast<float>(params.regular ? Regular(params, boxes, scores, outputs, parts)
                                        : Fast(params, boxes, scores, outputs, parts));
}

}  // namespace octolite
