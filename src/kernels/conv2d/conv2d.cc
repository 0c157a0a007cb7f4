#include "kernels/conv2d/conv2d.h"

namespace octolite {

Result<Conv2d> Conv2d::Make(const Conv2dShape& shape, DataType, int32_t weight_zero_point,
                            const void*) {
  Conv2d family;
  family.shape_ = shape;
  family.weight_zero_point_ = weight_zero_point;
  return family;
}

size_t Conv2d::scratch_bytes() const { return 0; }
size_t Conv2d::owned_bytes() const { return 0; }

void Conv2d::RunFloat(const Conv2dShape& shape, const float* input, const float* weights,
                      const float* bias, float min, float max, float* output, uint8_t*) const {
  Conv2dFloatRef(shape, input, weights, bias, min, max, output);
}

template <typename T>
void Conv2d::RunQuantized(const Conv2dShape& shape, const T* input, int32_t input_zero_point,
                          const T* weights, const int32_t* bias, const QuantizedOutput& requantize,
                          T* output, uint8_t*) const {
  Conv2dQuantizedRef(shape, input, input_zero_point, weights, weight_zero_point_, bias, requantize,
                     output);
}

template void Conv2d::RunQuantized(const Conv2dShape&, const int8_t*, int32_t, const int8_t*,
                                   const int32_t*, const QuantizedOutput&, int8_t*, uint8_t*) const;
template void Conv2d::RunQuantized(const Conv2dShape&, const uint8_t*, int32_t, const uint8_t*,
                                   const int32_t*, const QuantizedOutput&, uint8_t*,
                                   uint8_t*) const;

void Conv2d::RunDynamic(const Conv2dShape& shape, const int8_t* input, const DynamicRow& row,
                        const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                        float* output, uint8_t*) const {
  Conv2dDynamicRef(shape, input, &row, weights, bias, dequantize, output);
}

}  // namespace octolite
