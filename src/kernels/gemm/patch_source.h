#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/gemm/copy_run.h"
#include "kernels/gemm/row_source.h"
#include "kernels/gemm/window_source.h"
#include "kernels/window.h"

namespace octolite {

// The patches under a sliding window as rows of a matrix: row (b * output_h + y) * output_w + x
// holds window_h x window_w pixels of `channels` channels each, from `first_channel` on.
class PatchSource final : public RowSource {
 public:
  // Elements are `element` bytes; what lies outside of the image is filled with `padding` bytes.
  PatchSource(const void* data, const ImageShape& image, const WindowGeometry& window,
              int64_t first_channel, int64_t channels, int64_t element, uint8_t padding)
      : data_(static_cast<const uint8_t*>(data) + first_channel * element),
        end_(static_cast<const uint8_t*>(data) +
             image.batch * image.h * image.w * image.c * element),
        image_(image),
        window_(window),
        pixel_bytes_(image.c * element),
        piece_bytes_(channels * element),
        padding_(padding),
        in_place_(window.window_h == 1 && window.window_w == 1 && window.pad_top == 0 &&
                  window.pad_left == 0 && window.stride_h == 1 && window.stride_w == 1 &&
                  window.output_h == image.h && window.output_w == image.w),
        // Pixels side by side in the image are side by side in the patch.
        runs_(window.dilation_w == 1 && channels == image.c) {}

  Rows Get(int64_t first, int64_t count, uint8_t* scratch, int64_t stride) const override {
    if (in_place_) return {data_ + first * pixel_bytes_, pixel_bytes_};
    int64_t x = first % window_.output_w;
    int64_t y = first / window_.output_w % window_.output_h;
    int64_t b = first / window_.output_w / window_.output_h;
    for (int64_t i = 0; i < count; ++i) {
      Patch(b, y, x, scratch + i * stride);
      if (++x < window_.output_w) continue;
      x = 0;
      if (++y < window_.output_h) continue;
      y = 0;
      ++b;
    }
    return {scratch, stride};
  }

 private:
  void Fill(uint8_t* to, int64_t bytes) const {
    std::memset(to, padding_, static_cast<size_t>(bytes));
  }

  void Patch(int64_t b, int64_t y, int64_t x, uint8_t* to) const {
    const int64_t top = y * window_.stride_h - window_.pad_top;
    const int64_t left = x * window_.stride_w - window_.pad_left;
    const int64_t line_bytes = window_.window_w * piece_bytes_;
    const int64_t step = image_.w * pixel_bytes_;
    const uint8_t* image = data_ + b * image_.h * step;
    const bool whole = runs_ && left >= 0 && left + window_.window_w <= image_.w;
    for (int64_t ky = 0; ky < window_.window_h; ++ky, to += line_bytes) {
      const int64_t iy = top + ky * window_.dilation_h;
      if (iy < 0 || iy >= image_.h) {
        Fill(to, line_bytes);
      } else if (whole) {
        CopyRun(to, image + iy * step + left * pixel_bytes_, line_bytes, end_);
      } else {
        CopyLine(image + iy * step, left, to);
      }
    }
  }

  // The part of a patch that lies in one line of the image, and beyond its ends or not in one run.
  void CopyLine(const uint8_t* line, int64_t left, uint8_t* to) const {
    if (runs_) {
      const int64_t first = std::clamp<int64_t>(-left, 0, window_.window_w);
      const int64_t last = std::clamp<int64_t>(image_.w - left, first, window_.window_w);
      Fill(to, first * piece_bytes_);
      CopyRun(to + first * piece_bytes_, line + (left + first) * pixel_bytes_,
              (last - first) * piece_bytes_, end_);
      Fill(to + last * piece_bytes_, (window_.window_w - last) * piece_bytes_);
      return;
    }
    for (int64_t kx = 0; kx < window_.window_w; ++kx, to += piece_bytes_) {
      const int64_t ix = left + kx * window_.dilation_w;
      if (ix < 0 || ix >= image_.w) {
        Fill(to, piece_bytes_);
      } else {
        CopyRun(to, line + ix * pixel_bytes_, piece_bytes_, end_);
      }
    }
  }

  const uint8_t* data_;
  const uint8_t* end_;  // of the images
  ImageShape image_;
  WindowGeometry window_;
  int64_t pixel_bytes_;
  int64_t piece_bytes_;
  uint8_t padding_;
  bool in_place_;
  bool runs_;
};

}  // namespace octolite
