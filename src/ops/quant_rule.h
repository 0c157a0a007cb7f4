#pragma once

#include <cstdint>

namespace octolite {

// How the activations of an operator are related when it is quantized.
enum class ScaleRule : uint8_t {
  kFree,         // every activation has parameters of its own
  kSameScale,    // all activation inputs and all outputs share one scale and zero point
  kFixedOutput,  // the output's parameters are prescribed by the format's specification
};

// What the quantizer may do to an operator, stated by the operator itself. Default: nothing.
// Operator versions are those the format demands of a file that uses the types; 0: the operator
// has no such mode.
struct QuantRule {
  // Bit i set: input i is an activation, float in a float model, quantized in a quantized one. An
  // activation that happens to be constant is quantized from its own content. Inputs in neither
  // this set nor weight_input nor bias_input (shapes, axes, paddings) are left as they are.
  uint32_t activation_inputs = 0;
  static constexpr uint32_t kAllInputs = 0xFFFFFFFFu;

  ScaleRule scale = ScaleRule::kFree;
  float fixed_scale = 0;
  int32_t fixed_zero_point = 0;

  // Constant weights: symmetric int8 in [-127, 127]; bias: int32 of scale s_input * s_weights.
  int8_t weight_input = -1;
  int8_t bias_input = -1;
  int8_t channel_axis = -1;  // of the weights; -1: per tensor only

  int8_t int8_version = 0;                 // int8 activations (and weights)
  int8_t int16_version = 0;                // int16 activations, int8 weights, int64 bias
  int8_t dynamic_version = 0;              // float activations, int8 weights per tensor
  int8_t dynamic_per_channel_version = 0;  // float activations, int8 weights per channel
  // With packed weights, whatever the activations are: the higher of this and what those ask for.
  int8_t int4_version = 0;
  int8_t int2_version = 0;
  bool int4_with_int16 = false;    // the kernels take int4 weights with int16 activations
  bool dynamic_blockwise = false;  // int4 weights by blocks, with float activations

  bool is_activation(int input) const {
    return input < 32 && ((activation_inputs >> input) & 1u) != 0;
  }
};

}  // namespace octolite
