#pragma once

#include <cstdint>

#include "base/status.h"
#include "calibrate/statistics.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"
#include "quantize/weight_tensor.h"

namespace octolite {

// The transformations of operators that FindRecurrent knows, for which nothing stands in their way
// (AgainstRecurrentWeights, AgainstRecurrentStatic).

// Weights to integers, which the operator takes with float activations. INVALID_ARGUMENT as
// ChooseWeightParams refuses; so do the others.
Status QuantizeRecurrentDynamic(ModelEditor& editor, int32_t subgraph, int32_t op,
                                const Decision& decision);

// Weights to integers, read through a DEQUANTIZE each.
Status QuantizeRecurrentWeightsOnly(ModelEditor& editor, int32_t subgraph, int32_t op,
                                    const Decision& decision);

// Everything inside to integers, once the activations that come in and go out are int8: weights
// int8 per tensor, biases int32, the cell's state int16 of a power of two, peepholes and layer
// normalization int16; in SVDF weights over time 10 bits in int16, the state int16. This is what
// LiteRT's quantizer makes, but for the output of an LSTM's cell before a projection that is not
// there: that becomes the output as it is, and has the output's parameters here.
//
// States and what flows between the parts are as wide as calibration saw them. Of what it did not
// see, the bounds are derived: sums of products from weights and the ranges of what comes in, a
// cell's output from [-1, 1], its state from the clip. Error: NOT_CALIBRATED naming the state of a
// cell that has no clip.
Status QuantizeRecurrentStatic(ModelEditor& editor, int32_t subgraph, int32_t op,
                               const Decision& decision, const CalibrationStats& stats);

// The integer form of the weights at input i, which is left as it is.
Result<AddedWeights> AddRecurrentWeights(ModelEditor& editor, int32_t subgraph, int32_t op, int i,
                                         const Decision& decision);

}  // namespace octolite
