#include "ops/common/pool.h"

#include <cmath>

#include "ops/common/conv_geometry.h"

namespace octolite {

Result<PreparedPool> PreparePool(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(0)));
  if (input.shape.rank() != 4) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + input.shape.ToString() + " where 4 dimensions are needed");
  }
  PreparedPool pool;
  OCTO_ASSIGN_OR_RETURN(pool.activation, ReadFusedActivation(ctx));
  OCTO_ASSIGN_OR_RETURN(
      const WindowGeometry window,
      ReadWindowGeometry(ctx, input.shape[1], input.shape[2], ctx.options().Int("filter_height", 0),
                         ctx.options().Int("filter_width", 0)));
  pool.shape = {.batch = input.shape[0],
                .input_h = input.shape[1],
                .input_w = input.shape[2],
                .channels = input.shape[3],
                .window_h = window.window_h,
                .window_w = window.window_w,
                .stride_h = window.stride_h,
                .stride_w = window.stride_w,
                .pad_top = window.pad_top,
                .pad_left = window.pad_left,
                .output_h = window.output_h,
                .output_w = window.output_w};
  ctx.SetOutputShape(0, {input.shape[0], window.output_h, window.output_w, input.shape[3]});
  return pool;
}

Result<QuantizedRange> PoolRange(const PrepareContext& ctx, FusedActivation activation,
                                 Arithmetic arithmetic) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (std::fabs(input.scale() - output.scale()) > 1.0e-6f ||
      input.zero_point() != output.zero_point()) {
    return ctx.OutputError(0, StatusCode::kInvalidModel,
                           "needs the scale and zero point of the input");
  }
  return QuantizedActivationRange(activation, output.type, output.scale(), output.zero_point(),
                                  arithmetic);
}

}  // namespace octolite
