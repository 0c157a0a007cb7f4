#include <cmath>
#include <limits>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& output = ctx.output(0);
  if (output.type == DataType::kFloat32) {
    return PrepareMap<DataType::kFloat32>(ctx, [](float x) { return std::log(x); });
  }
  // Quantized, the logarithm of what has none is the lowest value there is.
  const int32_t lowest = output.type == DataType::kInt16 ? INT16_MIN : INT8_MIN;
  const float low = static_cast<float>(int64_t{lowest} - output.zero_point()) * output.scale();
  return PrepareTabled<DataType::kFloat32>(ctx, {.int16 = true},
                                           [low](float x) { return x <= 0 ? low : std::log(x); });
}

}  // namespace

extern const OpDef kLogOp = {
    .op = BuiltinOp::kLog,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
