#include "kernels/fully_connected/fully_connected.h"
#include "kernels/reference_conv.h"

namespace octolite {
namespace {

struct Taps {
  const FullyConnectedShape& s;
  template <typename Tap>
  void operator()(int64_t b, int64_t, int64_t, int64_t oc, Tap tap) const {
    for (int64_t k = 0; k < s.depth; ++k) tap(b * s.depth + k, oc * s.depth + k);
  }
};

reference::OutputSize SizeOf(const FullyConnectedShape& s) { return {s.batch, 1, 1, s.units}; }

}  // namespace

void FullyConnectedFloatRef(const FullyConnectedShape& shape, const float* input,
                            const float* weights, const float* bias, float min, float max,
                            float* output) {
  reference::ConvFloat(SizeOf(shape), Taps{shape}, input, weights, bias, min, max, output);
}

template <typename T>
void FullyConnectedQuantizedRef(const FullyConnectedShape& shape, const T* input,
                                int32_t input_zero_point, const T* weights,
                                int32_t weight_zero_point, const int32_t* bias,
                                const QuantizedOutput& requantize, T* output) {
  reference::ConvQuantized(SizeOf(shape), Taps{shape}, input, input_zero_point, weights,
                           weight_zero_point, bias, requantize, output);
}

template void FullyConnectedQuantizedRef(const FullyConnectedShape&, const int8_t*, int32_t,
                                         const int8_t*, int32_t, const int32_t*,
                                         const QuantizedOutput&, int8_t*);
template void FullyConnectedQuantizedRef(const FullyConnectedShape&, const uint8_t*, int32_t,
                                         const uint8_t*, int32_t, const int32_t*,
                                         const QuantizedOutput&, uint8_t*);

void FullyConnectedDynamicRef(const FullyConnectedShape& shape, const int8_t* input,
                              const DynamicRow* rows, const int8_t* weights, const float* bias,
                              const DynamicOutput& dequantize, float* output) {
  reference::ConvDynamic(SizeOf(shape), Taps{shape}, input, rows, weights, bias, dequantize,
                         output);
}

}  // namespace octolite
