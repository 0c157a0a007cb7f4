#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "calibrate/statistics.h"
#include "quantize/affine.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"

namespace octolite {

// The integer forms of the activations of one subgraph.
struct ActivationForms {
  // By tensor: of the value as its maker leaves it, or, where that leaves it float, as the first of
  // its static readers wants it. Nothing for tensors that no static operator makes or reads, and
  // for constants.
  std::vector<std::optional<Form>> of_tensor;
  // By static operator and input: the form that the operator reads. Nothing for constants with
  // parameters of their own and for inputs that are no activations. An input that is made in
  // another form is requantized on the way.
  std::vector<std::vector<std::optional<Form>>> of_input;
};

// Solves the rules of all static operators of a subgraph as one system: what must agree is united
// over the graph and gets the union of the ranges. Operators of 8 and of 16 bits are groups apart.
// A prescribed output (LOGISTIC) keeps its own parameters; operators that it meets there
// (CONCATENATION) take them over if everything that feeds them has the same, and else read it
// requantized. So is a value read that would lose more than one bit to the union and has other
// readers to whom that matters.
//
// `prescribed` has, by operator, the form of all activations of those that do not choose: accesses
// of variables. Outputs of other types than float32 have no part in this.
//
// Errors: NOT_CALIBRATED naming the tensor; as SelectRange refuses.
Result<ActivationForms> SolveScales(const ModelEditor& editor, int32_t subgraph,
                                    std::span<const Decision> decisions,
                                    const CalibrationStats& stats,
                                    std::span<const std::optional<Form>> prescribed);

}  // namespace octolite
