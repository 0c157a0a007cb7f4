#include <limits>

#include "kernels/activation/activation.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  constexpr float kLow = 0.0f;
  constexpr float kHigh = std::numeric_limits<float>::infinity();
  return PrepareUnary(
      ctx,
      [](const float* in, float* out, size_t count) { ClampFloat(in, out, count, kLow, kHigh); },
      [](const QuantizedType& input, const QuantizedType& output) {
        return MakeReluLut8(input, output, kLow, kHigh);
      });
}

}  // namespace

const OpDef kReluOp = {
    .op = BuiltinOp::kRelu,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2},
};

}  // namespace octolite
