#include <cstring>

#include "ops/common/lists.h"

namespace octolite {
namespace {

// The same bytes as elements of the output's type. A last dimension is added for the parts of a
// larger element, and goes where its elements make one.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_ASSIGN_OR_RETURN(const size_t from, MovableBytes(ctx, ctx.input(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t to, MovableBytes(ctx, ctx.output(0)));
  const Shape& input = ctx.input(0).shape;
  IntList dims(input.dims().begin(), input.dims().end());
  if (from > to) {
    dims.push_back(static_cast<int64_t>(from / to));
  } else if (from < to) {
    if (dims.empty() || dims.back() != static_cast<int64_t>(to / from)) {
      return ctx.InputError(0, StatusCode::kInvalidModel,
                            "has shape " + input.ToString() + ", whose last " +
                                "dimension does not make one element of " +
                                std::string(DataTypeName(ctx.output(0).type)));
    }
    dims.pop_back();
  }
  auto output = ShapeFromList(dims);
  if (!output.ok()) return ctx.InputError(0, output.status().code(), output.status().message());
  ctx.SetOutputShape(0, *output);
  return MakeKernel([](EvalContext& eval) {
    const RuntimeTensor& output = eval.output_tensor(0);
    if (output.bytes > 0) std::memcpy(output.data, eval.input<uint8_t>(0), output.bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kBitcastOp = {.op = BuiltinOp::kBitcast, .prepare = Prepare};

}  // namespace octolite
