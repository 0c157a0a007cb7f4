#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.h"
#include "base/status.h"
#include "calibrate/observer.h"
#include "calibrate/statistics.h"
#include "model/model.h"

namespace octolite {

// What becomes of one operator.
enum class QuantMode : uint8_t {
  kFloat,           // as it came
  kFloat16,         // constants in float16, made float32 again by a DEQUANTIZE
  kWeightOnlyInt8,  // weights in int8, made float32 again by a DEQUANTIZE
  kDynamicInt8,     // weights in int8, activations float32 and quantized by the kernel as it runs
  kStaticInt8,      // weights and activations in int8, parameters from calibration
};
std::string_view QuantModeName(QuantMode mode);

enum class Granularity : uint8_t { kPerTensor, kPerChannel };

// What is asked for one operator; a recipe resolves to one of these for each.
struct OperatorConfig {
  QuantMode mode = QuantMode::kFloat;
  Granularity granularity = Granularity::kPerChannel;  // of the weights
  // Zero point 0 and [-127, 127]. Only weight-only int8 may be asymmetric.
  bool symmetric_weights = true;
  bool symmetric_activations = false;
  // Weights with fewer elements stay float, and with them the operator. Not for static int8.
  int64_t min_weight_elements = 0;
};

struct QuantizeConfig {
  // [subgraph][operator], as many as the model has. A missing subgraph stays float.
  std::vector<std::vector<OperatorConfig>> operators;
  // Element type of quantized inputs and outputs of the model: float32, int8 or uint8. With
  // float32, a QUANTIZE or DEQUANTIZE stands at the edge.
  DataType input_type = DataType::kFloat32;
  DataType output_type = DataType::kFloat32;
  ObserverConfig observer;
};

// The same for every operator of every subgraph.
QuantizeConfig UniformConfig(const Model& model, const OperatorConfig& config);

// What became of one operator, and why.
struct OperatorReport {
  int32_t subgraph = 0;
  int32_t op = 0;  // index in the model as it came
  std::string op_name;
  std::string output_name;  // name of the first output
  QuantMode asked = QuantMode::kFloat;
  QuantMode mode = QuantMode::kFloat;  // what it got
  // In plain words; empty when it got what was asked.
  std::string reason;
  // Its constant operands. Bytes shared by several operators count for each.
  int64_t weight_bytes_before = 0;
  int64_t weight_bytes_after = 0;
};

struct QuantizeReport {
  // Sum of all constant buffers, shared ones once.
  int64_t weight_bytes_before = 0;
  int64_t weight_bytes_after = 0;
  // QUANTIZE and DEQUANTIZE operators added, edges of the model included.
  int32_t added_quantize = 0;
  int32_t added_dequantize = 0;
  std::vector<OperatorReport> operators;  // every operator of the model as it came
  std::vector<std::string> warnings;
};

struct QuantizeResult {
  Model model;
  QuantizeReport report;
};

// A quantized copy of a float model (float16 constants count as float). `stats` may be null when
// nothing is static; without it, ranges recorded in the file serve. Errors: ALREADY_QUANTIZED
// naming a tensor; NOT_CALIBRATED naming the tensor that lacks statistics; INVALID_ARGUMENT for
// ranges that are not finite and for types of inputs or outputs that are not offered;
// INVALID_RECIPE for a config that does not fit the model.
Result<QuantizeResult> Quantize(const Model& model, const QuantizeConfig& config,
                                const CalibrationStats* stats);

}  // namespace octolite
