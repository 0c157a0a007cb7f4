#pragma once

#include "kernels/random/counter_random.h"
#include "ops/op_def.h"

namespace octolite {

// The generator of an operator, which goes on from one run to the next.
struct RandomState final : OpState {
  explicit RandomState(const PhiloxRandom& start) : random(start) {}
  PhiloxRandom random;
};

// An operator that draws numbers: run(random, eval) -> Status, with the operator's seeds at first.
template <typename Run>
class RandomKernel final : public OpKernel {
 public:
  RandomKernel(const PhiloxRandom& start, Run run) : start_(start), run_(std::move(run)) {}
  Status Eval(EvalContext& ctx) const override {
    return run_(ctx.state<RandomState>().random, ctx);
  }
  std::unique_ptr<OpState> NewState() const override {
    return std::make_unique<RandomState>(start_);
  }

 private:
  PhiloxRandom start_;
  Run run_;
};

// Without seeds LiteRT takes some from the system; here the numbers are the same every time.
// Of the 64 bits of a seed LiteRT keeps the lower 32, with their sign.
inline PhiloxRandom ReadSeeds(const PrepareContext& ctx) {
  const auto seed = [&](std::string_view name) {
    return static_cast<uint64_t>(static_cast<int32_t>(ctx.options().Int(name, 0)));
  };
  return PhiloxRandom(seed("seed"), seed("seed2"));
}

template <typename Run>
std::unique_ptr<OpKernel> MakeRandomKernel(const PrepareContext& ctx, Run run) {
  return std::make_unique<RandomKernel<Run>>(ReadSeeds(ctx), std::move(run));
}

// RANDOM_UNIFORM and RANDOM_STANDARD_NORMAL: float32 of the shape in input 0.
using FillRandom = void (*)(PhiloxRandom& random, int64_t count, float* out);
Result<std::unique_ptr<OpKernel>> PrepareRandom(PrepareContext& ctx, FillRandom fill);

}  // namespace octolite
