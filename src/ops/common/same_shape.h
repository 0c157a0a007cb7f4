#pragma once

#include "ops/common/map.h"

namespace octolite {

// Prepares out[i] = f(a[i], b[i]) of one of kTypes; the operands must be of one shape.
template <DataType... kTypes, typename F>
Result<std::unique_ptr<OpKernel>> PrepareSameShape(PrepareContext& ctx, F f) {
  OCTO_RETURN_IF_ERROR(PrepareBroadcast(ctx).status());
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  if (!(a.shape == b.shape)) {
    return ctx.Error(
        StatusCode::kShapeMismatch,
        "needs operands of one shape, not " + a.shape.ToString() + " and " + b.shape.ToString());
  }
  auto kernel = MakeForType<kTypes...>(a.type, [f](auto tag) {
    using T = typename decltype(tag)::type;
    return MakeKernel([f](EvalContext& eval) {
      using C = ComputeType<T>;
      const T* x = eval.input<T>(0);
      const T* y = eval.input<T>(1);
      T* out = eval.output<T>(0);
      const int64_t count = eval.input_tensor(0).shape.num_elements();
      for (int64_t i = 0; i < count; ++i) {
        out[i] = static_cast<T>(f(static_cast<C>(x[i]), static_cast<C>(y[i])));
      }
      return Status::Ok();
    });
  });
  if (!kernel) return ctx.UnsupportedType(a);
  return kernel;
}

// Prepares an elementwise StableHLO operator: `f` for numbers of every type, `logical` for bool.
template <typename F, typename Logical>
Result<std::unique_ptr<OpKernel>> PrepareStablehlo(PrepareContext& ctx, F f, Logical logical) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  if (ctx.input(0).type == DataType::kBool) {
    return PrepareSameShape<DataType::kBool>(
        ctx, [logical](uint8_t a, uint8_t b) { return logical(a != 0, b != 0); });
  }
  return PrepareSameShape<DataType::kFloat16, DataType::kFloat32, DataType::kFloat64,
                          DataType::kInt8, DataType::kUInt8, DataType::kInt16, DataType::kUInt16,
                          DataType::kInt32, DataType::kUInt32, DataType::kInt64, DataType::kUInt64>(
      ctx, f);
}

}  // namespace octolite
