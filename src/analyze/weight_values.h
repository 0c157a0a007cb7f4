#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/error_metrics.h"
#include "model/model.h"

namespace octolite {

// The real numbers that a constant of a subgraph stands for, in the order of its elements:
// dequantized by its parameters, be they of the tensor, of channels, or of blocks along its last
// axis; nothing for other types, for sparse ones, and for bytes that do not fit the shape.
std::optional<std::vector<float>> ConstantReals(const Model& model, const Subgraph& subgraph,
                                                const Tensor& constant);

// How far the weights of an operator are from those of its counterpart in another model: all
// constants at the same places, dequantized, but for the bias. Nothing when there are none.
std::optional<ErrorMetrics> CompareWeights(const Model& reference, const Subgraph& reference_graph,
                                           const Operator& reference_op, const Model& candidate,
                                           const Subgraph& candidate_graph,
                                           const Operator& candidate_op);

}  // namespace octolite
