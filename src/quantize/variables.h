#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "calibrate/observer.h"
#include "calibrate/statistics.h"
#include "ops/quant_rule.h"
#include "quantize/affine.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"

namespace octolite {

// The resource variables of a model. What is assigned to one in a subgraph may be read in any
// other, so that all have to agree on its parameters.

// READ_VARIABLE or ASSIGN_VARIABLE.
struct VariableAccess {
  int32_t subgraph = 0;
  int32_t op = 0;
  int32_t tensor = 0;  // what is read or assigned
};

struct Variable {
  std::string name;
  std::vector<VariableAccess> accesses;  // by subgraph and operator
  // Why it must stay float32; empty when it need not.
  std::string obstacle;
};

// All variables, by name. When a handle goes ways that cannot be followed, all have an obstacle.
std::vector<Variable> FindVariables(const ModelEditor& editor);

// Null for operators other than READ_VARIABLE and ASSIGN_VARIABLE.
const QuantRule* FindVariableRule(int32_t builtin);

// By subgraph and operator.
using Decisions = std::vector<std::vector<Decision>>;
using VariableForms = std::vector<std::vector<std::optional<Form>>>;

// Takes static quantization back from the accesses of variables that have an obstacle, or of which
// an access is not quantized, or not to the same type.
void AgreeOnVariables(std::span<const Variable> variables, Decisions& decisions);

// The form that each static access reads or assigns: of the range of everything that is read or
// assigned anywhere. NOT_CALIBRATED when nothing of a variable was seen; INVALID_ARGUMENT for
// constants that are not finite, and as SelectRange refuses.
Result<VariableForms> SolveVariables(const ModelEditor& editor, std::span<const Variable> variables,
                                     const Decisions& decisions, const CalibrationStats& stats);

}  // namespace octolite
