#pragma once

#include <cstdint>

namespace octolite {

// The cell state of quantized LSTM: state = clip(forget * state + input * cell), where the gates
// are Q0.15 and the state's scale is 2^scale_log2, from -30 up. A null input gate is 1 - forget
// gate; a clip of 0 is none.
void UpdateIntegerCell(int64_t count, int scale_log2, int16_t clip, const int16_t* forget,
                       const int16_t* input, const int16_t* cell, int16_t* state);

}  // namespace octolite
