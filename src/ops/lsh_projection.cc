#include <cstring>
#include <vector>

#include "kernels/fingerprint/fingerprint.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

enum class Projection : uint8_t { kSparse = 1, kDense = 2 };

struct LshProjection {
  int32_t functions = 0;
  int32_t bits = 0;
  int32_t items = 0;
  Projection projection = Projection::kSparse;

  Status Run(EvalContext& eval) const {
    auto* to = eval.output<int32_t>(0);
    for (int32_t f = 0; f < functions; ++f) {
      // Each goes through all items, so there may be much to do.
      if (eval.host().cancelled()) return Status(StatusCode::kCancelled, "stopped while running");
      uint32_t signature = 0;
      for (int32_t b = 0; b < bits; ++b) {
        const int32_t bit = SignBit(eval, eval.input<float>(0)[f * bits + b]);
        signature = signature << 1 | static_cast<uint32_t>(bit);
        if (projection == Projection::kDense) *to++ = bit;
      }
      if (projection == Projection::kDense) continue;
      // Functions have ranges of their own.
      *to++ = static_cast<int32_t>(signature + (static_cast<uint32_t>(f) << bits));
    }
    return Status::Ok();
  }

  // Whether the items' fingerprints, each after the seed, add up to more than zero.
  int32_t SignBit(EvalContext& eval, float seed) const {
    const RuntimeTensor& input = eval.input_tensor(1);
    const size_t item_bytes = input.bytes / static_cast<size_t>(items);
    const float* const weights = eval.has_input(2) ? eval.input<float>(2) : nullptr;
    std::vector<uint8_t> key(sizeof(seed) + item_bytes);
    std::memcpy(key.data(), &seed, sizeof(seed));
    double score = 0;
    for (int32_t i = 0; i < items; ++i) {
      if (item_bytes > 0) {
        std::memcpy(key.data() + sizeof(seed), input.data + static_cast<size_t>(i) * item_bytes,
                    item_bytes);
      }
      const auto value = static_cast<double>(static_cast<int64_t>(Fingerprint64(key)));
      score += weights == nullptr ? value : static_cast<double>(weights[i]) * value;
    }
    return score > 0 ? 1 : 0;
  }
};

// Inputs: seeds, one for each function and bit; items; a weight for each item, which may be left
// out.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt32));
  const Shape& hash = ctx.input(0).shape;
  const Shape& items = ctx.input(1).shape;
  const int64_t type = ctx.options().Int("type", 0);
  if (type != 1 && type != 2) {
    return ctx.Error(StatusCode::kInvalidModel, "has unknown type " + std::to_string(type));
  }
  // A signature and the number of its function share 32 bits.
  const int32_t most_bits = type == 1 ? 31 : 32;
  const bool fits = hash.rank() == 2 && hash[1] <= most_bits && items.rank() >= 1 && items[0] >= 1;
  if (!fits) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has seeds " + hash.ToString() + " and items " + items.ToString());
  }
  if (ctx.has_input(2)) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(2), DataType::kFloat32));
    const Shape& weights = ctx.input(2).shape;
    if (weights.rank() != 1 || weights[0] != items[0]) {
      return ctx.InputError(2, StatusCode::kShapeMismatch,
                            "has shape " + weights.ToString() + " for items " + items.ToString());
    }
  }
  const LshProjection lsh = {hash[0], hash[1], items[0], static_cast<Projection>(type)};
  const int32_t outputs =
      lsh.projection == Projection::kDense ? static_cast<int32_t>(hash.num_elements()) : hash[0];
  ctx.SetOutputShape(0, {outputs});
  return MakeKernel([lsh](EvalContext& eval) { return lsh.Run(eval); });
}

}  // namespace

extern const OpDef kLshProjectionOp = {
    .op = BuiltinOp::kLshProjection, .prepare = Prepare, .pure = false};

}  // namespace octolite
