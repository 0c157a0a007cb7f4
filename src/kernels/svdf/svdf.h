#pragma once

#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/recurrent/gate_activation.h"
#include "kernels/recurrent/matrix.h"

// SVDF: a layer whose weights over features and over time are factors of low rank (Nakkiran et al.
// 2015). Every filter keeps its last `memory` products with the features; a unit is the sum over
// its `rank` filters of those products weighted over time:
//   state[b, f] = (state[b, f, 1..], feature[f] . x[b])
//   out[b, u] = activation(bias[u] + sum over r of time[f] . state[b, f], f = u * rank + r)

namespace octolite {

struct SvdfShape {
  int32_t batch = 0;
  int32_t inputs = 0;
  int32_t filters = 0;  // a multiple of rank
  int32_t rank = 1;
  int32_t memory = 0;  // >= 1

  int32_t units() const { return filters / rank; }
};

// Float activations and state [batch, filters * memory], weights float or int8 (dynamic range).
struct FloatSvdf {
  SvdfShape shape;
  bool asymmetric_rows = false;
  GateActivation activation = GateActivation::kNone;
  RecurrentMatrix feature;      // [filters, inputs]
  RecurrentVector time;         // [filters, memory]
  const float* bias = nullptr;  // [units], or null
};

// Bytes of scratch memory; which kind the weights are is known from `int8_weights`.
int64_t FloatSvdfScratchBytes(const SvdfShape& shape, bool int8_weights);
void RunFloatSvdf(const FloatSvdf& svdf, const float* input, float* state, float* output,
                  uint8_t* scratch);

// int8 activations and features; the state and the weights over time are int16 of zero point 0, as
// in TFLite, or int8, as in its version for microcontrollers.
template <typename T>
struct IntegerSvdf {
  SvdfShape shape;
  const int8_t* feature = nullptr;
  const T* time = nullptr;
  const int32_t* bias = nullptr;  // [units], or null
  int32_t input_zero_point = 0;
  int32_t state_zero_point = 0;
  int32_t output_zero_point = 0;
  FixedMultiplier feature_scale;  // input scale * feature scale / state scale
  FixedMultiplier time_scale;     // state scale * time scale / output scale
};

// The output has no activation function but the ends of its type. T: int8_t, int16_t.
template <typename T>
void RunIntegerSvdf(const IntegerSvdf<T>& svdf, const int8_t* input, T* state, int8_t* output);

}  // namespace octolite
