#include "kernels/gemm/window_source.h"

namespace octolite {

bool WindowSource::Suits(const WindowGeometry& window) {
  return window.window_h * window.window_w > 1 && window.stride_h <= window.window_h &&
         window.stride_w <= window.window_w && window.dilation_h <= window.window_h;
}

WindowSource::WindowSource(const ImageShape& image, const WindowGeometry& window, int64_t element,
                           int64_t converted)
    : image_(image),
      window_(window),
      element_(element),
      pixel_bytes_(image.c * converted),
      extent_h_((int64_t{window.window_h} - 1) * window.dilation_h + 1),
      line_pixels_((int64_t{window.output_w} - 1) * window.stride_w +
                   (int64_t{window.window_w} - 1) * window.dilation_w + 1),
      line_bytes_((line_pixels_ * pixel_bytes_ + kSlack - 1) / kSlack * kSlack) {
  // Bands stay in the second-level cache.
  constexpr int64_t kBandBytes = 96 * 1024;
  const int64_t fitting = (kBandBytes / line_bytes_ - extent_h_) / window.stride_h + 1;
  output_lines_ = std::clamp<int64_t>(fitting, 1, window.output_h);
  band_lines_ = (output_lines_ - 1) * window.stride_h + extent_h_;
  for (int64_t y = 0; y < window.window_h; ++y) {
    const int64_t line = y * window.dilation_h * line_bytes_;
    const int64_t runs = window.dilation_w == 1 ? 1 : window.window_w;
    for (int64_t x = 0; x < runs; ++x) {
      segments_.push_back(static_cast<ptrdiff_t>(line + x * window.dilation_w * pixel_bytes_));
    }
  }
}

}  // namespace octolite
