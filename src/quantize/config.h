#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/data_type.h"
#include "calibrate/observer.h"
#include "model/model.h"

namespace octolite {

// What is done to an operator.
enum class QuantMode : uint8_t {
  kFloat,       // as it came
  kFloat16,     // constants in float16, made float32 again by a DEQUANTIZE
  kWeightOnly,  // integer weights, made float32 again by a DEQUANTIZE
  kDynamic,     // integer weights, activations float32 and quantized by the kernel as it runs
  kStatic,      // integer weights and activations, parameters from calibration
};
std::string_view QuantModeName(QuantMode mode);

enum class Granularity : uint8_t { kPerTensor, kPerChannel, kBlockwise };

// How the range of weights is chosen that their integers stand for.
enum class WeightClipping : uint8_t {
  kMinMax,  // all of them
  kMse,     // the scale of least squared error, found by search
  kOctav,   // the clip of least expected squared error, by Newton's method (OCTAV)
};

// How weights become integers.
struct WeightConfig {
  int32_t bits = 8;  // 8, 4 or 2
  Granularity granularity = Granularity::kPerChannel;
  // Elements along the last axis that share a scale, for kBlockwise: 32, 64, 128 or 256.
  int32_t block_size = 0;
  // Zero point 0. Only weight-only quantization may be asymmetric.
  bool symmetric = true;
  // Of symmetric weights: [-127, 127] instead of [-128, 127]. Integer kernels want it so.
  bool narrow_range = true;
  WeightClipping clipping = WeightClipping::kMinMax;
  // Weights with fewer elements stay float, and with them the operator. Not for kStatic.
  int64_t min_elements = 0;
  bool operator==(const WeightConfig&) const = default;
};

// How activations become integers, for kStatic: those that the operator makes.
struct ActivationConfig {
  int32_t bits = 8;        // 8 or 16
  bool symmetric = false;  // zero point 0; 16 bits are always so
  ObserverConfig observer;
  bool operator==(const ActivationConfig&) const = default;
};

// What is asked for one operator; a recipe resolves to one of these for each.
struct OperatorConfig {
  QuantMode mode = QuantMode::kFloat;
  WeightConfig weights;
  ActivationConfig activations;
  bool operator==(const OperatorConfig&) const = default;
};

// As recipes are called: "static_wi8_ai8", "dynamic_wi4_afp32", "weight_only_wi8_afp32",
// "float16", "float".
std::string SchemeName(const OperatorConfig& config);

struct QuantizeConfig {
  // [subgraph][operator], as many as the model has. A missing subgraph stays float.
  std::vector<std::vector<OperatorConfig>> operators;
  // Element type of quantized inputs and outputs of the model: float32, int8, uint8 or int16. With
  // float32, a QUANTIZE or DEQUANTIZE stands at the edge.
  DataType input_type = DataType::kFloat32;
  DataType output_type = DataType::kFloat32;
};

// The same for every operator of every subgraph.
QuantizeConfig UniformConfig(const Model& model, const OperatorConfig& config);

}  // namespace octolite
