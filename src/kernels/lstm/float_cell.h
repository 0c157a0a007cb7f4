#pragma once

#include <array>
#include <cstdint>

#include "kernels/lstm/gates.h"
#include "kernels/recurrent/gate_activation.h"
#include "kernels/recurrent/matrix.h"
#include "kernels/recurrent/scratch.h"
#include "kernels/recurrent/sequence.h"

// LSTM on float activations, with float or int8 weights (dynamic range: each row of activations is
// quantized where it meets a matrix). With x the input, h the output state, c the cell state:
//   gate(W, R, p, b) = norm(W x + R h + p . c) + b, norm and p . c where there are such
//   i = logistic(input gate), or 1 - f without one;  f = logistic(forget gate)
//   c = clip(f . c + i . activation(cell gate));     o = logistic(output gate), of the new c
//   h = clip(P (o . activation(c)) + b_P), or o . activation(c) without projection
// An activation of kNone is the identity; LiteRT's kernel leaves what was in memory before.
// Sources: Hochreiter and Schmidhuber 1997; Sak et al. 2014 (peephole, projection), Greff et al.
// 2015 (coupled input and forget gates), Ba et al. 2016 (layer normalization).

namespace octolite {

struct FloatLstmGate {
  RecurrentMatrix input;        // [cells, inputs]
  RecurrentMatrix auxiliary;    // [cells, auxiliary inputs]
  RecurrentMatrix recurrent;    // [cells, outputs]
  RecurrentVector peephole;     // [cells]
  const float* norm = nullptr;  // [cells], the factors of layer normalization
  const float* bias = nullptr;  // [cells]
};

struct FloatLstm {
  int32_t inputs = 0;
  int32_t auxiliary_inputs = 0;
  int32_t cells = 0;
  int32_t outputs = 0;
  bool has_input_gate = true;
  bool int8_weights = false;
  bool asymmetric_rows = false;
  std::array<FloatLstmGate, kLstmGates> gates;
  RecurrentMatrix projection;              // [outputs, cells]
  const float* projection_bias = nullptr;  // [outputs]
  GateActivation activation = GateActivation::kTanh;
  float cell_clip = 0;        // 0: none
  float projection_clip = 0;  // 0: none
};

// Bytes of scratch memory that steps of `rows` rows need.
int64_t FloatLstmScratchBytes(const FloatLstm& lstm, int32_t rows);

// Runs over a sequence. `auxiliary` may be null; `output_state` [batch, outputs] and `cell_state`
// [batch, cells] are read and updated.
void RunFloatLstm(const FloatLstm& lstm, const RecurrentSequence& sequence, const float* input,
                  const float* auxiliary, float* output_state, float* cell_state, float* output,
                  uint8_t* scratch);

}  // namespace octolite
