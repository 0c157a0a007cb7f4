#pragma once

#include <cstdint>

// Parts of softmax and its logarithm over one row of floats.

namespace octolite {

// The largest number of a row; what is not a number is passed over.
float LargestOfRow(const float* in, int64_t depth);

// out[i] = exp((in[i] - offset) * factor), for powers that are 0 or less; returns their sum.
float ExpOfRow(const float* in, float* out, int64_t depth, float offset, float factor);

}  // namespace octolite
