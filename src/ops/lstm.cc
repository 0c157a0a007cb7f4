#include "ops/common/lstm.h"

#include <string>

#include "ops/common/basic_lstm.h"
#include "ops/op_def.h"

// LSTM. Option kernel_type: 0, the full kernel, is one step of the cell that the sequence operators
// have, for activations [batch, depth], with the options fused_activation_function, cell_clip,
// proj_clip and asymmetric_quantize_inputs; 1 is the basic kernel (ops/common/basic_lstm.h).

namespace octolite {
namespace {

constexpr int64_t kFull = 0;
constexpr int64_t kBasic = 1;

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const int64_t type = ctx.options().Int("kernel_type", kFull);
  if (type == kFull) return PrepareLstm(ctx, false);
  if (type == kBasic) return PrepareBasicLstm(ctx);
  return ctx.Error(StatusCode::kInvalidModel, "has unknown kernel type " + std::to_string(type));
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  if (outputs.size() == 1) return LstmMultiplyAdds(inputs, outputs);
  return outputs[0].shape.dim(0) * inputs[2].shape.num_elements();
}

}  // namespace

extern const OpDef kLstmOp = {
    .op = BuiltinOp::kLstm, .prepare = Prepare, .multiply_adds = MultiplyAdds, .pure = false};

}  // namespace octolite
