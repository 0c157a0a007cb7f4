#include "kernels/transpose_conv/transpose_conv.h"

#include <algorithm>
#include <cstring>

#include "kernels/gemm/copy_run.h"
#include "kernels/gemm/gemm.h"

namespace octolite {
namespace {

// The outputs of one phase along one dimension: first, first + stride, ...; output i of them sees
// input start + i - tap.
struct PhaseAxis {
  PhaseAxis(int64_t first_output, int64_t stride, int64_t padding, int64_t size)
      : first(first_output),
        count((size - first + stride - 1) / stride),
        start((first + padding) / stride),
        remainder(static_cast<int32_t>((first + padding) % stride)) {}
  int64_t first, count, start;
  int32_t remainder;
};

// Rows of the matrix of one phase: for every output of the phase, taps_h x taps_w input pixels.
class PhaseSource final : public RowSource {
 public:
  PhaseSource(const void* data, const TransposeConvShape& shape, const PhaseAxis& rows,
              const PhaseAxis& columns, int64_t taps_h, int64_t taps_w, int64_t element,
              uint8_t padding)
      : data_(static_cast<const uint8_t*>(data)),
        end_(data_ +
             int64_t{shape.batch} * shape.input_h * shape.input_w * shape.input_c * element),
        shape_(shape),
        rows_(rows),
        columns_(columns),
        taps_h_(taps_h),
        taps_w_(taps_w),
        pixel_bytes_(shape.input_c * element),
        padding_(padding) {}

  Rows Get(int64_t first, int64_t count, uint8_t* scratch, int64_t stride) const override {
    ForEachPosition(first, count, [&](int64_t i, int64_t b, int64_t y, int64_t x) {
      Patch(b, rows_.start + y, columns_.start + x, scratch + i * stride);
    });
    return {scratch, stride};
  }

  void OutputRows(int64_t first, int64_t count, int64_t* rows) const override {
    const WindowGeometry& w = shape_.window;
    ForEachPosition(first, count, [&](int64_t i, int64_t b, int64_t y, int64_t x) {
      rows[i] = (b * w.output_h + rows_.first + y * w.stride_h) * w.output_w + columns_.first +
                x * w.stride_w;
    });
  }

 private:
  // Calls position(i, b, y, x) for row first + i of the matrix, which is output (y, x) of the phase
  // in image b.
  template <typename Position>
  void ForEachPosition(int64_t first, int64_t count, const Position& position) const {
    int64_t x = first % columns_.count;
    int64_t y = first / columns_.count % rows_.count;
    int64_t b = first / columns_.count / rows_.count;
    for (int64_t i = 0; i < count; ++i) {
      position(i, b, y, x);
      if (++x < columns_.count) continue;
      x = 0;
      if (++y < rows_.count) continue;
      y = 0;
      ++b;
    }
  }

  void Patch(int64_t b, int64_t bottom, int64_t right, uint8_t* to) const {
    const int64_t row_bytes = shape_.input_w * pixel_bytes_;
    const uint8_t* image = data_ + b * shape_.input_h * row_bytes;
    for (int64_t ty = 0; ty < taps_h_; ++ty) {
      const int64_t y = bottom - ty;
      for (int64_t tx = 0; tx < taps_w_; ++tx, to += pixel_bytes_) {
        const int64_t x = right - tx;
        if (y < 0 || y >= shape_.input_h || x < 0 || x >= shape_.input_w) {
          std::memset(to, padding_, static_cast<size_t>(pixel_bytes_));
        } else {
          CopyRun(to, image + y * row_bytes + x * pixel_bytes_, pixel_bytes_, end_);
        }
      }
    }
  }

