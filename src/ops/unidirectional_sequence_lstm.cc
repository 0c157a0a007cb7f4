#include "ops/common/lstm.h"
#include "ops/op_def.h"

// UNIDIRECTIONAL_SEQUENCE_LSTM: LSTM over activations [time, batch, depth] (option time_major) or
// [batch, time, depth], with the inputs of LSTM's full kernel. Recurrent weights may be vectors,
// which are diagonals.

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) { return PrepareLstm(ctx, true); }

}  // namespace

extern const OpDef kUnidirectionalSequenceLstmOp = {
    .op = BuiltinOp::kUnidirectionalSequenceLstm,
    .prepare = Prepare,
    .multiply_adds = LstmMultiplyAdds,
    .pure = false,
};

}  // namespace octolite
