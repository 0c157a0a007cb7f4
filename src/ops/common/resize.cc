#include "ops/common/resize.h"

namespace octolite {
namespace {

struct ResizeParams {
  Shape output;
  ResizeShape shape;
};

// What no image side exceeds, so that positions are exact in float.
constexpr int64_t kLargestSide = (1 << 24) - 1;

Result<ResizeParams> MakeParams(const Shape& input, const IntList& size, bool align_corners,
                                bool half_pixel_centers) {
  const auto side = [](int64_t value) { return value >= 1 && value <= kLargestSide; };
  if (input.rank() != 4 || size.size() != 2 || !side(size[0]) || !side(size[1]) ||
      !side(input[1]) || !side(input[2])) {
    return Status(StatusCode::kInvalidModel,
                  "cannot resize shape " + input.ToString() + " to the size asked for");
  }
  ResizeParams params;
  params.shape = {.batch = input[0],
                  .input_h = input[1],
                  .input_w = input[2],
                  .channels = input[3],
                  .output_h = static_cast<int32_t>(size[0]),
                  .output_w = static_cast<int32_t>(size[1]),
                  .align_corners = align_corners,
                  .half_pixel_centers = half_pixel_centers};
  const int32_t dims[] = {input[0], params.shape.output_h, params.shape.output_w, input[3]};
  const auto output = Shape::Make(dims);
  if (!output) return Status(StatusCode::kInvalidModel, "resizes to a shape that is too large");
  params.output = *output;
  return params;
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareResize(PrepareContext& ctx,
                                                void (*run)(const ResizeShape&, EvalContext&)) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  const bool align_corners = ctx.options().Bool("align_corners", false);
  const bool half_pixel_centers = ctx.options().Bool("half_pixel_centers", false);
  if (align_corners && half_pixel_centers) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has both align_corners and half_pixel_centers set");
  }
  const auto make = [=](const Shape& input, std::span<const IntList> lists) {
    return MakeParams(input, lists[0], align_corners, half_pixel_centers);
  };
  return PrepareWithLists(ctx, 0, {1}, make, [=](const ResizeParams& params, EvalContext& eval) {
    run(params.shape, eval);
  });
}

}  // namespace octolite
