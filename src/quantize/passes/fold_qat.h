#pragma once

#include <vector>

#include "calibrate/statistics.h"
#include "quantize/model_editor.h"
#include "quantize/passes/passes.h"

namespace octolite {

// What training for quantization leaves in a float model, taken out: FAKE_QUANT, QUANTIZE and
// DEQUANTIZE in pairs on values that are float before and after, and DEQUANTIZE of integer
// constants. Afterwards the model is as float as one that was trained without, and `ranges` says
// what the parameters were that it was trained with: quantizing values of these ranges gives those
// parameters again.
struct QatFolding {
  std::vector<FoldedConstant> constants;  // integers that became float32
  CalibrationStats ranges;
};

QatFolding FoldQat(ModelEditor& editor);

// `stats` with the records of `ranges` in the place of its own.
CalibrationStats Overridden(const CalibrationStats& stats, const CalibrationStats& ranges);

}  // namespace octolite
