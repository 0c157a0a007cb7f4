#include <algorithm>
#include <cstring>

#include "ops/common/elements.h"

namespace octolite {
namespace {

struct UpdateSlice {
  Shape operand;
  Shape update;
  size_t element_bytes = 1;

  void Run(const IndexReader& starts, const uint8_t* from, const uint8_t* update_data,
           uint8_t* to) const {
    const auto bytes = static_cast<size_t>(operand.num_elements()) * element_bytes;
    if (bytes > 0) std::memcpy(to, from, bytes);
    const Strides strides = DenseStrides(operand, element_bytes);
    int64_t offset = 0;
    for (int i = 0; i < operand.rank(); ++i) {
      // Moved back inside where it would stick out.
      const int64_t start = std::clamp<int64_t>(starts[i], 0, operand[i] - update[i]);
      offset += start * strides[static_cast<size_t>(i)];
    }
    RunCopy(MakeCopyPlan(update, element_bytes, DenseStrides(update, element_bytes), strides, 0,
                         offset),
            update_data, to);
  }
};

// Inputs: the operand, what replaces a part of it, where that begins.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(1)));
  ctx.SetOutputType(0, ctx.input(0).type);
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 2, false));
  if (DataTypeBits(ctx.input(0).type) == 0) return ctx.UnsupportedType(ctx.input(0));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  const Shape& operand = ctx.input(0).shape;
  const Shape& update = ctx.input(1).shape;
  const Shape& starts = ctx.input(2).shape;
  bool fits = update.rank() == operand.rank() && starts.rank() == 1 && starts[0] == operand.rank();
  for (int i = 0; fits && i < operand.rank(); ++i) fits = update[i] <= operand[i];
  if (!fits) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + update.ToString() + ", which is no part of " +
                              operand.ToString() + " that begins at " + starts.ToString());
  }
  ctx.SetOutputShape(0, operand);
  const UpdateSlice slice = {operand, update, bytes};
  const bool packed = DataTypeBits(ctx.input(0).type) < 8;
  return MakeKernel([slice, packed](EvalContext& eval) {
    return MoveElements(eval, 0, 0, slice.operand, [&](const uint8_t* from, uint8_t* to) -> Status {
      const IndexReader starts(eval.input_tensor(2));
      if (!packed) {
        slice.Run(starts, from, eval.input<uint8_t>(1), to);
        return Status::Ok();
      }
      OCTO_ASSIGN_OR_RETURN(const AlignedBuffer update, UnpackElements(eval.input_tensor(1)));
      slice.Run(starts, from, update.data(), to);
      return Status::Ok();
    });
  });
}

}  // namespace

extern const OpDef kDynamicUpdateSliceOp = {
    .op = BuiltinOp::kDynamicUpdateSlice,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 4},
};

}  // namespace octolite
