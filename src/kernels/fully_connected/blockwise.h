#pragma once

#include <cstdint>
#include <vector>

#include "kernels/dynamic_quantize.h"
#include "kernels/fully_connected/fully_connected.h"

namespace octolite {

// Weights [units, depth] of signed bytes in blocks of `block_size` along the depth, which it
// divides, with a scale for every block: [units, depth / block_size].
struct BlockwiseWeights {
  int32_t block_size = 0;
  std::vector<int8_t> values;
  std::vector<float> scales;
};

// output[b][u] = clamp(rows[b].scale * sum over blocks of block scale * sum over the block of
// (input - rows[b].zero_point) * weight, + bias[u], min, max), with int8 input [batch, depth] that
// rows[b] says the meaning of. Sums of a block are exact. Plain loops.
void FullyConnectedBlockwise(const FullyConnectedShape& shape, const BlockwiseWeights& weights,
                             const int8_t* input, const DynamicRow* rows,
                             const FloatResult& result);

}  // namespace octolite
