#include "ops/common/reshape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const Shape& input = ctx.input(0).shape;
  const std::vector<int64_t>* option = ctx.options().Ints("squeeze_dims");
  std::array<bool, Shape::kMaxRank> squeezed = {};
  if (option == nullptr || option->empty()) {
    for (int i = 0; i < input.rank(); ++i) squeezed[static_cast<size_t>(i)] = input[i] == 1;
  } else {
    for (const int64_t value : *option) {
      const auto axis = ResolveAxis(value, input.rank());
      if (!axis || input[*axis] != 1) {
        return ctx.InputError(0, StatusCode::kInvalidModel,
                              "has shape " + input.ToString() + ", from which dimension " +
                                  std::to_string(value) + " cannot be squeezed");
      }
      squeezed[static_cast<size_t>(*axis)] = true;
    }
  }
  Shape output;
  for (int i = 0; i < input.rank(); ++i) {
    if (!squeezed[static_cast<size_t>(i)]) output.Append(input[i]);
  }
  return PrepareReshapeTo(ctx, output);
}

}  // namespace

extern const OpDef kSqueezeOp = {
    .op = BuiltinOp::kSqueeze,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 1},
};

}  // namespace octolite
