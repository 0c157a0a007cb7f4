#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/gemm/row_source.h"
#include "kernels/window.h"

namespace octolite {

// The patches under a sliding window as rows of a matrix: row (b * output_h + y) * output_w + x
// holds window_h x window_w pixels of `channels` channels each, from `first_channel` on.
class PatchSource final : public RowSource {
 public:
  struct Image {
    int64_t h = 0, w = 0, c = 0;
  };

  // Elements are `element` bytes; what lies outside of the image is filled with `padding` bytes.
  PatchSource(const void* data, const Image& image, const WindowGeometry& window,
              int64_t first_channel, int64_t channels, int64_t element, uint8_t padding)
      : data_(static_cast<const uint8_t*>(data) + first_channel * element),
        image_(image),
        window_(window),
        pixel_bytes_(image.c * element),
        piece_bytes_(channels * element),
        padding_(padding),
        in_place_(window.window_h == 1 && window.window_w == 1 && window.pad_top == 0 &&
                  window.pad_left == 0),
        // Pixels side by side in the image are side by side in the patch.
        runs_(window.dilation_w == 1 && channels == image.c) {}

  const uint8_t* Row(int64_t m, uint8_t* scratch) const override {
    const int64_t x = m % window_.output_w;
    const int64_t line = m / window_.output_w;
    const int64_t y = line % window_.output_h;
    const uint8_t* image = data_ + line / window_.output_h * image_.h * image_.w * pixel_bytes_;
    const int64_t top = y * window_.stride_h - window_.pad_top;
    const int64_t left = x * window_.stride_w - window_.pad_left;
    if (in_place_) return image + (top * image_.w + left) * pixel_bytes_;
    uint8_t* to = scratch;
    const int64_t line_bytes = window_.window_w * piece_bytes_;
    for (int64_t ky = 0; ky < window_.window_h; ++ky, to += line_bytes) {
      const int64_t iy = top + ky * window_.dilation_h;
      if (iy < 0 || iy >= image_.h) {
        Fill(to, line_bytes);
      } else {
        CopyLine(image + iy * image_.w * pixel_bytes_, left, to);
      }
    }
    return scratch;
  }

 private:
  void Fill(uint8_t* to, int64_t bytes) const {
    std::memset(to, padding_, static_cast<size_t>(bytes));
  }

  // The part of a patch that lies in one line of the image.
  void CopyLine(const uint8_t* line, int64_t left, uint8_t* to) const {
    if (runs_) {
      const int64_t first = std::clamp<int64_t>(-left, 0, window_.window_w);
      const int64_t last = std::clamp<int64_t>(image_.w - left, first, window_.window_w);
      Fill(to, first * piece_bytes_);
      std::memcpy(to + first * piece_bytes_, line + (left + first) * pixel_bytes_,
                  static_cast<size_t>((last - first) * piece_bytes_));
      Fill(to + last * piece_bytes_, (window_.window_w - last) * piece_bytes_);
      return;
    }
    for (int64_t kx = 0; kx < window_.window_w; ++kx, to += piece_bytes_) {
      const int64_t ix = left + kx * window_.dilation_w;
      if (ix < 0 || ix >= image_.w) {
        Fill(to, piece_bytes_);
      } else {
        std::memcpy(to, line + ix * pixel_bytes_, static_cast<size_t>(piece_bytes_));
      }
    }
  }

  const uint8_t* data_;
  Image image_;
  WindowGeometry window_;
  int64_t pixel_bytes_;
  int64_t piece_bytes_;
  uint8_t padding_;
  bool in_place_;
  bool runs_;
};

}  // namespace octolite
