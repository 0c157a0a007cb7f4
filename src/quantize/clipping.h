#pragma once

#include <span>
#include <vector>

#include "quantize/weights.h"

namespace octolite {

// Narrows the symmetric scales of weights, which reach the ends as they come, where cutting off the
// largest values costs less than the finer steps gain.
//   kMse:   the scale of least squared error among 100 shares of the whole range.
//   kOctav: Newton's method on the expected squared error of clipping and rounding; Sakr et al.,
//           "Optimal Clipping and Magnitude-aware Differentiation for Improved Quantization-aware
//           Training", 2022.
void ClipScales(std::span<const float> values, const WeightLayout& layout, const CodeRange& range,
                WeightClipping clipping, std::vector<float>& scales);

}  // namespace octolite
