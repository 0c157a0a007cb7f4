#include "kernels/move/tile.h"

#include "base/checked_math.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct TileParams {
  Shape output;
  TilePlan plan;
};

Result<TileParams> MakeParams(const Shape& input, const IntList& multiples, size_t element_bytes) {
  if (multiples.size() != static_cast<size_t>(input.rank())) {
    return Status(StatusCode::kInvalidModel, "has " + std::to_string(multiples.size()) +
                                                 " multiples for shape " + input.ToString());
  }
  IntList dims;
  for (size_t i = 0; i < multiples.size(); ++i) {
    const auto product = CheckedMul<int64_t>(input[static_cast<int>(i)], multiples[i]);
    if (!product) return Status(StatusCode::kInvalidModel, "makes a shape that is too large");
    dims.push_back(*product);
  }
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(dims));
  // With nothing to write, multiples of any size are left alone.
  if (output.num_elements() == 0) return TileParams{output, {}};
  return TileParams{output, MakeTilePlan(input, multiples, element_bytes)};
}

// Input 0: what is repeated; input 1: how often along each dimension.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], bytes);
      },
      [](const TileParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, [&](const uint8_t* from, uint8_t* to) {
          if (params.output.num_elements() > 0) RunTile(params.plan, from, to);
          return Status::Ok();
        });
      });
}

}  // namespace

extern const OpDef kTileOp = {
    .op = BuiltinOp::kTile,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 3,
              .int16_version = 3},
};

}  // namespace octolite
