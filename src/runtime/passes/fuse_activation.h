#pragma once

#include <cstdint>
#include <optional>

#include "model/model.h"
#include "ops/op_def.h"
#include "runtime/passes/tensor_uses.h"

namespace octolite {

// An activation operator that the operator before it does as the last step of its own.
struct ActivationFusion {
  int32_t op_index = 0;  // of the activation
  int64_t function = 0;  // as "fused_activation_function" numbers it
};

// Pass: RELU, RELU6 and RELU_N1_TO_1 behind a convolution, a FULLY_CONNECTED, an ADD and the like
// become that operator's fused activation, and the tensor between them is never made.
//
// Nothing is found where somebody else sees that tensor, where the operator has an activation
// already, and where the result could differ: with floats it cannot, with 8 bits RELU alone is
// taken, between tensors of one scale and zero point, as it then is a bound at the zero point.
std::optional<ActivationFusion> FindActivation(const Model& model, const Subgraph& subgraph,
                                               const TensorUses& uses, const OpDef& def,
                                               const Operator& op);

}  // namespace octolite
