#pragma once

#include <cstddef>

namespace octolite {

// The gates of LSTM, in the order in which TFLite's operators list their weights.
enum LstmGateIndex : size_t {
  kInputGate = 0,  // left out where it is 1 - forget gate (CIFG)
  kForgetGate = 1,
  kCellGate = 2,
  kOutputGate = 3,
};
inline constexpr size_t kLstmGates = 4;

}  // namespace octolite
