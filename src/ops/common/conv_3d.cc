#include "ops/common/conv_3d.h"

#include <array>

namespace octolite {

Result<Conv3dShape> ReadConv3dWindow(const PrepareContext& ctx, const Shape& weights) {
  constexpr std::array kStrides = {"stride_d", "stride_h", "stride_w"};
  constexpr std::array kDilations = {"dilation_d_factor", "dilation_h_factor", "dilation_w_factor"};
  Conv3dShape shape;
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t stride = ctx.options().Int(kStrides[axis], 0);
    const int64_t dilation = ctx.options().Int(kDilations[axis], 1);
    const auto fits = [](int64_t value) { return value >= 1 && value <= kMaxWindowNumber; };
    if (!fits(stride) || !fits(dilation) || !fits(weights[static_cast<int>(axis)])) {
      return ctx.Error(StatusCode::kInvalidModel,
                       "needs windows, strides and dilation factors of 1 to 2^20");
    }
    shape.window[axis] = weights[static_cast<int>(axis)];
    shape.stride[axis] = static_cast<int32_t>(stride);
    shape.dilation[axis] = static_cast<int32_t>(dilation);
  }
  return shape;
}

Status CheckConv3dInputs(const PrepareContext& ctx, int image, int weights, int bias,
                         int32_t channels) {
  const auto expect_float = [&](const TensorSpec& tensor) {
    return tensor.type == DataType::kFloat32 ? Status::Ok() : ctx.UnsupportedType(tensor);
  };
  OCTO_RETURN_IF_ERROR(expect_float(ctx.input(image)));
  OCTO_RETURN_IF_ERROR(expect_float(ctx.input(weights)));
  OCTO_RETURN_IF_ERROR(expect_float(ctx.output(0)));
  if (!ctx.has_input(bias)) return Status::Ok();
  OCTO_RETURN_IF_ERROR(expect_float(ctx.input(bias)));
  if (ctx.input(bias).shape.num_elements() == channels) return Status::Ok();
  return ctx.InputError(bias, StatusCode::kInvalidModel,
                        "bias has shape " + ctx.input(bias).shape.ToString() + " for " +
                            std::to_string(channels) + " output channels");
}

}  // namespace octolite
