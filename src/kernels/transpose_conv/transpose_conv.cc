#include "kernels/transpose_conv/transpose_conv.h"

namespace octolite {

Result<TransposeConv> TransposeConv::Make(const TransposeConvShape& shape, DataType,
                                          int32_t weight_zero_point, const void*) {
  TransposeConv family;
  family.shape_ = shape;
  family.weight_zero_point_ = weight_zero_point;
  return family;
}

size_t TransposeConv::scratch_bytes() const { return 0; }
size_t TransposeConv::owned_bytes() const { return 0; }

void TransposeConv::RunFloat(const TransposeConvShape& shape, const float* input,
                             const float* weights, const float* bias, float min, float max,
                             float* output, uint8_t*) const {
  TransposeConvFloatRef(shape, input, weights, bias, min, max, output);
}

template <typename T>
void TransposeConv::RunQuantized(const TransposeConvShape& shape, const T* input,
                                 int32_t input_zero_point, const T* weights, const int32_t* bias,
                                 const QuantizedOutput& requantize, T* output, uint8_t*) const {
  TransposeConvQuantizedRef(shape, input, input_zero_point, weights, weight_zero_point_, bias,
                            requantize, output);
}

template void TransposeConv::RunQuantized(const TransposeConvShape&, const int8_t*, int32_t,
                                          const int8_t*, const int32_t*, const QuantizedOutput&,
                                          int8_t*, uint8_t*) const;
template void TransposeConv::RunQuantized(const TransposeConvShape&, const uint8_t*, int32_t,
                                          const uint8_t*, const int32_t*, const QuantizedOutput&,
                                          uint8_t*, uint8_t*) const;

void TransposeConv::RunDynamic(const TransposeConvShape& shape, const int8_t* input,
                               const DynamicRow& row, const int8_t* weights, const float* bias,
                               const DynamicOutput& dequantize, float* output, uint8_t*) const {
  TransposeConvDynamicRef(shape, input, &row, weights, bias, dequantize, output);
}

}  // namespace octolite
