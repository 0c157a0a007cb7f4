#include "kernels/conv2d/conv2d.h"

#include "kernels/gemm/gemm.h"
#include "kernels/gemm/patch_source.h"

namespace octolite {

Result<Conv2d> Conv2d::Make(const Conv2dShape& shape, DataType weights_type,
                            int32_t weight_zero_point, const void* weights) {
  Conv2d conv;
  conv.shape_ = shape;
  conv.weight_zero_point_ = weight_zero_point;
  const int64_t depth = int64_t{shape.window.window_h} * shape.window.window_w * shape.filter_c();
  MatrixLayout layout;
  layout.type = weights_type;
  layout.dot = simd::ProbeDotKind();
  layout.n = shape.output_c / shape.groups;
  layout.k = static_cast<int32_t>(depth);
  for (int64_t g = 0; g < shape.groups; ++g) {
    WeightsView view;
    view.first = g * layout.n * depth;
    view.channel_stride = depth;
    view.inner = depth;
    conv.weights_.Add(layout, view);
  }
  OCTO_RETURN_IF_ERROR(conv.weights_.Finish(weights));
  return conv;
}

int64_t Conv2d::scratch_bytes() const {
  return weights_.scratch_bytes() + MatrixScratch(weights_.layout(0));
}
size_t Conv2d::owned_bytes() const { return weights_.owned_bytes(); }

template <typename T, typename R>
void Conv2d::Run(const Conv2dShape& shape, const T* input, const void* weights, uint8_t padding,
                 const R& result, uint8_t* scratch) const {
  const uint8_t* packed = weights_.Get(weights, scratch);
  for (size_t g = 0; g < weights_.count(); ++g) {
    const PatchSource rows(input, {shape.input_h, shape.input_w, shape.input_c}, shape.window,
                           static_cast<int64_t>(g) * shape.filter_c(), shape.filter_c(), sizeof(T),
                           padding);
    MatrixProduct product;
    product.m = shape.output_pixels();
    product.rows = &rows;
    product.layout = &weights_.layout(g);
    product.packed = packed + weights_.offset(g);
    product.first_channel = static_cast<int32_t>(g) * product.layout->n;
    product.output_stride = shape.output_c;
    product.scratch = scratch + weights_.scratch_bytes();
    Multiply(product, result);
  }
}

void Conv2d::RunFloat(const Conv2dShape& shape, const float* input, const float* weights,
                      const float* bias, float min, float max, float* output,
                      uint8_t* scratch) const {
  Run(shape, input, weights, 0, FloatResult{bias, min, max, output}, scratch);
}

template <typename T>
void Conv2d::RunQuantized(const Conv2dShape& shape, const T* input, int32_t input_zero_point,
                          const T* weights, const int32_t* bias, const QuantizedOutput& requantize,
                          T* output, uint8_t* scratch) const {
  QuantizedResult<T> result;
  result.input_zero_point = input_zero_point;
  result.weight_zero_point = weight_zero_point_;
  result.bias = bias;
  result.requantize = &requantize;
  result.output = output;
  Run(shape, input, weights, static_cast<uint8_t>(input_zero_point), result, scratch);
}

template void Conv2d::RunQuantized(const Conv2dShape&, const int8_t*, int32_t, const int8_t*,
                                   const int32_t*, const QuantizedOutput&, int8_t*, uint8_t*) const;
template void Conv2d::RunQuantized(const Conv2dShape&, const uint8_t*, int32_t, const uint8_t*,
                                   const int32_t*, const QuantizedOutput&, uint8_t*,
                                   uint8_t*) const;

void Conv2d::RunDynamic(const Conv2dShape& shape, const int8_t* input, const DynamicRow& row,
                        const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                        float* output, uint8_t* scratch) const {
  Run(shape, input, weights, static_cast<uint8_t>(row.zero_point),
      DynamicResult{&row, false, bias, &dequantize, output}, scratch);
}

}  // namespace octolite
