#include "support/run_property.h"

#include <cstring>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite::testing {
namespace {

constexpr size_t kMemoryLimit = size_t{1} << 20;
constexpr int64_t kMaxMultiplyAdds = 1 << 24;
constexpr int64_t kMaxSteps = 200;

ByteVector RandomInput(const RuntimeTensor& tensor, Rng& rng) {
  ByteVector bytes(tensor.bytes);
  if (tensor.type == DataType::kFloat32) {
    for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
      const float value = rng.Uniform() * 8 - 4;
      std::memcpy(bytes.data() + i, &value, sizeof(value));
    }
  } else if (DataTypeBits(tensor.type) >= 32 && rng.Integer(0, 1) == 0) {
    // Indices and axes are small.
    const auto size = static_cast<size_t>(DataTypeBits(tensor.type) / 8);
    for (size_t i = 0; i + size <= bytes.size(); i += size) {
      const int64_t value = rng.Integer(-2, 4);
      std::memcpy(bytes.data() + i, &value, std::min(size, sizeof(value)));
    }
  } else {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Next());
    if (tensor.type == DataType::kBool) {
      for (uint8_t& byte : bytes) byte &= 1;
    }
  }
  return bytes;
}

// The outputs of two runs in a row, one after the other; nothing when a run is refused.
Result<ByteVector> RunTwice(const std::shared_ptr<const Plan>& plan, uint64_t seed) {
  OCTO_ASSIGN_OR_RETURN(const auto interpreter, Interpreter::Create(plan));
  ByteVector outputs;
  CancelToken budget(kMaxSteps);
  Rng rng(seed);
  for (int run = 0; run < 2; ++run) {
    for (int i = 0; i < interpreter->num_inputs(); ++i) {
      const RuntimeTensor& input = interpreter->input(i);
      if (input.type == DataType::kString) continue;
      OCTO_RETURN_IF_ERROR(interpreter->SetInput(i, RandomInput(input, rng)));
    }
    OCTO_RETURN_IF_ERROR(interpreter->Invoke(nullptr, &budget));
    for (int i = 0; i < interpreter->num_outputs(); ++i) {
      const RuntimeTensor& output = interpreter->output(i);
      if (output.bytes > 0) {
        outputs.insert(outputs.end(), output.data, output.data + output.bytes);
      }
    }
  }
  return outputs;
}

}  // namespace

std::string CheckRunProperty(std::shared_ptr<const Model> model, uint64_t seed) {
  if (model->subgraphs.empty()) return "";
  PlanOptions options;
  options.arithmetic = seed % 2 == 0 ? Arithmetic::kLitert : Arithmetic::kReference;
  options.memory_limit = kMemoryLimit;
  auto plan = Plan::Compile(std::move(model), options);
  if (!plan.ok()) {
    return plan.status().message().empty() ? "not planned, without a message" : "";
  }
  if ((*plan)->multiply_adds() > kMaxMultiplyAdds) return "";
  const auto first = RunTwice(*plan, seed);
  if (!first.ok()) return first.status().message().empty() ? "not run, without a message" : "";
  const auto second = RunTwice(*plan, seed);
  if (!second.ok()) return "ran once, and not again: " + second.status().ToString();
  return *first == *second ? "" : "the same inputs give other outputs";
}

}  // namespace octolite::testing
