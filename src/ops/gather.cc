#include <cstring>

#include "ops/common/elements.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// The input is [batch, outer, axis, inner] and the indices are [batch, count], each dimension
// standing for several.
struct Gather {
  Shape output;
  int64_t batch = 1, outer = 1, axis = 1, inner = 1, count = 1;
  size_t element_bytes = 1;

  Status Run(const IndexReader& indices, const uint8_t* from, uint8_t* to) const {
    const int64_t run = inner * static_cast<int64_t>(element_bytes);
    for (int64_t i = 0; i < batch * count; ++i) {
      if (indices[i] >= 0 && indices[i] < axis) continue;
      return Status(StatusCode::kInvalidArgument,
                    "gathers index " + std::to_string(indices[i]) + " of " + std::to_string(axis));
    }
    if (output.num_elements() == 0) return Status::Ok();
    for (int64_t b = 0; b < batch; ++b) {
      for (int64_t o = 0; o < outer; ++o) {
        const uint8_t* const row = from + (b * outer + o) * axis * run;
        for (int64_t i = 0; i < count; ++i) {
          std::memcpy(to, row + indices[b * count + i] * run, static_cast<size_t>(run));
          to += run;
        }
      }
    }
    return Status::Ok();
  }
};

// Input 0: what is gathered from; input 1: indices along "axis". The first "batch_dims" dimensions
// of both belong together.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  ctx.SetOutputType(0, ctx.input(0).type);
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 1, true));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  const Shape& input = ctx.input(0).shape;
  const Shape& indices = ctx.input(1).shape;
  const auto axis = ResolveAxis(ctx.options().Int("axis", 0), input.rank());
  int64_t batch_dims = ctx.options().Int("batch_dims", 0);
  if (batch_dims < 0) batch_dims += indices.rank();
  bool fits = axis && batch_dims >= 0 && batch_dims <= *axis && batch_dims <= indices.rank();
  for (int i = 0; fits && i < batch_dims; ++i) fits = input[i] == indices[i];
  const int64_t rank = int64_t{input.rank()} - 1 + indices.rank() - batch_dims;
  if (!fits || rank > Shape::kMaxRank) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + input.ToString() + ", from which indices " +
                              indices.ToString() + " cannot gather with such an axis and batch");
  }
  const int batches = static_cast<int>(batch_dims);
  IntList dims(input.dims().begin(), input.dims().begin() + *axis);
  dims.insert(dims.end(), indices.dims().begin() + batches, indices.dims().end());
  dims.insert(dims.end(), input.dims().begin() + *axis + 1, input.dims().end());
  auto output = ShapeFromList(dims);
  if (!output.ok()) {
    return ctx.InputError(1, output.status().code(), output.status().message());
  }
  SetMovedShape(ctx, 0, *output);
  const Gather gather = {.output = *output,
                         .batch = input.Product(0, batches),
                         .outer = input.Product(batches, *axis),
                         .axis = input[*axis],
                         .inner = input.Product(*axis + 1, input.rank()),
                         .count = indices.Product(batches, indices.rank()),
                         .element_bytes = bytes};
  return MakeKernel([gather](EvalContext& eval) {
    return MoveElements(eval, 0, 0, gather.output, [&](const uint8_t* from, uint8_t* to) {
      return gather.Run(IndexReader(eval.input_tensor(1)), from, to);
    });
  });
}

}  // namespace

extern const OpDef kGatherOp = {
    .op = BuiltinOp::kGather,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
