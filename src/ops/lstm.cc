#include "ops/common/lstm.h"

#include "ops/op_def.h"

// LSTM. With the full kernel (option kernel_type 0) one step: activations [batch, depth], weights
// and state of a cell (LstmInputs). Options: fused_activation_function, cell_clip, proj_clip,
// kernel_type, asymmetric_quantize_inputs.

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) { return PrepareLstm(ctx, false); }

}  // namespace

extern const OpDef kLstmOp = {
    .op = BuiltinOp::kLstm, .prepare = Prepare, .multiply_adds = LstmMultiplyAdds, .pure = false};

}  // namespace octolite
