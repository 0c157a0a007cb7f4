#pragma once

#include <memory>

#include "ops/op_def.h"

namespace octolite {

// LSTM's basic kernel. Inputs: activations [batch, inputs], last output [batch, outputs], weights
// [4 * outputs, inputs + outputs], bias [4 * outputs], cell state [batch, outputs]. Outputs:
// output, new cell state, the two inputs side by side, the inputs of the gates. The step also
// writes the first two outputs back into the last output and the cell state.
Result<std::unique_ptr<OpKernel>> PrepareBasicLstm(PrepareContext& ctx);

}  // namespace octolite
