#include "kernels/conv2d/conv2d.h"

#include "kernels/gemm/gemm.h"
#include "kernels/gemm/patch_source.h"
#include "kernels/gemm/row_packer.h"

namespace octolite {
namespace {

ImageShape ImageOf(const Conv2dShape& shape) {
  return {shape.batch, shape.input_h, shape.input_w, shape.input_c};
}

constexpr int64_t kManyPixels = 8;  // from which on bands pay

// Whether the patches' runs are long enough that beginning each with a step of its own costs
// little.
bool RunsSuit(MatrixLayout layout, int32_t segments) {
  const int64_t whole = layout.steps();
  layout.segments = segments;
  return layout.steps() <= whole + whole / 5;
}

}  // namespace

Result<Conv2d> Conv2d::Make(const Conv2dShape& shape, const WeightsSource& weights) {
  Conv2d conv;
  conv.shape_ = shape;
  const int64_t depth = int64_t{shape.window.window_h} * shape.window.window_w * shape.filter_c();
  MatrixLayout layout = weights.Layout(shape.output_c / shape.groups, depth, shape.output_pixels());
  const int32_t segments = WindowSource::Segments(shape.window);
  if (shape.groups == 1 && !weights.plain && WindowSource::Suits(shape.window) &&
      shape.output_pixels() >= kManyPixels && RunsSuit(layout, segments)) {
    layout.segments = segments;
    const int64_t element = layout.is_float() ? 4 : 1;
    conv.window_.emplace(ImageOf(shape), shape.window, element,
                         layout.is_float() ? 4 : RowPacker::ConvertedBytes(layout));
  }
  for (int64_t g = 0; g < shape.groups; ++g) {
    WeightsView view;
    view.first = g * layout.n * depth;
    view.channel_stride = depth;
    view.inner = depth;
    conv.weights_.Add(layout, view);
  }
  OCTO_RETURN_IF_ERROR(conv.weights_.Finish(weights.data));
  return conv;
}

int64_t Conv2d::scratch_bytes(int threads) const {
  return weights_.scratch_bytes() +
         MatrixScratch(weights_.layout(0), threads, window_ ? &*window_ : nullptr);
}

void Conv2d::Run(const Conv2dShape& shape, const void* input, const void* weights,
                 const MatrixResult& result, uint8_t* scratch, const Parallel& parallel) const {
  const uint8_t* packed = weights_.Get(weights, scratch);
  for (size_t g = 0; g < weights_.count(); ++g) {
    const PatchSource rows(input, ImageOf(shape), shape.window,
                           static_cast<int64_t>(g) * shape.filter_c(), shape.filter_c(),
                           ElementBytes(result), PaddingByte(result));
    MatrixProduct product;
    product.m = shape.output_pixels();
    if (window_) {
      product.window = &*window_;
      product.images = static_cast<const uint8_t*>(input);
    } else {
      product.rows = &rows;
    }
    product.layout = &weights_.layout(g);
    product.packed = packed + weights_.offset(g);
    product.first_channel = static_cast<int32_t>(g) * product.layout->n;
    product.output_stride = shape.output_c;
    product.scratch = scratch + weights_.scratch_bytes();
    product.parallel = parallel;
    Multiply(product, result);
  }
}

}  // namespace octolite
