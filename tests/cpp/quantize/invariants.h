#pragma once

#include <string>

#include "model/model.h"

namespace octolite::testing {

// The first way in which a quantized model breaks the format's specification of int8 quantization,
// "" when there is none: weights symmetric in [-127, 127] with zero point 0; bias scale the product
// of the scales of input and weights, within 1 ulp; equal parameters where an operator demands it;
// prescribed outputs; operator versions; no operator with both float and int8 activations; every
// tensor made before it is read. `original`: the model that it was made from.
std::string BrokenInvariant(const Model& original, const Model& quantized);

}  // namespace octolite::testing
