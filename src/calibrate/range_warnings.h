#pragma once

#include <string>
#include <vector>

#include "calibrate/statistics.h"

namespace octolite {

// What makes ranges doubtful, a sentence each, with the tensor's name: a few values far beyond all
// others, which cost the rest most of its steps; a tensor that never changes; and, for the whole,
// too few samples. Nothing is said of ranges that come from a file.
std::vector<std::string> RangeWarnings(const CalibrationStats& stats);

}  // namespace octolite
