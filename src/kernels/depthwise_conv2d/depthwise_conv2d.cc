#include "kernels/depthwise_conv2d/depthwise_conv2d.h"

#include <utility>
#include <variant>

#include "kernels/depthwise_conv2d/depthwise_s16.h"
#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gemm/patch_source.h"

namespace octolite {

Result<DepthwiseConv2d> DepthwiseConv2d::Make(const DepthwiseConv2dShape& shape,
                                              const WeightsSource& weights) {
  DepthwiseConv2d conv;
  conv.shape_ = shape;
  conv.weight_zero_point_ = weights.zero_point;
  if (shape.input_c == 1) {
    const MatrixLayout layout =
        weights.Layout(shape.multiplier, int64_t{shape.window.window_h} * shape.window.window_w,
                       int64_t{shape.batch} * shape.window.output_h * shape.window.output_w);
    WeightsView view;
    view.channel_stride = 1;
    view.inner = layout.k;
    view.inner_stride = shape.multiplier;
    conv.matrix_.Add(layout, view);
    OCTO_RETURN_IF_ERROR(conv.matrix_.Finish(weights.data));
    conv.scratch_bytes_ = conv.matrix_.scratch_bytes() + MatrixScratch(layout, 1);
    return conv;
  }
  if (weights.plain) {
    conv.scratch_bytes_ = depthwise::S16Scratch(shape);
    return conv;
  }
  int64_t scratch = depthwise::SimdScratch(shape);
  const depthwise::PairLayout layout(shape);
  const int64_t packed = weights.type == DataType::kFloat32 ? 0 : layout.bytes();
  if (packed > INT32_MAX) {
    return Status(StatusCode::kOutOfMemory,
                  "weights take " + std::to_string(packed) + " bytes when packed");
  }
  if (packed > 0 && weights.data == nullptr) {
    scratch += packed;
  } else if (packed > 0) {
    OCTO_ASSIGN_OR_RETURN(conv.pairs_, AlignedBuffer::Allocate(static_cast<size_t>(packed)));
    if (weights.type == DataType::kInt8) {
      depthwise::PackPairs(layout, static_cast<const int8_t*>(weights.data), weights.zero_point,
                           conv.pairs_.data());
    } else {
      depthwise::PackPairs(layout, static_cast<const uint8_t*>(weights.data), weights.zero_point,
                           conv.pairs_.data());
    }
  }
  conv.scratch_bytes_ = scratch;
  return conv;
}

template <typename T, typename R>
void DepthwiseConv2d::RunPairs(const DepthwiseConv2dShape& shape, const T* input, const T* weights,
                               const R& result, uint8_t* scratch) const {
  const uint8_t* packed = pairs_.data();
  if (packed == nullptr) {
    const depthwise::PairLayout layout(shape);
    depthwise::PackPairs(layout, weights, weight_zero_point_, scratch);
    packed = std::exchange(scratch, scratch + layout.bytes());
  }
  depthwise::RunSimd(shape, input, packed, PaddingByte(result), result, scratch);
}

void DepthwiseConv2d::Run(const DepthwiseConv2dShape& shape, const void* input, const void* weights,
                          const MatrixResult& result, uint8_t* scratch,
                          const Parallel& /*parallel*/) const {
  if (matrix_.count() > 0) {
    const PatchSource rows(input, {shape.batch, shape.input_h, shape.input_w, 1}, shape.window, 0,
                           1, ElementBytes(result), PaddingByte(result));
    MatrixProduct product;
    product.m = int64_t{shape.batch} * shape.window.output_h * shape.window.output_w;
    product.rows = &rows;
    product.layout = &matrix_.layout(0);
    product.packed = matrix_.Get(weights, scratch);
    product.output_stride = shape.multiplier;
    product.scratch = scratch + matrix_.scratch_bytes();
    Multiply(product, result);
    return;
  }
  if (const auto* floats = std::get_if<FloatResult>(&result)) {
    depthwise::RunSimd(shape, static_cast<const float*>(input), static_cast<const float*>(weights),
                       *floats, scratch);
  } else if (const auto* int8 = std::get_if<QuantizedResult<int8_t>>(&result)) {
    RunPairs(shape, static_cast<const int8_t*>(input), static_cast<const int8_t*>(weights), *int8,
             scratch);
  } else if (const auto* uint8 = std::get_if<QuantizedResult<uint8_t>>(&result)) {
    RunPairs(shape, static_cast<const uint8_t*>(input), static_cast<const uint8_t*>(weights),
             *uint8, scratch);
  } else if (const auto* dynamic = std::get_if<DynamicResult>(&result)) {
    RunPairs(shape, static_cast<const int8_t*>(input), static_cast<const int8_t*>(weights),
             *dynamic, scratch);
  } else if (const auto* wide = std::get_if<WideResult>(&result)) {
    depthwise::RunS16(shape, static_cast<const int16_t*>(input),
                      static_cast<const int8_t*>(weights), *wide, scratch);
  }
}

}  // namespace octolite
