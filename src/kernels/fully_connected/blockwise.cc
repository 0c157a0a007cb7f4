#include "kernels/fully_connected/blockwise.h"

namespace octolite {

void FullyConnectedBlockwise(const FullyConnectedShape& shape, const BlockwiseWeights& weights,
                             const int8_t* input, const DynamicRow* rows,
                             const FloatResult& result) {
  const int64_t depth = shape.depth;
  const int64_t blocks = depth / weights.block_size;
  float* output = result.output;
  for (int64_t b = 0; b < shape.batch; ++b) {
    const int8_t* row = input + b * depth;
    const int32_t zero_point = rows[b].zero_point;
    for (int64_t u = 0; u < shape.units; ++u) {
      const int8_t* values = weights.values.data() + u * depth;
      const float* scales = weights.scales.data() + u * blocks;
      float sum = 0;
      for (int64_t block = 0; block < blocks; ++block) {
        int32_t part = 0;
        for (int64_t i = block * weights.block_size; i < (block + 1) * weights.block_size; ++i) {
          part += (row[i] - zero_point) * values[i];
        }
        sum += static_cast<float>(part) * scales[block];
      }
      const float value = sum * rows[b].scale + (result.bias ? result.bias[u] : 0.0f);
      *output++ = value < result.min ? result.min : (value > result.max ? result.max : value);
    }
  }
}

}  // namespace octolite
