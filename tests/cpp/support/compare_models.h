#pragma once

#include <string>

#include "model/model.h"

namespace octolite::testing {

// The first difference of two models, field by field, floats and weights by their bits:
// "subgraphs[0].tensors[3].quantization.scale: [0.5] / [0.25]"; "" when they are equal.
std::string FirstDifference(const Model& a, const Model& b);

}  // namespace octolite::testing