  const uint8_t* data_;
  const uint8_t* end_;  // of the images
  const TransposeConvShape& shape_;
  PhaseAxis rows_, columns_;
  int64_t taps_h_, taps_w_;
  int64_t pixel_bytes_;
  uint8_t padding_;
};

// Of `window` taps, those that phase `remainder` sees.
int32_t TapsOf(int32_t remainder, int32_t window, int32_t stride) {
  return remainder < window ? (window - remainder + stride - 1) / stride : 0;
}

}  // namespace

TransposeConv::Phase TransposeConv::PhaseAt(int32_t y, int32_t x) const {
  const WindowGeometry& w = shape_.window;
  Phase phase = {TapsOf(y, w.window_h, w.stride_h), TapsOf(x, w.window_w, w.stride_w), 0};
  if (phase.taps_h == 0 || phase.taps_w == 0) {
    phase.taps_h = phase.taps_w = 0;
  } else {
    const int32_t columns = std::min(w.stride_w, w.window_w);
    phase.matrix =
        1 + static_cast<size_t>(y) * static_cast<size_t>(columns) + static_cast<size_t>(x);
  }
  return phase;
}

Result<TransposeConv> TransposeConv::Make(const TransposeConvShape& shape,
                                          const WeightsSource& weights) {
  TransposeConv conv;
  conv.shape_ = shape;
  const WindowGeometry& w = shape.window;
  MatrixLayout layout =
      weights.Layout(shape.output_c, 0, int64_t{shape.batch} * shape.input_h * shape.input_w);
  conv.weights_.Add(layout, {});
  for (int32_t y = 0; y < std::min(w.stride_h, w.window_h); ++y) {
    for (int32_t x = 0; x < std::min(w.stride_w, w.window_w); ++x) {
      WeightsView view;
      view.first = (int64_t{y} * w.window_w + x) * shape.input_c;
      view.channel_stride = int64_t{w.window_h} * w.window_w * shape.input_c;
      view.rows = TapsOf(y, w.window_h, w.stride_h);
      view.row_stride = int64_t{w.stride_h} * w.window_w * shape.input_c;
      view.columns = TapsOf(x, w.window_w, w.stride_w);
      view.column_stride = int64_t{w.stride_w} * shape.input_c;
      view.inner = shape.input_c;
      layout.k = static_cast<int32_t>(view.rows * view.columns * view.inner);
      conv.weights_.Add(layout, view);
    }
  }
  OCTO_RETURN_IF_ERROR(conv.weights_.Finish(weights.data));
  return conv;
}

int64_t TransposeConv::scratch_bytes(int threads) const {
  int64_t largest = 0;
  for (size_t i = 0; i < weights_.count(); ++i) {
    largest = std::max(largest, MatrixScratch(weights_.layout(i), threads));
  }
  return weights_.scratch_bytes() + largest;
}

void TransposeConv::Run(const TransposeConvShape& shape, const void* input, const void* weights,
                        const MatrixResult& result, uint8_t* scratch,
                        const Parallel& parallel) const {
  const WindowGeometry& w = shape.window;
  const uint8_t* packed = weights_.Get(weights, scratch);
  for (int32_t y = 0; y < std::min(w.stride_h, w.output_h); ++y) {
    const PhaseAxis rows(y, w.stride_h, w.pad_top, w.output_h);
    for (int32_t x = 0; x < std::min(w.stride_w, w.output_w); ++x) {
      const PhaseAxis columns(x, w.stride_w, w.pad_left, w.output_w);
      const Phase phase = PhaseAt(rows.remainder, columns.remainder);
      const PhaseSource source(input, shape, rows, columns, phase.taps_h, phase.taps_w,
                               ElementBytes(result), PaddingByte(result));
      MatrixProduct product;
      product.m = shape.batch * rows.count * columns.count;
      product.rows = &source;
      product.layout = &weights_.layout(phase.matrix);
      product.packed = packed + weights_.offset(phase.matrix);
      product.output_stride = shape.output_c;
      product.scratch = scratch + weights_.scratch_bytes();
      product.parallel = parallel;
      Multiply(product, result);
    }
  }
}

}  // namespace octolite
