#include "ops/common/binary.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <optional>
#include <type_traits>

#include "kernels/elementwise/binary16.h"
#include "kernels/elementwise/functions.h"
#include "ops/common/activation.h"
#include "ops/common/parts.h"

namespace octolite {
namespace {

bool IsComparison(BinaryKind kind) {
  return kind == BinaryKind::kMaximum || kind == BinaryKind::kMinimum;
}

// The kernel may write over an operand that is not repeated.
void AllowInPlace(PrepareContext& ctx) {
  for (int i = 0; i < 2; ++i) {
    const bool repeated = ctx.input(i).shape.num_elements() != ctx.output(0).shape.num_elements();
    if (!repeated) ctx.AllowInPlace(i);
  }
}

// Calls run(plan, a, b, out) for parts of the outermost dimension, on the threads there are.
template <typename T, typename Run>
void RunParts(EvalContext& eval, const BroadcastPlan& plan, const Run& run) {
  const T* a = eval.input<T>(0);
  const T* b = eval.input<T>(1);
  T* out = eval.output<T>(0);
  if (plan.rank == 0) return run(plan, a, b, out);
  int64_t inner = 1;
  for (int d = 1; d < plan.rank; ++d) inner *= plan.dims[static_cast<size_t>(d)];
  const int64_t grain = std::max<int64_t>(kElementsOfPart / std::max<int64_t>(inner, 1), 1);
  eval.parallel().For(plan.dims[0], grain, [&](int64_t begin, int64_t end, int) {
    BroadcastPlan part = plan;
    part.dims[0] = end - begin;
    run(part, a + begin * plan.a_strides[0], b + begin * plan.b_strides[0], out + begin * inner);
  });
}

template <typename T>
std::unique_ptr<OpKernel> MakePlain(BinaryKind kind, const BroadcastPlan& plan, T min, T max) {
  return MakeKernel([=](EvalContext& eval) {
    RunParts<T>(eval, plan, [&](const BroadcastPlan& part, const T* a, const T* b, T* out) {
      BinaryPlain<T>(kind, part, a, b, out, min, max);
    });
    return Status::Ok();
  });
}

template <typename T>
std::unique_ptr<OpKernel> MakePlain(BinaryKind kind, const BroadcastPlan& plan) {
  return MakePlain<T>(kind, plan, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max());
}

template <typename T>
std::unique_ptr<OpKernel> MakeInteger(BinaryKind kind, const BroadcastPlan& plan,
                                      FusedActivation activation) {
  const IntegerRange<T> range = IntegerActivationRange<T>(activation);
  return MakePlain<T>(kind, plan, range.min, range.max);
}

// A kernel that calls run(params, plan, a, b, out).
template <typename T, typename Params>
std::unique_ptr<OpKernel> MakeQuantized(const Params& params, const BroadcastPlan& plan,
                                        void (*run)(const Params&, const BroadcastPlan&, const T*,
                                                    const T*, T*)) {
  return MakeKernel([=](EvalContext& eval) {
    RunParts<T>(eval, plan, [&](const BroadcastPlan& part, const T* a, const T* b, T* out) {
      run(params, part, a, b, out);
    });
    return Status::Ok();
  });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx, BinaryKind kind,
                                                   const BroadcastPlan& plan,
                                                   FusedActivation activation) {
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  for (const TensorSpec* tensor : {&a, &b, &output}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
  }
  const bool litert = ctx.arithmetic() == Arithmetic::kLitert;
  const bool multiply = kind == BinaryKind::kMul;
  // What XNNPACK does not take runs in the fixed point of the other kernels there too.
  const bool xnnpack = litert && (multiply ? MulLitertTakes(a.scale(), b.scale(), output.scale())
                                           : AddLitertTakes(a.scale(), b.scale(), output.scale()));
  const QuantizedRange range =
      QuantizedActivationRange(activation, output.type, output.scale(), output.zero_point(),
                               xnnpack ? Arithmetic::kLitert : Arithmetic::kReference);
  const OutputRange output_range = {output.zero_point(), range.min, range.max};
  if (xnnpack) AllowInPlace(ctx);
  if (multiply) {
    const float scale = a.scale() * b.scale() / output.scale();
    if (xnnpack) {
      const MulLitertParams params = {a.zero_point(), b.zero_point(), scale, output_range};
      return MakeQuantized<T>(params, plan, &MulLitert<T>);
    }
    const MulReferenceParams params = {a.zero_point(), b.zero_point(),
                                       QuantizeMultiplier(static_cast<double>(scale)),
                                       output_range};
    return MakeQuantized<T>(params, plan, &MulReference<T>);
  }
  const bool subtract = kind == BinaryKind::kSub;
  if (xnnpack) {
    AddLitertParams params = MakeAddLitertParams(a.scale(), a.zero_point(), b.scale(),
                                                 b.zero_point(), output.scale(), subtract);
    params.output = output_range;
    return MakeQuantized<T>(params, plan, &AddLitert<T>);
  }
  AddReferenceParams params =
      MakeAddReferenceParams(a.scale(), b.scale(), output.scale(), subtract);
  params.a_zero_point = a.zero_point();
  params.b_zero_point = b.zero_point();
  params.output = output_range;
  return MakeQuantized<T>(params, plan, &AddReference<T>);
}

// The exponent of a scale that is a power of two but for its rounding.
std::optional<int> PowerOfTwo(float scale) {
  const double exponent = std::log2(static_cast<double>(scale));
  const double rounded = std::round(exponent);
  if (std::abs(exponent - rounded) >= 1e-3) return std::nullopt;
  return static_cast<int>(rounded);
}

// Models may ask for shifts where all scales are powers of two, as the first int16 kernels were.
std::optional<AddPowerOfTwoParams> AsPowersOfTwo(const PrepareContext& ctx) {
  if (!ctx.options().Bool("pot_scale_int16", true)) return std::nullopt;
  const auto a = PowerOfTwo(ctx.input(0).scale());
  const auto b = PowerOfTwo(ctx.input(1).scale());
  const auto output = PowerOfTwo(ctx.output(0).scale());
  if (!a || !b || !output) return std::nullopt;
  AddPowerOfTwoParams params;
  params.a_shift = *output - *a;
  params.b_shift = *output - *b;
  const bool one_matches = params.a_shift == 0 || params.b_shift == 0;
  if (!one_matches || params.a_shift < 0 || params.b_shift < 0) return std::nullopt;
  params.a_shift = std::min(params.a_shift, 31);
  params.b_shift = std::min(params.b_shift, 31);
  return params;
}

Result<std::unique_ptr<OpKernel>> PrepareInt16(const PrepareContext& ctx, BinaryKind kind,
                                               const BroadcastPlan& plan,
                                               FusedActivation activation) {
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  for (const TensorSpec* tensor : {&a, &b, &output}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
  }
  const QuantizedRange range =
      QuantizedActivationRange(activation, output.type, output.scale(), 0, Arithmetic::kReference);
  const OutputRange output_range = {0, range.min, range.max};
  if (kind == BinaryKind::kMul) {
    MulReferenceParams params;
    params.multiplier =
        QuantizeMultiplier(static_cast<double>(a.scale() * b.scale() / output.scale()));
    params.output = output_range;
    return MakeQuantized<int16_t>(params, plan, MulInt16);
  }
  const bool subtract = kind == BinaryKind::kSub;
  if (auto shifts = AsPowersOfTwo(ctx)) {
    shifts->subtract = subtract;
    shifts->output = output_range;
    return MakeQuantized<int16_t>(*shifts, plan, AddPowerOfTwo);
  }
  AddReferenceParams params = MakeAddInt16Params(a.scale(), b.scale(), output.scale(), subtract);
  params.output = output_range;
  return MakeQuantized<int16_t>(params, plan, AddInt16);
}

// Types that are not common enough for loops of their own, computed one element at a time.
template <typename T>
std::unique_ptr<OpKernel> MakeRare(BinaryKind kind, const BroadcastPlan& plan, FloatRange range) {
  return MakeKernel([=](EvalContext& eval) {
    MapBroadcast(plan, eval.input<T>(0), eval.input<T>(1), eval.output<T>(0), [=](T x, T y) {
      const auto a = static_cast<float>(x);
      const auto b = static_cast<float>(y);
      const float value = kind == BinaryKind::kAdd       ? a + b
                          : kind == BinaryKind::kSub     ? a - b
                          : kind == BinaryKind::kMul     ? a * b
                          : kind == BinaryKind::kMaximum ? std::max(a, b)
                                                         : std::min(a, b);
      return T(std::min(std::max(value, range.min), range.max));
    });
    return Status::Ok();
  });
}

using Complex = std::complex<float>;

std::unique_ptr<OpKernel> MakeComplexProduct(const BroadcastPlan& plan) {
  return MakeKernel([=](EvalContext& eval) {
    MapBroadcast(plan, eval.input<Complex>(0), eval.input<Complex>(1), eval.output<Complex>(0),
                 [](Complex x, Complex y) { return x * y; });
    return Status::Ok();
  });
}

}  // namespace

Result<Shape> BroadcastShapes(const PrepareContext& ctx, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<int32_t, Shape::kMaxRank> dims = {};
  bool fits = true;
  for (int i = 0; i < rank; ++i) {
    const int32_t da = i < rank - a.rank() ? 1 : a[i - (rank - a.rank())];
    const int32_t db = i < rank - b.rank() ? 1 : b[i - (rank - b.rank())];
    fits = fits && (da == db || da == 1 || db == 1);
    dims[static_cast<size_t>(i)] = da == 1 ? db : da;
  }
  const auto shape = Shape::Make({dims.data(), static_cast<size_t>(rank)});
  if (!fits || !shape) {
    return ctx.Error(StatusCode::kShapeMismatch, "cannot broadcast shapes " + a.ToString() +
                                                     " and " + b.ToString() + " to one");
  }
  return *shape;
}

Result<BroadcastPlan> PrepareBroadcast(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  const TensorSpec& a = ctx.input(0);
  const TensorSpec& b = ctx.input(1);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(a, b));
  ctx.SetOutputType(0, a.type);
  OCTO_ASSIGN_OR_RETURN(const Shape shape, BroadcastShapes(ctx, a.shape, b.shape));
  ctx.SetOutputShape(0, shape);
  return MakeBroadcastPlan(a.shape, b.shape, shape);
}

