#include "ops/common/reduce_window.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/checked_math.h"

namespace octolite {
namespace {

// Dimensions and dilations beyond this are refused, so that no product of two of them overflows.
constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
// Elements that one run may look at: minutes of work.
constexpr int64_t kMostSteps = int64_t{1} << 36;

// Number i of the list, or what an empty one stands for; nothing when it is not in [low, kMost].
std::optional<int64_t> At(std::span<const int64_t> list, size_t i, int64_t otherwise, int64_t low) {
  if (list.empty()) return otherwise;
  if (i >= list.size() || list[i] < low || list[i] > kMost) return std::nullopt;
  return list[i];
}

// Nothing when the numbers make no windows.
std::optional<ReduceWindowShape> MakeShape(const Shape& input, const WindowNumbers& numbers) {
  ReduceWindowShape shape;
  shape.rank = input.rank();
  int64_t steps = 1;
  std::array<int32_t, Shape::kMaxRank> padded = {};
  for (size_t i = 0; i < static_cast<size_t>(shape.rank); ++i) {
    const auto window = At(numbers.window, i, 1, 1);
    const auto stride = At(numbers.stride, i, 1, 1);
    const auto window_dilation = At(numbers.window_dilation, i, 1, 1);
    const auto base_dilation = At(numbers.base_dilation, i, 1, 1);
    const auto before = At(numbers.padding, 2 * i, 0, -kMost);
    const auto behind = At(numbers.padding, 2 * i + 1, 0, -kMost);
    if (!window || !stride || !window_dilation || !base_dilation || !before || !behind) {
      return std::nullopt;
    }
    const int64_t elements = input[static_cast<int>(i)];
    const int64_t dilated = elements == 0 ? 0 : (elements - 1) * *base_dilation + 1;
    const int64_t size = dilated + *before + *behind;
    if (size < 0 || size > kMost) return std::nullopt;
    padded[i] = static_cast<int32_t>(size);
    const int64_t extent = (*window - 1) * *window_dilation + 1;
    shape.input[i] = elements;
    shape.output[i] = size < extent ? 0 : (size - extent) / *stride + 1;
    shape.window[i] = *window;
    shape.stride[i] = *stride;
    shape.window_dilation[i] = *window_dilation;
    shape.base_dilation[i] = *base_dilation;
    shape.before[i] = *before;
    const auto here = CheckedMul(std::max<int64_t>(shape.output[i], 1), *window);
    const auto more = here ? CheckedMul(steps, *here) : std::nullopt;
    if (!more || *more > kMostSteps) return std::nullopt;
    steps = *more;
  }
  // LiteRT makes the padded tensor.
  const auto whole = Shape::Make({padded.data(), static_cast<size_t>(shape.rank)});
  return whole ? std::optional(shape) : std::nullopt;
}

template <typename T>
std::unique_ptr<OpKernel> Make(ReduceKind kind, const ReduceWindowShape& shape) {
  return MakeKernel([=](EvalContext& eval) {
    ReduceWindow(kind, shape, eval.input<T>(0), *eval.input<T>(1), eval.output<T>(0));
    return Status::Ok();
  });
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareReduceWindow(PrepareContext& ctx, ReduceKind kind,
                                                      const WindowNumbers& numbers) {
  const TensorSpec& input = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.input(1)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(0)));
  if (ctx.input(1).shape.num_elements() != 1) {
    return ctx.InputError(1, StatusCode::kInvalidModel, "has to be one number");
  }
  if (input.shape.rank() == 0) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is a scalar, which has no windows");
  }
  const auto shape = MakeShape(input.shape, numbers);
  if (!shape) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has windows, strides or paddings that do not fit " + input.shape.ToString());
  }
  Shape output;
  for (size_t i = 0; i < static_cast<size_t>(shape->rank); ++i) {
    output.Append(static_cast<int32_t>(shape->output[i]));
  }
  ctx.SetOutputShape(0, output);
  switch (input.type) {
    case DataType::kBool:
    case DataType::kInt8:
      return Make<int8_t>(kind, *shape);
    case DataType::kUInt8:
      return Make<uint8_t>(kind, *shape);
    case DataType::kInt16:
      return Make<int16_t>(kind, *shape);
    case DataType::kInt32:
      return Make<int32_t>(kind, *shape);
    case DataType::kInt64:
      return Make<int64_t>(kind, *shape);
    case DataType::kFloat32:
      return Make<float>(kind, *shape);
    case DataType::kFloat64:
      return Make<double>(kind, *shape);
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace octolite
