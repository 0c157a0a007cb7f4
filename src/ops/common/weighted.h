#pragma once

#include <cstdint>

#include "kernels/dynamic_quantize.h"
#include "kernels/quantized_output.h"
#include "ops/common/activation.h"
#include "ops/op_def.h"

namespace octolite {

// What the operators with weights (convolutions and FULLY_CONNECTED) have in common: an activation,
// weights with a number of output channels, an optional bias, a fused activation function, and
// three ways to compute.
enum class WeightedMode : uint8_t {
  kFloat,      // everything float32
  kQuantized,  // int8 or uint8 activations and weights, int32 bias
  kDynamic,    // float32 activations and bias, int8 weights
};

// Where they are among the operator's inputs.
struct WeightedInputs {
  int activation = 0;
  int weights = 1;
  int bias = 2;  // may be left out
};

struct WeightedSpec {
  WeightedMode mode = WeightedMode::kFloat;
  DataType type = DataType::kFloat32;  // of the activations
  WeightedInputs inputs;
  bool has_bias = false;
  FloatRange range;  // kFloat and kDynamic
  int32_t input_zero_point = 0;
  int32_t weight_zero_point = 0;
  bool per_channel = false;
  QuantizedOutput requantize;  // kQuantized
  DynamicOutput dequantize;    // kDynamic
};

// Validates types, quantization and bias and computes the scales. `channels` output channels lie
// along `channel_axis` of the weights, whose rank and dimensions the caller has checked;
// `reference_rounding` is what the reference kernels of the operator do. Errors:
// UNSUPPORTED_OPERATOR for a combination of types that no kernel takes, INVALID_MODEL for
// parameters that do not fit.
Result<WeightedSpec> PrepareWeighted(const PrepareContext& ctx, const WeightedInputs& inputs,
                                     int32_t channels, int channel_axis,
                                     Rounding reference_rounding);

// Sets output 0 to the shape; SHAPE_MISMATCH when it has more elements than a tensor can.
Status SetCheckedOutputShape(PrepareContext& ctx, std::span<const int32_t> dims);

// Asks for scratch; OUT_OF_MEMORY beyond 31 bits, which no 32-bit machine has in one piece.
Status RequestCheckedScratch(PrepareContext& ctx, int64_t bytes);

// The bias at run time, or null.
template <typename T>
const T* BiasData(const EvalContext& ctx, const WeightedSpec& spec) {
  return spec.has_bias ? ctx.input<T>(spec.inputs.bias) : nullptr;
}

}  // namespace octolite
