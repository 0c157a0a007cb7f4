#include "ops/common/element_move.h"

namespace octolite {
namespace {

Result<ElementMove> MakeMove(const Shape& input, const IntList& wanted, size_t element_bytes) {
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(wanted));
  const int added = output.rank() - input.rank();
  const Strides input_strides = DenseStrides(input, element_bytes);
  Strides from = {};
  bool fits = added >= 0;
  for (int i = 0; fits && i < input.rank(); ++i) {
    fits = input[i] == output[i + added] || input[i] == 1;
    if (input[i] != 1) {
      from[static_cast<size_t>(i) + static_cast<size_t>(added)] =
          input_strides[static_cast<size_t>(i)];
    }
  }
  if (!fits) {
    return Status(
        StatusCode::kShapeMismatch,
        "has shape " + input.ToString() + ", which does not broadcast to " + output.ToString());
  }
  return ElementMove{
      output, MakeCopyPlan(output, element_bytes, from, DenseStrides(output, element_bytes))};
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareElementMove(ctx, MakeMove);
}

}  // namespace

extern const OpDef kBroadcastToOp = {
    .op = BuiltinOp::kBroadcastTo,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 3,
              .int16_version = 3},
};

}  // namespace octolite
