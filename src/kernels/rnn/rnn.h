#pragma once

#include <cstdint>

#include "kernels/recurrent/gate_activation.h"
#include "kernels/recurrent/matrix.h"
#include "kernels/recurrent/sequence.h"

// The plain recurrent network (Elman 1990) on float activations, with float or int8 weights
// (dynamic range): h = activation(W x + W_aux x_aux + R h + b), and the output is h.

namespace octolite {

struct RnnCell {
  int32_t inputs = 0;
  int32_t auxiliary_inputs = 0;
  int32_t units = 0;
  bool int8_weights = false;
  bool asymmetric_rows = false;
  RecurrentMatrix input;        // [units, inputs]
  RecurrentMatrix auxiliary;    // [units, auxiliary inputs]
  RecurrentMatrix recurrent;    // [units, units]
  const float* bias = nullptr;  // [units]
  GateActivation activation = GateActivation::kNone;
};

// Bytes of scratch memory that steps of `rows` rows need.
int64_t RnnScratchBytes(const RnnCell& cell, int32_t rows);

// Runs over a sequence. `auxiliary` may be null; `state` [batch, units] is read and updated.
void RunRnn(const RnnCell& cell, const RecurrentSequence& sequence, const float* input,
            const float* auxiliary, float* state, float* output, uint8_t* scratch);

}  // namespace octolite
