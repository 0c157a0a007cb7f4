#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "kernels/reduce/reduce.h"
#include "ops/common/lists.h"
#include "ops/common/scratch.h"

namespace octolite {

// A reduction of a tensor (input 0) along the axes in input 1.
struct ReduceParams {
  Shape output;
  BroadcastPlan plan;
  int64_t count = 1;  // elements folded into one
  std::array<bool, Shape::kMaxRank> reduced = {};
};

Result<ReduceParams> MakeReduceParams(const Shape& input, const IntList& axes, bool keep_dims);

// Whether XNNPACK takes a reduction of 8-bit values: it wants to know the axes, and that there are
// some.
bool XnnpackReduces(const PrepareContext& ctx);

// Checks the counts and that input and output have one type, which needs to be before
// PrepareReduction.
Status ExpectReduction(const PrepareContext& ctx);

// Prepares run(params, eval) with scratch memory for `bytes_each` of every output.
// `check(params)` refuses what the run cannot do.
template <typename Check, typename Run>
Result<std::unique_ptr<OpKernel>> PrepareReduction(PrepareContext& ctx, size_t bytes_each,
                                                   Check check, Run run) {
  const bool keep_dims = ctx.options().Bool("keep_dims", false);
  OCTO_RETURN_IF_ERROR(ExpectList(ctx, 1));
  if (bytes_each > 0) {
    const TensorSpec& axes = ctx.input(1);
    const Shape& input = ctx.input(0).shape;
    // Whatever the axes, there are never more outputs than this.
    int64_t outputs = 1;
    for (const int32_t dim : input.dims()) outputs *= std::max(dim, 1);
    if (axes.is_constant) {
      const auto params = MakeReduceParams(input, ConstantList(axes), keep_dims);
      if (params.ok()) outputs = params->output.num_elements();
    }
    ctx.RequestScratch(ScratchBytes(outputs, bytes_each));
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) -> Result<ReduceParams> {
        OCTO_ASSIGN_OR_RETURN(ReduceParams params, MakeReduceParams(input, lists[0], keep_dims));
        OCTO_RETURN_IF_ERROR(check(params));
        return params;
      },
      run);
}

// A reduction without any quantization: types of Reduce, or bool alone for any and all.
Result<std::unique_ptr<OpKernel>> PrepareReduce(PrepareContext& ctx, ReduceKind kind);

// Input and output need the same scale and zero point where they are quantized.
Status ExpectSameQuantization(const PrepareContext& ctx);

}  // namespace octolite
