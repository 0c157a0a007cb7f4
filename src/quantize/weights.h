#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantize/model_editor.h"
#include "quantize/policy.h"

namespace octolite {

// Adds the symmetric int8 form of an operator's weights with these scales, one for each channel or
// one for all. Returns its tensor.
int32_t AddSymmetricWeights(ModelEditor& editor, int32_t subgraph, int32_t weights, int axis,
                            std::span<const float> values, std::vector<float> scales);

}  // namespace octolite
