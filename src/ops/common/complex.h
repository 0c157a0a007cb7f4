#pragma once

#include <complex>

#include "ops/op_def.h"

namespace octolite {

// Prepares a real-valued function of every element of a complex64 or complex128 tensor.
template <typename F>
Result<std::unique_ptr<OpKernel>> PrepareComplex(PrepareContext& ctx, F f) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  ctx.SetOutputShape(0, input.shape);
  const auto make = [f]<typename T>(std::type_identity<T>) {
    return MakeKernel([f](EvalContext& eval) {
      const int64_t count = eval.input_tensor(0).shape.num_elements();
      const auto* in = eval.input<std::complex<T>>(0);
      T* out = eval.output<T>(0);
      for (int64_t i = 0; i < count; ++i) out[i] = f(in[i]);
      return Status::Ok();
    });
  };
  if (input.type == DataType::kComplex64) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
    return make(std::type_identity<float>());
  }
  if (input.type == DataType::kComplex128) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat64));
    return make(std::type_identity<double>());
  }
  return ctx.UnsupportedType(input);
}

}  // namespace octolite
