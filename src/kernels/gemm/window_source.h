#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/window.h"

namespace octolite {

// Images, NHWC.
struct ImageShape {
  int64_t batch = 0, h = 0, w = 0, c = 0;
};

// The patches under a sliding window as rows of a matrix that are not taken apart: bands of image
// lines are converted and padded as the kernel needs them, and a patch is runs of values in them,
// one for each line of the window (each pixel, where it is dilated). A value is converted once, or
// twice where bands meet, not once for every place of the window.
//
// Row (b * output_h + y) * output_w + x of the matrix is the patch of output (y, x) of image b.
class WindowSource {
 public:
  // Whether windows overlap, or nearly, so that no line is converted in vain.
  static bool Suits(const WindowGeometry& window);
  // Runs of a patch.
  static int32_t Segments(const WindowGeometry& window) {
    return window.dilation_w == 1 ? window.window_h : window.window_h * window.window_w;
  }

  // Values are `element` bytes in the image and `converted` bytes in bands.
  WindowSource(const ImageShape& image, const WindowGeometry& window, int64_t element,
               int64_t converted);

  // Rows of one line of the output.
  int64_t line_rows() const { return window_.output_w; }
  // Where in bytes the runs of a patch lie from its first on.
  const ptrdiff_t* segments() const { return segments_.data(); }
  // Bytes of the buffer of a band.
  int64_t band_bytes() const { return band_lines_ * line_bytes_ + kSlack; }

  struct Band {
    const uint8_t* data;
    int64_t rows;
  };
  // The band of `images` that begins at row `first`, which begins a line, and ends at row `end` at
  // the latest.
  // Calls convert(from, values, to) for runs of the image and convert(nullptr, values, to) for
  // padding.
  template <typename Convert>
  Band ConvertBand(const uint8_t* images, int64_t first, int64_t end, uint8_t* buffer,
                   const Convert& convert) const {
    const int64_t line = first / window_.output_w;
    const int64_t y = line % window_.output_h;
    const int64_t lines =
        std::min({output_lines_, end / window_.output_w - line, window_.output_h - y});
    const int64_t top = y * window_.stride_h - window_.pad_top;
    const int64_t needed = (lines - 1) * window_.stride_h + extent_h_;
    const int64_t row = image_.w * image_.c * element_;
    const uint8_t* image = images + line / window_.output_h * image_.h * row;
    const int64_t left = std::min<int64_t>(window_.pad_left, line_pixels_);
    const int64_t inside = std::clamp<int64_t>(line_pixels_ - left, 0, image_.w);
    const int64_t right = line_pixels_ - left - inside;
    for (int64_t i = 0; i < needed; ++i) {
      uint8_t* to = buffer + i * line_bytes_;
      if (top + i < 0 || top + i >= image_.h) {
        convert(nullptr, line_pixels_ * image_.c, to);
        continue;
      }
      if (left > 0) convert(nullptr, left * image_.c, to);
      to += left * pixel_bytes_;
      if (inside > 0) convert(image + (top + i) * row, inside * image_.c, to);
      if (right > 0) convert(nullptr, right * image_.c, to + inside * pixel_bytes_);
    }
    return {buffer, lines * window_.output_w};
  }

  // Where rows [first, first + count) of a band begin in it.
  void Offsets(int64_t first, int64_t count, ptrdiff_t* offsets) const {
    int64_t x = first % window_.output_w;
    int64_t line = first / window_.output_w * window_.stride_h * line_bytes_;
    for (int64_t i = 0; i < count; ++i) {
      offsets[i] = static_cast<ptrdiff_t>(line + x * window_.stride_w * pixel_bytes_);
      if (++x < window_.output_w) continue;
      x = 0;
      line += window_.stride_h * line_bytes_;
    }
  }

 private:
  // Kernels read up to a step of depth beyond a run, and multiply it by zero.
  static constexpr int64_t kSlack = 64;

  ImageShape image_;
  WindowGeometry window_;
  int64_t element_;
  int64_t pixel_bytes_;  // in bands
  int64_t extent_h_;     // lines of the image that a window spans
  int64_t line_pixels_;  // of a band's line, padding included
  int64_t line_bytes_;
  int64_t output_lines_;  // of a band
  int64_t band_lines_;
  std::vector<ptrdiff_t> segments_;
};

}  // namespace octolite
