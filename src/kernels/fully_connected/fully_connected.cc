#include "kernels/fully_connected/fully_connected.h"

#include "kernels/gemm/gemm.h"

namespace octolite {

Result<FullyConnected> FullyConnected::Make(const FullyConnectedShape& shape, DataType weights_type,
                                            int32_t weight_zero_point, const void* weights) {
  FullyConnected family;
  family.shape_ = shape;
  family.weight_zero_point_ = weight_zero_point;
  MatrixLayout layout;
  layout.type = weights_type;
  layout.dot = simd::ProbeDotKind();
  layout.n = shape.units;
  layout.k = shape.depth;
  WeightsView view;
  view.channel_stride = shape.depth;
  view.inner = shape.depth;
  family.weights_.Add(layout, view);
  OCTO_RETURN_IF_ERROR(family.weights_.Finish(weights));
  return family;
}

int64_t FullyConnected::scratch_bytes() const {
  return weights_.scratch_bytes() + MatrixScratch(weights_.layout(0));
}
size_t FullyConnected::owned_bytes() const { return weights_.owned_bytes(); }

template <typename T, typename R>
void FullyConnected::Run(const T* input, const void* weights, const R& result,
                         uint8_t* scratch) const {
  const MatrixSource rows(input, int64_t{shape_.depth} * int64_t{sizeof(T)});
  MatrixProduct product;
  product.m = shape_.batch;
  product.rows = &rows;
  product.layout = &weights_.layout(0);
  product.packed = weights_.Get(weights, scratch);
  product.output_stride = shape_.units;
  product.scratch = scratch + weights_.scratch_bytes();
  Multiply(product, result);
}

void FullyConnected::RunFloat(const float* input, const float* weights, const float* bias,
                              float min, float max, float* output, uint8_t* scratch) const {
  Run(input, weights, FloatResult{bias, min, max, output}, scratch);
}

template <typename T>
void FullyConnected::RunQuantized(const T* input, int32_t input_zero_point, const T* weights,
                                  const int32_t* bias, const QuantizedOutput& requantize, T* output,
                                  uint8_t* scratch) const {
  QuantizedResult<T> result;
  result.input_zero_point = input_zero_point;
  result.weight_zero_point = weight_zero_point_;
  result.bias = bias;
  result.requantize = &requantize;
  result.output = output;
  Run(input, weights, result, scratch);
}

template void FullyConnected::RunQuantized(const int8_t*, int32_t, const int8_t*, const int32_t*,
                                           const QuantizedOutput&, int8_t*, uint8_t*) const;
template void FullyConnected::RunQuantized(const uint8_t*, int32_t, const uint8_t*, const int32_t*,
                                           const QuantizedOutput&, uint8_t*, uint8_t*) const;

void FullyConnected::RunDynamic(const int8_t* input, const DynamicRow* rows, const int8_t* weights,
                                const float* bias, const DynamicOutput& dequantize, float* output,
                                uint8_t* scratch) const {
  Run(input, weights, DynamicResult{rows, true, bias, &dequantize, output}, scratch);
}

}  // namespace octolite
