#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "calibrate/statistics.h"
#include "model/model.h"
#include "quantize/config.h"

namespace octolite {

// What became of one operator, and why.
struct OperatorReport {
  int32_t subgraph = 0;
  int32_t op = 0;  // index in the model as it came
  std::string op_name;
  std::string output_name;  // name of the first output
  OperatorConfig asked;
  OperatorConfig got;
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
