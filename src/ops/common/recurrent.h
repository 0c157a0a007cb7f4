#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "kernels/recurrent/gate_activation.h"
#include "kernels/recurrent/matrix.h"
#include "kernels/recurrent/sequence.h"
#include "ops/op_def.h"

// What the operators that keep a state share: SVDF, RNN and LSTM in all their forms.

namespace octolite {

// Whether input i is there; -1 stands for one that the operator does not have.
inline bool HasInput(const PrepareContext& ctx, int i) { return i >= 0 && ctx.has_input(i); }

// The operator's "fused_activation_function". Errors: INVALID_MODEL for a number that is none.
Result<GateActivation> ReadGateActivation(const PrepareContext& ctx);

// Input i is a variable tensor of this type and number of elements, whose content the operator may
// change.
Status ExpectState(const PrepareContext& ctx, int i, DataType type, int64_t elements);

// Input i has this type and exactly these dimensions, and its content, where it is constant, is as
// long.
Status ExpectWeights(const PrepareContext& ctx, int i, DataType type,
                     std::span<const int32_t> dims);
inline Status ExpectWeights(const PrepareContext& ctx, int i, DataType type,
                            std::initializer_list<int32_t> dims) {
  return ExpectWeights(ctx, i, type, std::span<const int32_t>(dims.begin(), dims.size()));
}

// The type of weights that float activations take, at input i: float32, or with one scale int8 (of
// old files uint8, whose bytes are meant as int8). Errors: UNSUPPORTED_OPERATOR.
Status ExpectWeightType(const PrepareContext& ctx, int i);

// How an operator walks its activations, input 0: [batch, depth] is one step, and a sequence has
// three dimensions in the order that the option time_major says. Errors: INVALID_MODEL.
Result<RecurrentSequence> ReadSequence(const PrepareContext& ctx, bool is_sequence,
                                       bool default_time_major = false);

// Output i: the dimensions of input 0, the last one `width`.
Status SetSequenceOutput(PrepareContext& ctx, int i, int32_t width);

// Weights at run time; input i is float32 or of 8 bits.
RecurrentMatrix MatrixAt(const EvalContext& ctx, int i, float scale);
RecurrentVector VectorAt(const EvalContext& ctx, int i, float scale);

}  // namespace octolite
