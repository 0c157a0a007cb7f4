#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/common/root.h"

namespace octolite {
namespace {

// As TFLite computes it: in float, truncated.
template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_ASSIGN_OR_RETURN(
      auto kernel,
      (PrepareMap<kDataTypeOf<T>>(ctx, [in_scale = input.scale(), in_zero = input.zero_point(),
                                        scale = output.scale(), zero = output.zero_point()](T q) {
        const float root = std::sqrt(in_scale * static_cast<float>(q - in_zero)) / scale;
        const auto whole = static_cast<int32_t>(std::min(root, 65536.0f));
        return std::clamp<int32_t>(whole + zero, std::numeric_limits<T>::min(),
                                   std::numeric_limits<T>::max());
      })));
  return MakeRootKernel<T>("SQRT", input.zero_point(), std::move(kernel));
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  if (ctx.input(0).type == DataType::kInt8) return PrepareQuantized<int8_t>(ctx);
  if (ctx.input(0).type == DataType::kInt16) return PrepareQuantized<int16_t>(ctx);
  return PrepareMap<DataType::kFloat32>(ctx, [](float x) { return std::sqrt(x); });
}

}  // namespace

extern const OpDef kSqrtOp = {
    .op = BuiltinOp::kSqrt,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
