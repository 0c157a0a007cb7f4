#include "ops/common/select.h"

#include "kernels/elementwise/select.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeSelect(const SelectPlan& plan) {
  return MakeKernel([plan](EvalContext& eval) {
    Select<T>(plan, eval.input<uint8_t>(0), eval.input<T>(1), eval.input<T>(2), eval.output<T>(0));
    return Status::Ok();
  });
}

}  // namespace

Status ExpectSelectTypes(const PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kBool));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(1), ctx.input(2)));
  return ctx.ExpectSameType(ctx.input(1), ctx.output(0));
}

bool SelectsOneElement(const PrepareContext& ctx) {
  bool one = ctx.output(0).shape.num_elements() == 1;
  for (int i = 0; i < 3; ++i) one = one && ctx.input(i).shape.num_elements() == 1;
  return one;
}

Result<std::unique_ptr<OpKernel>> PrepareSelect(PrepareContext& ctx, const Shape& condition,
                                                const Shape& x, const Shape& y,
                                                const Shape& output) {
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(1)));
  ctx.SetOutputShape(0, output);
  const SelectPlan plan = MakeSelectPlan(condition, x, y, output);
  switch (bytes) {
    case 1:
      return MakeSelect<uint8_t>(plan);
    case 2:
      return MakeSelect<uint16_t>(plan);
    case 4:
      return MakeSelect<uint32_t>(plan);
    case 8:
      return MakeSelect<uint64_t>(plan);
    default:
      return ctx.UnsupportedType(ctx.input(1));
  }
}

}  // namespace octolite
