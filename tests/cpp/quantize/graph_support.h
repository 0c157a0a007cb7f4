#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/statistics.h"
#include "model/builtin_op.h"
#include "model/model.h"
#include "quantize/quantize.h"

namespace octolite::testing {

// Min and max by tensor name, for subgraph 0, as calibration would give them.
CalibrationStats StatsOf(const Model& model,
                         const std::map<std::string, std::pair<float, float>>& ranges,
                         int32_t subgraph = 0);

// The first tensor of that name; a tensor called "missing" when there is none.
const Tensor& Named(const Model& model, std::string_view name, int32_t subgraph = 0);

// "QUANTIZE(x)->x_quantized ADD(x_quantized,c)->y ...": one word an operator.
std::string Graph(const Model& model, int32_t subgraph = 0);

// Operator of subgraph 0 by its place.
const Operator& OpAt(const Model& model, size_t index);
int32_t VersionAt(const Model& model, size_t index);

template <typename T>
std::vector<T> Content(const Model& model, const Tensor& tensor) {
  const std::span<const uint8_t> bytes = model.data(tensor);
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

OperatorConfig Mode(QuantMode mode);

// Quantizes all operators in that mode; a refusal ends the test program.
QuantizeResult QuantizeAll(const Model& model, const OperatorConfig& config,
                           const CalibrationStats* stats = nullptr);

}  // namespace octolite::testing
