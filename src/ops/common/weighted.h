#pragma once

#include <cstdint>
#include <vector>

#include "kernels/dynamic_quantize.h"
#include "kernels/gemm/pack.h"
#include "kernels/quantized_output.h"
#include "ops/common/activation.h"
#include "ops/op_def.h"

namespace octolite {

// What the operators with weights (convolutions and FULLY_CONNECTED) have in common: an activation,
// weights with a number of output channels, an optional bias, a fused activation function, and
// four ways to compute. Weights of 8 bits may be stored in 4 or 2.
enum class WeightedMode : uint8_t {
  kFloat,      // everything float32
  kQuantized,  // int8 or uint8 activations and weights, int32 bias
  kDynamic,    // float32 activations and bias, 8-bit weights
  kWide,       // int16 activations, int8 or int16 weights, int64 or int32 bias
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
  DataType bias_type = DataType::kFloat32;
  FloatRange range;  // kFloat and kDynamic
  int32_t input_zero_point = 0;
  // As the kernels take them: of 8 or 16 bits, or float.
  WeightsSource weights;
  std::vector<int8_t> unpacked;  // where `weights` are, if they are stored in fewer bits
  bool per_channel = false;      // scales that differ
  bool xnnpack = false;          // LiteRT runs XNNPACK's kernel, and that arithmetic is asked for
  bool narrow = false;           // kWide: the accumulator has 32 bits
  QuantizedOutput requantize;    // kQuantized and kWide
  DynamicOutput dequantize;      // kDynamic
};

// What an operator's own kernels are like.
struct WeightedRules {
  WeightedInputs inputs = {};
  int channel_axis = 0;  // of the weights
  // Of the reference kernels, and of those that LiteRT has when XNNPACK does not take an operator.
  Rounding reference = Rounding::kFixedPoint;
  Rounding optimized = Rounding::kFixedPointUp;
  // What FULLY_CONNECTED alone is taken with: weights of 4 and 2 bits by XNNPACK, int16 weights,
  // and int16 activations without bias by the optimized kernels.
  bool fully_connected = false;
};

// Validates types, quantization and bias and computes the scales for `channels` output channels;
// the caller has checked the rank and the dimensions of the weights. Errors: UNSUPPORTED_OPERATOR
// for a combination of types that no kernel takes, INVALID_MODEL for parameters that do not fit.
Result<WeightedSpec> PrepareWeighted(const PrepareContext& ctx, const WeightedRules& rules,
                                     int32_t channels);

// Bytes of one of the inputs, constant weights that are stored in 4 or 2 bits each. INVALID_MODEL
// when there are more or fewer than the shape says.
Result<std::vector<int8_t>> UnpackWeights(const PrepareContext& ctx, int input);

// Constant weights are as large as their shape says, or INVALID_MODEL.
Status CheckWeightsSize(const PrepareContext& ctx, int input);

// Type, size and zero point of a bias for `channels` output channels.
Status CheckBias(const PrepareContext& ctx, int input, WeightedMode mode, int32_t channels);

// Sets output 0 to the shape; SHAPE_MISMATCH when it has more elements than a tensor can.
Status SetCheckedOutputShape(PrepareContext& ctx, std::span<const int32_t> dims);

// Asks for scratch; OUT_OF_MEMORY beyond 31 bits, which no 32-bit machine has in one piece.
Status RequestCheckedScratch(PrepareContext& ctx, int64_t bytes);

// The weights at run time.
inline const void* WeightsData(const EvalContext& ctx, const WeightedSpec& spec) {
  return spec.unpacked.empty() ? ctx.input<int8_t>(spec.inputs.weights) : spec.unpacked.data();
}

// The bias at run time, or null.
template <typename T>
const T* BiasData(const EvalContext& ctx, const WeightedSpec& spec) {
  return spec.has_bias ? ctx.input<T>(spec.inputs.bias) : nullptr;
}

}  // namespace octolite
