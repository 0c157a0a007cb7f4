#include "kernels/pool/pool.h"
#include "ops/common/mediapipe_pool.h"

namespace octolite {
namespace {

// MediaPipe's operator: outputs are the maxima, and where in the window they were, as floats.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 2));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  if (ctx.input(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(1), DataType::kFloat32));
  const Shape& input = ctx.input(0).shape;
  if (input.rank() != 4) {
    return ctx.InputError(0, StatusCode::kShapeMismatch,
                          "has shape " + input.ToString() + " where 4 dimensions are needed");
  }
  OCTO_ASSIGN_OR_RETURN(const MediaPipePoolOptions options, ReadMediaPipePoolOptions(ctx));
  const auto rows =
      ComputeWindowAxis(options.padding, input[1], options.window_h, options.stride_h, 1);
  const auto columns =
      ComputeWindowAxis(options.padding, input[2], options.window_w, options.stride_w, 1);
  if (!rows || !columns) return ctx.Error(StatusCode::kInvalidModel, "has too large a window");
  const PoolShape shape = {.batch = input[0],
                           .input_h = input[1],
                           .input_w = input[2],
                           .channels = input[3],
                           .window_h = options.window_h,
                           .window_w = options.window_w,
                           .stride_h = options.stride_h,
                           .stride_w = options.stride_w,
                           .pad_top = rows->before,
                           .pad_left = columns->before,
                           .output_h = rows->output,
                           .output_w = columns->output};
  for (int i = 0; i < 2; ++i) {
    ctx.SetOutputShape(i, {input[0], rows->output, columns->output, input[3]});
  }
  return MakeKernel([shape, range = ActivationRange(options.activation)](EvalContext& eval) {
    MaxPoolArgmax(shape, eval.input<float>(0), eval.output<float>(0), eval.output<float>(1),
                  range.min, range.max);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kMaxPoolingWithArgmax2DOp = {
    .op = BuiltinOp::kCustom,
    .prepare = Prepare,
    .custom_code = "MaxPoolingWithArgmax2D",
};

}  // namespace octolite
