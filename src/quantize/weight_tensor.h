#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"

namespace octolite {

// The bias of a static operator, which has a say in the scales of the weights.
struct BiasScale {
  std::span<const float> values;  // empty: there is none
  float input_scale = 0;
  bool fits_int32 = false;  // the scales are to be such that it does
};

struct AddedWeights {
  int32_t tensor = kNoTensor;
  std::vector<float> scales;  // one, or one for each channel; none where they go by blocks
};

// Adds the integer form of an operator's weights, as its decision says. `bias` is null where the
// bias stays float. INVALID_ARGUMENT as ChooseWeightParams refuses.
Result<AddedWeights> AddWeights(ModelEditor& editor, int32_t subgraph, int32_t op,
                                const Decision& decision, const BiasScale* bias);

}  // namespace octolite