Result<std::unique_ptr<OpKernel>> PrepareBinary(PrepareContext& ctx, BinaryKind kind) {
  OCTO_ASSIGN_OR_RETURN(const BroadcastPlan plan, PrepareBroadcast(ctx));
  const TensorSpec& a = ctx.input(0);
  FusedActivation activation = FusedActivation::kNone;
  if (!IsComparison(kind)) {
    OCTO_ASSIGN_OR_RETURN(activation, ReadFusedActivation(ctx));
  }
  switch (a.type) {
    case DataType::kFloat32: {
      AllowInPlace(ctx);
      const FloatRange range = ActivationRange(activation);
      return MakePlain<float>(kind, plan, range.min, range.max);
    }
    case DataType::kInt32:
      return MakeInteger<int32_t>(kind, plan, activation);
    case DataType::kInt64:
      return MakeInteger<int64_t>(kind, plan, activation);
    case DataType::kInt8:
      if (IsComparison(kind)) return MakePlain<int8_t>(kind, plan);
      return PrepareQuantized<int8_t>(ctx, kind, plan, activation);
    case DataType::kUInt8:
      if (IsComparison(kind)) return MakePlain<uint8_t>(kind, plan);
      return PrepareQuantized<uint8_t>(ctx, kind, plan, activation);
    case DataType::kInt16:
      if (IsComparison(kind)) return MakePlain<int16_t>(kind, plan);
      if (a.quantized()) return PrepareInt16(ctx, kind, plan, activation);
      return MakeInteger<int16_t>(kind, plan, activation);
    case DataType::kFloat16:
      return MakeRare<Half>(kind, plan, ActivationRange(activation));
    case DataType::kBFloat16:
      if (IsComparison(kind)) return MakeRare<BFloat16>(kind, plan, {});
      break;
    case DataType::kUInt32:
      // Only the bounds that unsigned numbers have.
      if (kind == BinaryKind::kMul && activation != FusedActivation::kReluN1To1) {
        return MakeInteger<uint32_t>(kind, plan, activation);
      }
      break;
    case DataType::kComplex64:
      if (kind == BinaryKind::kMul && activation == FusedActivation::kNone) {
        return MakeComplexProduct(plan);
      }
      break;
    default:
      break;
  }
  return ctx.UnsupportedType(a);
}

}  // namespace octolite
