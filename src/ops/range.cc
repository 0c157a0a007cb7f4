#include <cmath>
#include <optional>
#include <type_traits>

#include "ops/op_def.h"

namespace octolite {
namespace {

// How many steps of `delta` lead from `start` to `limit`, exclusive; nothing when none ever do, or
// more than a tensor has room for.
template <typename T>
std::optional<int32_t> CountSteps(T start, T limit, T delta) {
  const bool leads_there = (start >= limit && delta < 0) || (start <= limit && delta > 0);
  if (!leads_there) return std::nullopt;
  if constexpr (std::is_integral_v<T>) {
    const auto a = static_cast<uint64_t>(start);
    const auto b = static_cast<uint64_t>(limit);
    const auto d = static_cast<uint64_t>(delta);
    const uint64_t distance = delta > 0 ? b - a : a - b;
    const uint64_t step = delta > 0 ? d : 0 - d;
    const uint64_t count = distance / step + (distance % step != 0 ? 1 : 0);
    if (count > INT32_MAX) return std::nullopt;
    return static_cast<int32_t>(count);
  } else {
    const T count = std::ceil(std::abs((limit - start) / delta));
    if (!(count < static_cast<T>(INT32_MAX))) return std::nullopt;
    return static_cast<int32_t>(count);
  }
}

// Adds up, as TFLite does, rather than multiplies: floats differ.
template <typename T>
void Write(T start, T delta, int32_t count, T* to) {
  T value = start;
  for (int32_t i = 0; i < count; ++i) {
    to[i] = value;
    if constexpr (std::is_integral_v<T>) {
      // One step beyond the last element may leave the type.
      using Wrapping = std::make_unsigned_t<T>;
      value = static_cast<T>(static_cast<Wrapping>(value) + static_cast<Wrapping>(delta));
    } else {
      value += delta;
    }
  }
}

Status NoSuchRange() {
  return Status(StatusCode::kInvalidModel,
                "has a start, limit and delta that make no range, or one too large");
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareTyped(PrepareContext& ctx) {
  bool constant = true;
  for (int i = 0; i < 3; ++i) constant = constant && ctx.input(i).is_constant;
  if (constant) {
    const auto count = CountSteps(*ctx.input(0).constant_as<T>(), *ctx.input(1).constant_as<T>(),
                                  *ctx.input(2).constant_as<T>());
    if (!count) return ctx.Error(NoSuchRange().code(), NoSuchRange().message());
    ctx.SetOutputShape(0, {*count});
  } else {
    ctx.SetOutputDynamic(0);
  }
  return MakeKernel([constant](EvalContext& eval) -> Status {
    const T start = *eval.input<T>(0);
    const T delta = *eval.input<T>(2);
    const auto count = CountSteps(start, *eval.input<T>(1), delta);
    if (!count) return NoSuchRange();
    if (!constant) OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, {*count}));
    Write(start, delta, *count, eval.output<T>(0));
    return Status::Ok();
  });
}

// Inputs: start, limit, delta.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  ctx.SetOutputType(0, ctx.input(0).type);
  for (int i = 0; i < 3; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(i)));
    if (ctx.input(i).shape.num_elements() != 1) {
      return ctx.InputError(i, StatusCode::kInvalidModel, "is not one number");
    }
  }
  switch (ctx.output(0).type) {
    case DataType::kFloat32:
      return PrepareTyped<float>(ctx);
    case DataType::kInt32:
      return PrepareTyped<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareTyped<int64_t>(ctx);
    default:
      return ctx.UnsupportedType(ctx.output(0));
  }
}

}  // namespace

extern const OpDef kRangeOp = {.op = BuiltinOp::kRange, .prepare = Prepare};

}  // namespace octolite
