#include "ops/common/element_move.h"

namespace octolite {
namespace {

Result<ElementMove> MakeMove(const Shape& input, const IntList& permutation, size_t element_bytes) {
  const auto rank = static_cast<size_t>(input.rank());
  std::array<bool, Shape::kMaxRank> used = {};
  bool valid = permutation.size() == rank;
  const Strides input_strides = DenseStrides(input, element_bytes);
  Strides from = {};
  ElementMove move;
  for (size_t i = 0; valid && i < rank; ++i) {
    const auto axis = ResolveAxis(permutation[i], input.rank());
    valid = axis && !used[static_cast<size_t>(*axis)];
    if (!valid) break;
    used[static_cast<size_t>(*axis)] = true;
    from[i] = input_strides[static_cast<size_t>(*axis)];
    move.output.Append(input[*axis]);
  }
  if (!valid) {
    return Status(
        StatusCode::kInvalidModel,
        "has a permutation that does not name each dimension of " + input.ToString() + " once");
  }
  move.copy =
      MakeCopyPlan(move.output, element_bytes, from, DenseStrides(move.output, element_bytes));
  return move;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareElementMove(ctx, MakeMove);
}

}  // namespace

extern const OpDef kTransposeOp = {
    .op = BuiltinOp::kTranspose,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 5},
};

}  // namespace octolite
