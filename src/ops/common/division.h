#pragma once

#include <algorithm>

#include "ops/common/map.h"

namespace octolite {

// A kernel out = f(a, b), broadcast, that refuses a `b` with an element equal to `zero`.
template <typename T, typename F>
std::unique_ptr<OpKernel> MakeDivision(const BroadcastPlan& plan, T zero, F f) {
  return MakeKernel([=](EvalContext& eval) {
    const T* b = eval.input<T>(1);
    if (std::any_of(b, b + eval.input_tensor(1).shape.num_elements(),
                    [zero](T x) { return x == zero; })) {
      return Status(StatusCode::kInvalidArgument, "division by zero");
    }
    MapBroadcast(plan, eval.input<T>(0), b, eval.output<T>(0),
                 [f](T x, T y) { return static_cast<T>(f(x, y)); });
    return Status::Ok();
  });
}

// Prepares out = f(a, b) of one of kTypes, broadcast, b without zeros.
template <DataType... kTypes, typename F>
Result<std::unique_ptr<OpKernel>> PrepareDivision(PrepareContext& ctx, F f) {
  OCTO_ASSIGN_OR_RETURN(const BroadcastPlan plan, PrepareBroadcast(ctx));
  auto kernel = MakeForType<kTypes...>(ctx.input(0).type, [&](auto tag) {
    return MakeDivision(plan, typename decltype(tag)::type{}, f);
  });
  if (!kernel) return ctx.UnsupportedType(ctx.input(0));
  return kernel;
}

}  // namespace octolite
