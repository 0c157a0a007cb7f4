#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, ctx.num_inputs(), 1));
  const TensorSpec& first = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, ctx.output(0)));
  for (int i = 1; i < ctx.num_inputs(); ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, ctx.input(i)));
    if (!(ctx.input(i).shape == first.shape)) {
      return ctx.InputError(
          i, StatusCode::kShapeMismatch,
          "is " + ctx.input(i).shape.ToString() + " where the first is " + first.shape.ToString());
    }
  }
  ctx.SetOutputShape(0, first.shape);
  auto kernel = MakeForType<DataType::kFloat32, DataType::kInt32>(first.type, [](auto tag) {
    using T = typename decltype(tag)::type;
    return MakeKernel([](EvalContext& eval) {
      const int64_t count = eval.input_tensor(0).shape.num_elements();
      T* out = eval.output<T>(0);
      std::copy_n(eval.input<T>(0), count, out);
      for (int input = 1; input < eval.num_inputs(); ++input) {
        const T* in = eval.input<T>(input);
        for (int64_t i = 0; i < count; ++i) out[i] = Add(out[i], in[i]);
      }
      return Status::Ok();
    });
  });
  if (!kernel) return ctx.UnsupportedType(first);
  return kernel;
}

}  // namespace

extern const OpDef kAddNOp = {
    .op = BuiltinOp::kAddN,
    .prepare = Prepare,
};

}  // namespace octolite
