#pragma once

#include "base/rng.h"
#include "model/model.h"

namespace octolite::testing {

// Changes one to four things of a model: a dimension, a type, a scale, an operator, its tensors or
// its options, a constant. Most results still pass the reader's checks, so that what lies behind
// them is reached: preparing and running operators on what no converter writes.
void MutateModel(Model& model, Rng& rng);

}  // namespace octolite::testing
