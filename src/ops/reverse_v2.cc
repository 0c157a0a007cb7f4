#include "ops/common/element_move.h"

namespace octolite {
namespace {

Result<ElementMove> MakeMove(const Shape& input, const IntList& axes, size_t element_bytes) {
  const Strides to = DenseStrides(input, element_bytes);
  Strides from = to;
  int64_t offset = 0;
  std::array<bool, Shape::kMaxRank> reversed = {};
  for (const int64_t value : axes) {
    const auto axis = ResolveAxis(value, input.rank());
    if (!axis || reversed[static_cast<size_t>(*axis)]) {
      return Status(StatusCode::kInvalidModel, "has shape " + input.ToString() +
                                                   ", in which dimension " + std::to_string(value) +
                                                   " cannot be reversed, or twice");
    }
    const auto d = static_cast<size_t>(*axis);
    reversed[d] = true;
    from[d] = -to[d];
    offset += (input[*axis] - 1) * to[d];
  }
  return ElementMove{input, MakeCopyPlan(input, element_bytes, from, to, offset)};
}

// Input 1: the dimensions whose order is reversed.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareElementMove(ctx, MakeMove);
}

}  // namespace

extern const OpDef kReverseV2Op = {
    .op = BuiltinOp::kReverseV2,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 3,
              .int16_version = 3},
};

}  // namespace octolite
