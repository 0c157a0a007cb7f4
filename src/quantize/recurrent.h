#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/builtin_op.h"
#include "ops/quant_rule.h"
#include "quantize/model_editor.h"

namespace octolite {

// Operators with several weights inside, and mostly with states that they keep from one run to the
// next: LSTM, RNN, SVDF and the sequence operators. To the passes that know nothing of that they
// are operators without weights: an activation comes in, another goes out.
struct RecurrentRule {
  BuiltinOp op;
  std::span<const int8_t> weights;  // inputs that hold weights, of which some may be left out
  QuantRule quant;                  // of what comes in and goes out; no weight_input
};

// Null for other operators.
const RecurrentRule* FindRecurrent(int32_t builtin);

// Why its weights cannot be quantized; empty when they can. For operators that FindRecurrent knows.
std::string AgainstRecurrentWeights(const ModelEditor& editor, int32_t subgraph, int32_t op);

// Why it cannot compute in integers alone; empty when it can.
std::string AgainstRecurrentStatic(const ModelEditor& editor, int32_t subgraph, int32_t op);

// Elements of all its weights.
int64_t RecurrentWeightElements(const ModelEditor& editor, int32_t subgraph, int32_t op);

// The inputs of LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM. Lists go by gate: input, forget, cell,
// output. kNorm is there in operators of 24 inputs alone.
namespace lstm_input {
inline constexpr int kGates = 4;
inline constexpr int kInputWeights = 1;
inline constexpr int kRecurrentWeights = 5;
inline constexpr int kPeephole = 9;  // of the input, the forget and the output gate
inline constexpr int kPeepholes = 3;
inline constexpr int kBias = 12;
inline constexpr int kProjectionWeights = 16;
inline constexpr int kProjectionBias = 17;
inline constexpr int kOutputState = 18;
inline constexpr int kCellState = 19;
inline constexpr int kNorm = 20;
}  // namespace lstm_input

namespace svdf_input {
inline constexpr int kFeature = 1;
inline constexpr int kTime = 2;
inline constexpr int kBias = 3;
inline constexpr int kState = 4;
}  // namespace svdf_input

// Whether input i is there.
bool HasInput(const Operator& op, int i);

}  // namespace octolite
