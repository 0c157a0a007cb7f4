#include <algorithm>

#include "base/checked_math.h"
#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct PadParams {
  Shape output;
  CopyPlan copy;
};

// What one dimension takes of the input, and where that goes.
struct PadAxis {
  int64_t size = 0;   // of the output
  int64_t first = 0;  // element of the input that is copied first
  int64_t count = 0;
  int64_t step = 1;  // between them in the output
  int64_t place = 0;
};

// Low and high edges may be negative: they cut what is there, padding in between included.
PadAxis MakeAxis(int64_t dim, int64_t low, int64_t high, int64_t interior) {
  PadAxis axis;
  axis.step = interior + 1;
  const int64_t spread = dim == 0 ? 0 : (dim - 1) * axis.step + 1;
  axis.size = std::max<int64_t>(spread + low + high, 0);
  // Element i lies at i * step + low.
  axis.first = low >= 0 ? 0 : CeilDiv(-low, axis.step);
  const int64_t end = axis.size > low ? CeilDiv(axis.size - low, axis.step) : 0;
  axis.count = std::max<int64_t>(std::min(end, dim) - axis.first, 0);
  axis.place = axis.first * axis.step + low;
  return axis;
}

Result<PadParams> MakeParams(const PrepareContext& ctx, const Shape& input, size_t element_bytes) {
  const std::vector<int64_t>* const lows = ctx.options().Ints("edge_padding_low");
  const std::vector<int64_t>* const highs = ctx.options().Ints("edge_padding_high");
  const std::vector<int64_t>* const interiors = ctx.options().Ints("interior_padding");
  const auto rank = static_cast<size_t>(input.rank());
  const auto fits = [&](const std::vector<int64_t>* list, int64_t lowest) {
    return list != nullptr && list->size() == rank &&
           std::ranges::all_of(*list, [=](int64_t n) { return n >= lowest && n <= INT32_MAX; });
  };
  if (!fits(lows, -INT32_MAX) || !fits(highs, -INT32_MAX) || !fits(interiors, 0)) {
    return ctx.InputError(
        0, StatusCode::kInvalidModel,
        "has shape " + input.ToString() + " and paddings that do not fit it or are out of range");
  }
  PadParams params;
  Shape block;
  IntList dims;
  std::array<PadAxis, Shape::kMaxRank> axes;
  for (size_t i = 0; i < rank; ++i) {
    axes[i] = MakeAxis(input[static_cast<int>(i)], (*lows)[i], (*highs)[i], (*interiors)[i]);
    dims.push_back(axes[i].size);
    block.Append(static_cast<int32_t>(axes[i].count));
  }
  // One dimension without elements makes all of them so, in LiteRT.
  if (std::ranges::find(dims, 0) != dims.end()) std::ranges::fill(dims, 0);
  auto output = ShapeFromList(dims);
  if (!output.ok()) return ctx.InputError(0, output.status().code(), output.status().message());
  params.output = *output;
  if (block.num_elements() == 0) block = Shape({0});
  const Strides from = DenseStrides(input, element_bytes);
  Strides to = DenseStrides(params.output, element_bytes);
  int64_t from_offset = 0;
  int64_t to_offset = 0;
  for (size_t i = 0; i < rank && block.num_elements() > 0; ++i) {
    from_offset += axes[i].first * from[i];
    to_offset += axes[i].place * to[i];
    if (axes[i].count > 1) to[i] *= axes[i].step;
  }
  params.copy = MakeCopyPlan(block, element_bytes, from, to, from_offset, to_offset);
  return params;
}

// Input 0: what is padded; input 1: the one value of the padding, which may lie between elements.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(1)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  if (ctx.input(1).shape.num_elements() != 1) {
    return ctx.InputError(1, StatusCode::kInvalidModel, "is not one value");
  }
  OCTO_ASSIGN_OR_RETURN(const PadParams params, MakeParams(ctx, ctx.input(0).shape, bytes));
  ctx.SetOutputShape(0, params.output);
  return MakeKernel([params, bytes](EvalContext& eval) {
    auto* const to = eval.output<uint8_t>(0);
    FillElements(to, static_cast<size_t>(params.output.num_elements()), eval.input<uint8_t>(1),
                 bytes);
    RunCopy(params.copy, eval.input<uint8_t>(0), to);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kStablehloPadOp = {.op = BuiltinOp::kStablehloPad, .prepare = Prepare};

}  // namespace octolite
