#include "ops/common/compare.h"

#include "ops/common/binary.h"
#include "ops/common/strings.h"

namespace octolite {
namespace {

// The two inputs in the order in which they are compared.
struct Operands {
  int first = 0;
  int second = 1;
};

// A kernel that calls run(kind, plan, a, b, out).
template <typename T>
std::unique_ptr<OpKernel> MakePlain(CompareKind kind, const BroadcastPlan& plan, Operands operands,
                                    void (*run)(CompareKind, const BroadcastPlan&, const T*,
                                                const T*, uint8_t*)) {
  return MakeKernel([=](EvalContext& eval) {
    run(kind, plan, eval.input<T>(operands.first), eval.input<T>(operands.second),
        eval.output<uint8_t>(0));
    return Status::Ok();
  });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx, CompareKind kind,
                                                   const BroadcastPlan& plan, Operands operands) {
  const TensorSpec& a = ctx.input(operands.first);
  const TensorSpec& b = ctx.input(operands.second);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(a));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(b));
  const auto params = [](const TensorSpec& tensor) {
    return CompareOperand{tensor.zero_point(),
                          QuantizeMultiplier(static_cast<double>(tensor.scale()))};
  };
  return MakeKernel([=, of_a = params(a), of_b = params(b)](EvalContext& eval) {
    CompareQuantized(kind, plan, of_a, of_b, eval.input<T>(operands.first),
                     eval.input<T>(operands.second), eval.output<uint8_t>(0));
    return Status::Ok();
  });
}

std::unique_ptr<OpKernel> MakeStrings(bool equal, const BroadcastPlan& plan) {
  return MakeKernel([=](EvalContext& eval) {
    const RuntimeTensor& a = eval.input_tensor(0);
    const RuntimeTensor& b = eval.input_tensor(1);
    auto* out = eval.output<uint8_t>(0);
    ForEachRow(plan, [&](int64_t a_at, int64_t a_step, int64_t b_at, int64_t b_step, int64_t out_at,
                         int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        const bool same = StringAt({a.data, a.bytes}, a_at + i * a_step) ==
                          StringAt({b.data, b.bytes}, b_at + i * b_step);
        out[out_at + i] = static_cast<uint8_t>(same == equal);
      }
    });
    return Status::Ok();
  });
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareCompare(PrepareContext& ctx, CompareKind kind,
                                                 bool swapped) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  const Operands operands = {swapped ? 1 : 0, swapped ? 0 : 1};
  const TensorSpec& a = ctx.input(operands.first);
  const TensorSpec& b = ctx.input(operands.second);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(a, b));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kBool));
  OCTO_ASSIGN_OR_RETURN(const Shape shape, BroadcastShapes(ctx, a.shape, b.shape));
  ctx.SetOutputShape(0, shape);
  const BroadcastPlan plan = MakeBroadcastPlan(a.shape, b.shape, shape);
  const bool equality = kind == CompareKind::kEqual || kind == CompareKind::kNotEqual;
  switch (a.type) {
    case DataType::kFloat32:
      return MakePlain<float>(kind, plan, operands, Compare<float>);
    case DataType::kFloat16:
      return MakePlain<uint16_t>(kind, plan, operands, CompareFloat16);
    case DataType::kBFloat16:
      return MakePlain<uint16_t>(kind, plan, operands, CompareBFloat16);
    case DataType::kInt32:
      return MakePlain<int32_t>(kind, plan, operands, Compare<int32_t>);
    case DataType::kInt64:
      return MakePlain<int64_t>(kind, plan, operands, Compare<int64_t>);
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx, kind, plan, operands);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx, kind, plan, operands);
    case DataType::kInt16:
      // LiteRT orders int16 by the stored numbers, whatever their scales, and equates it by value.
      if (equality && a.quantized()) return PrepareQuantized<int16_t>(ctx, kind, plan, operands);
      return MakePlain<int16_t>(kind, plan, operands, Compare<int16_t>);
    case DataType::kBool:
      if (equality) return MakePlain<uint8_t>(kind, plan, operands, CompareBool);
      break;
    case DataType::kString:
      if (equality) return MakeStrings(kind == CompareKind::kEqual, plan);
      break;
    default:
      break;
  }
  return ctx.UnsupportedType(a);
}

}  // namespace octolite
