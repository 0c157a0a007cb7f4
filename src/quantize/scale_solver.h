#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "calibrate/observer.h"
#include "calibrate/statistics.h"
#include "quantize/affine.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"

namespace octolite {

// The int8 parameters of the activations of one subgraph.
struct ActivationScales {
  // By tensor: of the value as its maker leaves it. Nothing for tensors that no static operator
  // makes or reads, and for constants.
  std::vector<std::optional<AffineParams>> of_tensor;
  // By operator, for those whose scales must agree: the parameters that all of its activations
  // need. An input that has others is requantized on the way.
  std::vector<std::optional<AffineParams>> of_operator;
};

// Solves the rules of all static operators of a subgraph as one system: what must agree is united
// over the graph and gets the union of the ranges. A prescribed output (LOGISTIC) keeps its own
// parameters; operators that it meets there (CONCATENATION) take them over if everything that
// feeds them has the same, and else read it requantized. So is a value read that would lose more
// than one bit to the union and has other readers to whom that matters.
//
// Errors: NOT_CALIBRATED naming the tensor; as SelectRange refuses.
Result<ActivationScales> SolveScales(const ModelEditor& editor, int32_t subgraph,
                                     std::span<const Decision> decisions,
                                     const CalibrationStats& stats, const ObserverConfig& observer);

}  // namespace octolite
