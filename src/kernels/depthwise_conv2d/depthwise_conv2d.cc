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
  conv.wide_ = weights.plain;
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
    return conv;
  }
  if (weights.plain) return conv;
  conv.layout_ =
      depthwise::WeightsLayout(shape.window, shape.output_c(), weights.type, weights.zero_point);
  const int64_t bytes = conv.layout_.bytes();
  if (bytes > INT32_MAX) {
    return Status(StatusCode::kOutOfMemory,
                  "weights take " + std::to_string(bytes) + " bytes when packed");
  }
  if (weights.data != nullptr) {
    OCTO_ASSIGN_OR_RETURN(conv.packed_, AlignedBuffer::Allocate(static_cast<size_t>(bytes)));
    depthwise::PackWeights(conv.layout_, weights.data, conv.packed_.data());
  }
  return conv;
}

int64_t DepthwiseConv2d::scratch_bytes(int threads) const {
  if (matrix_.count() > 0)
    return matrix_.scratch_bytes() + MatrixScratch(matrix_.layout(0), threads);
  if (wide_) return depthwise::S16Scratch(shape_);
  return (packed_.data() == nullptr ? layout_.bytes() : 0) +
         depthwise::SimdScratch(shape_, layout_, threads);
}

void DepthwiseConv2d::RunMatrix(const DepthwiseConv2dShape& shape, const void* input,
                                const void* weights, const MatrixResult& result, uint8_t* scratch,
                                const Parallel& parallel) const {
  const PatchSource rows(input, {shape.batch, shape.input_h, shape.input_w, 1}, shape.window, 0, 1,
                         ElementBytes(result), PaddingByte(result));
  MatrixProduct product;
  product.m = int64_t{shape.batch} * shape.window.output_h * shape.window.output_w;
  product.rows = &rows;
  product.layout = &matrix_.layout(0);
  product.packed = matrix_.Get(weights, scratch);
  product.output_stride = shape.multiplier;
  product.scratch = scratch + matrix_.scratch_bytes();
  product.parallel = parallel;
  Multiply(product, result);
}

void DepthwiseConv2d::Run(const DepthwiseConv2dShape& shape, const void* input, const void* weights,
                          const MatrixResult& result, uint8_t* scratch,
                          const Parallel& parallel) const {
  if (matrix_.count() > 0) return RunMatrix(shape, input, weights, result, scratch, parallel);
  if (const auto* wide = std::get_if<WideResult>(&result)) {
    return depthwise::RunS16(shape, static_cast<const int16_t*>(input),
                             static_cast<const int8_t*>(weights), *wide, scratch);
  }
  const uint8_t* packed = packed_.data();
  if (packed == nullptr) {
    depthwise::PackWeights(layout_, weights, scratch);
    packed = std::exchange(scratch, scratch + layout_.bytes());
  }
  const depthwise::SimdRun run = {shape, layout_, input, packed, scratch, parallel};
  if (const auto* floats = std::get_if<FloatResult>(&result)) {
    depthwise::RunF32(run, *floats);
  } else if (const auto* int8 = std::get_if<QuantizedResult<int8_t>>(&result)) {
    depthwise::RunS8(run, *int8);
  } else if (const auto* uint8 = std::get_if<QuantizedResult<uint8_t>>(&result)) {
    depthwise::RunS8(run, *uint8);
  } else if (const auto* dynamic = std::get_if<DynamicResult>(&result)) {
    depthwise::RunS8(run, *dynamic);
  }
}

}  // namespace octolite
