#include "kernels/depthwise_conv2d/depthwise_conv2d.h"

#include <type_traits>
#include <utility>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gemm/patch_source.h"

namespace octolite {

Result<DepthwiseConv2d> DepthwiseConv2d::Make(const DepthwiseConv2dShape& shape,
                                              DataType weights_type, int32_t weight_zero_point,
                                              const void* weights) {
  DepthwiseConv2d conv;
  conv.shape_ = shape;
  conv.weight_zero_point_ = weight_zero_point;
  if (shape.input_c == 1) {
    MatrixLayout layout;
    layout.type = weights_type;
    layout.dot = simd::ProbeDotKind();
    layout.n = shape.multiplier;
    layout.k = static_cast<int32_t>(int64_t{shape.window.window_h} * shape.window.window_w);
    WeightsView view;
    view.channel_stride = 1;
    view.inner = layout.k;
    view.inner_stride = shape.multiplier;
    conv.matrix_.Add(layout, view);
    OCTO_RETURN_IF_ERROR(conv.matrix_.Finish(weights));
    conv.scratch_bytes_ = conv.matrix_.scratch_bytes() + MatrixScratch(layout);
    return conv;
  }
  int64_t scratch = depthwise::SimdScratch(shape);
  const depthwise::PairLayout layout(shape);
  const int64_t packed = weights_type == DataType::kFloat32 ? 0 : layout.bytes();
  if (packed > INT32_MAX) {
    return Status(StatusCode::kOutOfMemory,
                  "weights take " + std::to_string(packed) + " bytes when packed");
  }
  if (packed > 0 && weights == nullptr) {
    scratch += packed;
  } else if (packed > 0) {
    OCTO_ASSIGN_OR_RETURN(conv.pairs_, AlignedBuffer::Allocate(static_cast<size_t>(packed)));
    if (weights_type == DataType::kInt8) {
      depthwise::PackPairs(layout, static_cast<const int8_t*>(weights), weight_zero_point,
                           conv.pairs_.data());
    } else {
      depthwise::PackPairs(layout, static_cast<const uint8_t*>(weights), weight_zero_point,
                           conv.pairs_.data());
    }
  }
  conv.scratch_bytes_ = scratch;
  return conv;
}

int64_t DepthwiseConv2d::scratch_bytes() const { return scratch_bytes_; }
size_t DepthwiseConv2d::owned_bytes() const { return matrix_.owned_bytes() + pairs_.size(); }

template <typename T, typename R>
void DepthwiseConv2d::Run(const DepthwiseConv2dShape& shape, const T* input, const T* weights,
                          uint8_t padding, const R& result, uint8_t* scratch) const {
  if (matrix_.count() > 0) {
    const PatchSource rows(input, {shape.input_h, shape.input_w, 1}, shape.window, 0, 1, sizeof(T),
                           padding);
    MatrixProduct product;
    product.m = int64_t{shape.batch} * shape.window.output_h * shape.window.output_w;
    product.rows = &rows;
    product.layout = &matrix_.layout(0);
    product.packed = matrix_.Get(weights, scratch);
    product.output_stride = shape.multiplier;
    product.scratch = scratch + matrix_.scratch_bytes();
    Multiply(product, result);
  } else if constexpr (std::is_same_v<T, float>) {
    depthwise::RunSimd(shape, input, weights, result, scratch);
  } else {
    const uint8_t* packed = pairs_.data();
    if (packed == nullptr) {
      const depthwise::PairLayout layout(shape);
      depthwise::PackPairs(layout, weights, weight_zero_point_, scratch);
      packed = std::exchange(scratch, scratch + layout.bytes());
    }
    depthwise::RunSimd(shape, input, packed, padding, result, scratch);
  }
}

void DepthwiseConv2d::RunFloat(const DepthwiseConv2dShape& shape, const float* input,
                               const float* weights, const float* bias, float min, float max,
                               float* output, uint8_t* scratch) const {
  Run(shape, input, weights, 0, FloatResult{bias, min, max, output}, scratch);
}

template <typename T>
void DepthwiseConv2d::RunQuantized(const DepthwiseConv2dShape& shape, const T* input,
                                   int32_t input_zero_point, const T* weights, const int32_t* bias,
                                   const QuantizedOutput& requantize, T* output,
                                   uint8_t* scratch) const {
  QuantizedResult<T> result;
  result.input_zero_point = input_zero_point;
  result.weight_zero_point = weight_zero_point_;
  result.bias = bias;
  result.requantize = &requantize;
  result.output = output;
  Run(shape, input, weights, static_cast<uint8_t>(input_zero_point), result, scratch);
}

template void DepthwiseConv2d::RunQuantized(const DepthwiseConv2dShape&, const int8_t*, int32_t,
                                            const int8_t*, const int32_t*, const QuantizedOutput&,
                                            int8_t*, uint8_t*) const;
template void DepthwiseConv2d::RunQuantized(const DepthwiseConv2dShape&, const uint8_t*, int32_t,
                                            const uint8_t*, const int32_t*, const QuantizedOutput&,
                                            uint8_t*, uint8_t*) const;

void DepthwiseConv2d::RunDynamic(const DepthwiseConv2dShape& shape, const int8_t* input,
                                 const DynamicRow& row, const int8_t* weights, const float* bias,
                                 const DynamicOutput& dequantize, float* output,
                                 uint8_t* scratch) const {
  Run(shape, input, weights, static_cast<uint8_t>(row.zero_point),
      DynamicResult{&row, false, bias, &dequantize, output}, scratch);
}

}  // namespace octolite
