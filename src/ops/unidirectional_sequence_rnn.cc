#include "ops/common/rnn.h"
#include "ops/op_def.h"

// UNIDIRECTIONAL_SEQUENCE_RNN: RNN over activations [time, batch, inputs] (option time_major) or
// [batch, time, inputs].

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) { return PrepareRnn(ctx, true); }

}  // namespace

extern const OpDef kUnidirectionalSequenceRnnOp = {
    .op = BuiltinOp::kUnidirectionalSequenceRnn,
    .prepare = Prepare,
    .multiply_adds = RnnMultiplyAdds,
    .pure = false,
};

}  // namespace octolite
