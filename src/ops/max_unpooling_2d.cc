#include <algorithm>

#include "kernels/pool/pool.h"
#include "ops/common/mediapipe_pool.h"

namespace octolite {
namespace {

// MediaPipe's operator: values (input 0) go to the places in their windows that the indices (input
// 1) say. The output is window times as large as the input, whatever the strides.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  for (int i = 0; i < 2; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  if (ctx.input(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(1), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  const Shape& input = ctx.input(0).shape;
  if (input.rank() != 4 || !(ctx.input(1).shape == input)) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + ctx.input(1).shape.ToString() +
                              " where the 4 dimensions of the values are needed, which have " +
                              input.ToString());
  }
  OCTO_ASSIGN_OR_RETURN(const MediaPipePoolOptions options, ReadMediaPipePoolOptions(ctx));
  const int64_t height = int64_t{input[1]} * options.window_h;
  const int64_t width = int64_t{input[2]} * options.window_w;
  // Numbers beyond 31 bits become a shape that Make refuses.
  const auto narrow = [](int64_t n) { return n > INT32_MAX ? -1 : static_cast<int32_t>(n); };
  const int32_t dims[] = {input[0], narrow(height), narrow(width), input[3]};
  const auto output = Shape::Make(dims);
  if (!output) return ctx.Error(StatusCode::kInvalidModel, "has too large a window");
  ctx.SetOutputShape(0, *output);
  // Half of what the windows reach beyond the output, as of a pooling that makes the input.
  const auto before = [](int64_t count, int64_t stride, int64_t window, int64_t size) {
    return std::max<int64_t>((count - 1) * stride + window - size, 0) / 2;
  };
  const int64_t top = before(input[1], options.stride_h, options.window_h, height);
  const int64_t left = before(input[2], options.stride_w, options.window_w, width);
  if (top > INT32_MAX || left > INT32_MAX) {
    return ctx.Error(StatusCode::kInvalidModel, "has strides that lead too far");
  }
  const PoolShape shape = {.batch = input[0],
                           .input_h = (*output)[1],
                           .input_w = (*output)[2],
                           .channels = input[3],
                           .window_h = options.window_h,
                           .window_w = options.window_w,
                           .stride_h = options.stride_h,
                           .stride_w = options.stride_w,
                           .pad_top = static_cast<int32_t>(top),
                           .pad_left = static_cast<int32_t>(left),
                           .output_h = input[1],
                           .output_w = input[2]};
  return MakeKernel([shape](EvalContext& eval) {
    MaxUnpool(shape, eval.input<float>(0), eval.input<float>(1), eval.output<float>(0));
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kMaxUnpooling2DOp = {
    .op = BuiltinOp::kCustom,
    .prepare = Prepare,
    .custom_code = "MaxUnpooling2D",
};

}  // namespace octolite
