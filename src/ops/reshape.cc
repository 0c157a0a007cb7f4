#include "ops/common/reshape.h"

#include "base/checked_math.h"

namespace octolite {
namespace {

// The shape that `wanted` asks for: one -1 stands for what is left.
Result<ReshapeParams> MakeParams(const Shape& input, const IntList& wanted) {
  const auto refuse = [&](const char* reason) {
    std::string text = "[";
    for (const int64_t dim : wanted) {
      if (text.size() > 1) text += ",";
      text += std::to_string(dim);
    }
    return Status(StatusCode::kShapeMismatch,
                  "cannot take shape " + text + "] from " + input.ToString() + ": " + reason);
  };
  if (wanted.size() > static_cast<size_t>(Shape::kMaxRank)) return refuse("too many dimensions");
  std::array<int32_t, Shape::kMaxRank> dims = {};
  int64_t known = 1;
  int free_dim = -1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == -1) {
      if (free_dim >= 0) return refuse("more than one dimension is free");
      free_dim = static_cast<int>(i);
      continue;
    }
    if (wanted[i] < 0 || wanted[i] > INT32_MAX) return refuse("a dimension is out of range");
    dims[i] = static_cast<int32_t>(wanted[i]);
    const auto product = CheckedMul(known, wanted[i]);
    if (!product) return refuse("it is too large");
    known = *product;
  }
  const int64_t elements = input.num_elements();
  if (free_dim >= 0) {
    if (known == 0 ? elements != 0 : elements % known != 0) {
      return refuse("the free dimension cannot be found");
    }
    dims[static_cast<size_t>(free_dim)] = known == 0 ? 0 : static_cast<int32_t>(elements / known);
  } else if (known != elements) {
    return refuse("the number of elements differs");
  }
  const auto shape = Shape::Make({dims.data(), wanted.size()});
  if (!shape) return refuse("it is too large");
  return ReshapeParams{*shape};
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 2, 1));
  OCTO_RETURN_IF_ERROR(PrepareReshapeTypes(ctx));
  if (ctx.has_input(1)) {
    return PrepareWithLists(
        ctx, 0, {1},
        [](const Shape& input, std::span<const IntList> lists) {
          return MakeParams(input, lists[0]);
        },
        CopyElements);
  }
  const std::vector<int64_t>* option = ctx.options().Ints("new_shape");
  IntList wanted = option ? *option : IntList();
  // Old files write a scalar as the one dimension 0.
  if (wanted.size() == 1 && wanted[0] == 0 && ctx.input(0).shape.num_elements() == 1) {
    wanted.clear();
  }
  auto params = MakeParams(ctx.input(0).shape, wanted);
  if (!params.ok()) return ctx.InputError(0, params.status().code(), params.status().message());
  return PrepareReshapeTo(ctx, params->output);
}

}  // namespace

extern const OpDef kReshapeOp = {
    .op = BuiltinOp::kReshape,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 1},
};

}  // namespace octolite
