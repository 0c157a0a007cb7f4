#pragma once

#include <cstddef>
#include <cstdint>

namespace octolite {

// What a recurrent operator applies to the values that it computes; the first six are numbered as
// the file format numbers fused activation functions.
enum class GateActivation : int8_t {
  kNone = 0,
  kRelu = 1,
  kReluN1To1 = 2,
  kRelu6 = 3,
  kTanh = 4,
  kSignBit = 5,  // 1 for negative values and -0, else 0
  kLogistic = 6,
};

// in and out may be the same.
void ApplyGateActivation(GateActivation activation, const float* in, float* out, size_t count);

}  // namespace octolite
