#pragma once

#include <cstdint>
#include <optional>

#include "kernels/window.h"
#include "ops/op_def.h"

namespace octolite {

// Padding schemes, numbered as in the file format.
enum class Padding : int8_t { kSame = 0, kValid = 1 };

// Largest stride, dilation factor or side of a window: far beyond use, and small enough that no
// position computed from them and a tensor's size leaves 32 bits by accident.
inline constexpr int64_t kMaxWindowNumber = int64_t{1} << 20;

// The geometry of one spatial dimension of a sliding window.
struct WindowAxis {
  int32_t output = 0;  // size of the output, >= 0
  int32_t before = 0;  // padding before the first element; what is needed after is not stored
};

// Size and padding as TensorFlow defines them: SAME gives ceil(input / stride), with the odd
// element of padding at the end; VALID only whole windows, none when the window is larger than the
// input. Needs input >= 0 and window, stride, dilation >= 1; nothing when a number leaves 31 bits.
inline std::optional<WindowAxis> ComputeWindowAxis(Padding padding, int32_t input, int32_t window,
                                                   int32_t stride, int32_t dilation) {
  constexpr int64_t kLimit = INT32_MAX;
  const int64_t extent = (static_cast<int64_t>(window) - 1) * dilation + 1;
  if (extent > kLimit) return std::nullopt;
  WindowAxis axis;
  if (padding == Padding::kValid) {
    const int64_t last = input - extent;
    axis.output = last < 0 ? 0 : static_cast<int32_t>(last / stride + 1);
    return axis;
  }
  const int64_t output = (static_cast<int64_t>(input) + stride - 1) / stride;
  const int64_t total = (output - 1) * stride + extent - input;
  axis.output = static_cast<int32_t>(output);
  axis.before = total > 0 ? static_cast<int32_t>(total / 2) : 0;
  return axis;
}

// The option "padding"; INVALID_MODEL for a number outside the enumeration.
inline Result<Padding> ReadPadding(const PrepareContext& ctx) {
  const int64_t padding = ctx.options().Int("padding", 0);
  if (padding == 0 || padding == 1) return static_cast<Padding>(padding);
  return ctx.Error(StatusCode::kInvalidModel, "has unknown padding " + std::to_string(padding));
}

// Reads "padding", "stride_h", "stride_w" (and the dilation factors where the operator has them) of
// the operator's options; ctx.padding() comes on top. Errors: INVALID_MODEL for numbers that make
// no sense.
inline Result<WindowGeometry> ReadWindowGeometry(const PrepareContext& ctx, int32_t input_h,
                                                 int32_t input_w, int64_t window_h,
                                                 int64_t window_w) {
  OCTO_ASSIGN_OR_RETURN(const Padding mode, ReadPadding(ctx));
  const auto fits = [](int64_t value) { return value >= 1 && value <= kMaxWindowNumber; };
  const int64_t stride_h = ctx.options().Int("stride_h", 0);
  const int64_t stride_w = ctx.options().Int("stride_w", 0);
  const int64_t dilation_h = ctx.options().Int("dilation_h_factor", 1);
  const int64_t dilation_w = ctx.options().Int("dilation_w_factor", 1);
  if (!fits(stride_h) || !fits(stride_w)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs strides of 1 to 2^20");
  }
  if (!fits(dilation_h) || !fits(dilation_w)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs dilation factors of 1 to 2^20");
  }
  if (!fits(window_h) || !fits(window_w)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs a window of 1 x 1 to 2^20 x 2^20");
  }
  WindowGeometry g;
  g.window_h = static_cast<int32_t>(window_h);
  g.window_w = static_cast<int32_t>(window_w);
  g.stride_h = static_cast<int32_t>(stride_h);
  g.stride_w = static_cast<int32_t>(stride_w);
  g.dilation_h = static_cast<int32_t>(dilation_h);
  g.dilation_w = static_cast<int32_t>(dilation_w);
  const ImagePadding& added = ctx.padding();
  const auto rows = ComputeWindowAxis(mode, added.top + input_h + added.bottom, g.window_h,
                                      g.stride_h, g.dilation_h);
  const auto columns = ComputeWindowAxis(mode, added.left + input_w + added.right, g.window_w,
                                         g.stride_w, g.dilation_w);
  if (!rows || !columns) {
    return ctx.Error(StatusCode::kInvalidModel, "has a dilated window beyond 31 bits");
  }
  g.pad_top = rows->before + added.top;
  g.pad_left = columns->before + added.left;
  g.output_h = rows->output;
  g.output_w = columns->output;
  return g;
}

// Input and weights of rank 4, or INVALID_MODEL.
inline Status ExpectRank4(const PrepareContext& ctx, const Shape& x, const Shape& weights) {
  if (x.rank() == 4 && weights.rank() == 4) return Status::Ok();
  return ctx.Error(StatusCode::kInvalidModel, "needs input and weights of rank 4, has " +
                                                  x.ToString() + " and " + weights.ToString());
}

inline Status MisfitOfChannels(const PrepareContext& ctx, const Shape& x, const Shape& weights) {
  return ctx.Error(StatusCode::kInvalidModel, "has weights " + weights.ToString() +
                                                  " that do not fit the channels of input " +
                                                  x.ToString());
}

}  // namespace octolite
