#include "kernels/fully_connected/fully_connected.h"

namespace octolite {

Result<FullyConnected> FullyConnected::Make(const FullyConnectedShape& shape, DataType,
                                            int32_t weight_zero_point, const void*) {
  FullyConnected family;
  family.shape_ = shape;
  family.weight_zero_point_ = weight_zero_point;
  return family;
}

size_t FullyConnected::scratch_bytes() const { return 0; }
size_t FullyConnected::owned_bytes() const { return 0; }

void FullyConnected::RunFloat(const float* input, const float* weights, const float* bias,
                              float min, float max, float* output, uint8_t*) const {
  FullyConnectedFloatRef(shape_, input, weights, bias, min, max, output);
}

template <typename T>
void FullyConnected::RunQuantized(const T* input, int32_t input_zero_point, const T* weights,
                                  const int32_t* bias, const QuantizedOutput& requantize, T* output,
                                  uint8_t*) const {
  FullyConnectedQuantizedRef(shape_, input, input_zero_point, weights, weight_zero_point_, bias,
                             requantize, output);
}

template void FullyConnected::RunQuantized(const int8_t*, int32_t, const int8_t*, const int32_t*,
                                           const QuantizedOutput&, int8_t*, uint8_t*) const;
template void FullyConnected::RunQuantized(const uint8_t*, int32_t, const uint8_t*, const int32_t*,
                                           const QuantizedOutput&, uint8_t*, uint8_t*) const;

void FullyConnected::RunDynamic(const int8_t* input, const DynamicRow* rows, const int8_t* weights,
                                const float* bias, const DynamicOutput& dequantize, float* output,
                                uint8_t*) const {
  FullyConnectedDynamicRef(shape_, input, rows, weights, bias, dequantize, output);
}

}  // namespace octolite
