#pragma once

#include <cstdint>

#include "kernels/detection/non_max_suppression.h"

namespace octolite {

// A box by its centre and size; also what encodings are divided by.
struct CenterBox {
  float y = 0, x = 0, h = 0, w = 0;
};

// The box that an encoding means relative to an anchor, y and x of the corners in increasing order:
// centre = encoding / scale * anchor size + anchor centre, size = exp(encoding / scale) * anchor
// size.
CornerBox DecodeBox(const CenterBox& encoding, const CenterBox& anchor, const CenterBox& scale);

struct DetectionParams {
  int64_t boxes = 0;
  int64_t score_columns = 0;  // classes, and one before them where there is a background
  int64_t classes = 0;
  int64_t max_detections = 0;
  int64_t classes_per_detection = 0;  // of the fast suppression
  int64_t detections_per_class = 0;   // of the regular one
  float score_threshold = 0;
  float iou_threshold = 0;
  bool regular = false;
};

struct DetectionOutputs {
  CornerBox* boxes = nullptr;  // max_detections * classes_per_detection; so are these:
  float* classes = nullptr;
  float* scores = nullptr;
  float* count = nullptr;
};

// Bytes of scratch memory for DetectionPostprocess.
int64_t DetectionScratchBytes(const DetectionParams& params);

// Selects detections among boxes by their scores [boxes, score_columns]. Regular: suppresses for
// each class alone, and keeps the best of all. Fast: suppresses by each box's best score, and tells
// the best classes of each. Unused places of the outputs are 0.
void DetectionPostprocess(const DetectionParams& params, const CornerBox* boxes,
                          const float* scores, const DetectionOutputs& outputs, uint8_t* scratch);

}  // namespace octolite
