#include "ops/common/depth_space.h"

#include "ops/common/elements.h"

namespace octolite {

Result<std::unique_ptr<OpKernel>> PrepareDepthSpace(PrepareContext& ctx, DepthSpace direction) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  const Shape& input = ctx.input(0).shape;
  const int64_t block = ctx.options().Int("block_size", 0);
  // Far beyond any image, and its square fits.
  constexpr int64_t kLargestBlock = 1 << 15;
  const bool valid = input.rank() == 4 && block >= 1 && block <= kLargestBlock;
  const bool to_depth = direction == DepthSpace::kToDepth;
  const bool fits = valid && (to_depth ? input[1] % block == 0 && input[2] % block == 0
                                       : input[3] % (block * block) == 0);
  if (!fits) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + input.ToString() + ", which blocks of " +
                              std::to_string(block) + " do not divide");
  }
  const auto side = static_cast<int32_t>(block);
  const int32_t area = side * side;
  // The image with its pixels in blocks: N, H, rows of a block, W, columns of a block, C.
  const Shape blocks =
      to_depth ? Shape({input[0], input[1] / side, side, input[2] / side, side, input[3]})
               : Shape({input[0], input[1], side, input[2], side, input[3] / area});
  const int64_t rows = int64_t{blocks[1]} * side;
  const int64_t columns = int64_t{blocks[3]} * side;
  const int64_t channels = int64_t{blocks[5]} * area;
  if (rows > INT32_MAX || columns > INT32_MAX || channels > INT32_MAX) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "makes a shape that is too large");
  }
  const Shape space(
      {input[0], static_cast<int32_t>(rows), static_cast<int32_t>(columns), blocks[5]});
  const Shape depth({input[0], blocks[1], blocks[3], static_cast<int32_t>(channels)});
  const Strides s = DenseStrides(space, bytes);
  const Strides d = DenseStrides(depth, bytes);
  const int64_t element = s[3];
  const int64_t pixel = s[2];
  const Strides in_space = {s[0], s[1] * side, s[1], pixel * side, pixel, element};
  const Strides in_depth = {d[0], d[1], pixel * side, d[2], pixel, element};
  const Shape output = to_depth ? depth : space;
  SetMovedShape(ctx, 0, output);
  const CopyPlan copy = to_depth ? MakeCopyPlan(blocks, bytes, in_space, in_depth)
                                 : MakeCopyPlan(blocks, bytes, in_depth, in_space);
  return MakeKernel(
      [copy, output](EvalContext& eval) { return MoveElements(eval, 0, 0, output, copy); });
}

}  // namespace octolite
