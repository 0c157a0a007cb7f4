#include "ops/common/rnn.h"

#include "ops/op_def.h"

// RNN. Inputs: activations [batch, inputs], weights [units, inputs], recurrent weights [units,
// units], bias [units], state [batch, units] (variable). Options: fused_activation_function,
// asymmetric_quantize_inputs.

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) { return PrepareRnn(ctx, false); }

}  // namespace

extern const OpDef kRnnOp = {
    .op = BuiltinOp::kRnn, .prepare = Prepare, .multiply_adds = RnnMultiplyAdds, .pure = false};

}  // namespace octolite
