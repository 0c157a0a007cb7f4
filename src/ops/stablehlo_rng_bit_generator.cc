#include <algorithm>
#include <cstring>

#include "kernels/random/counter_random.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// The algorithms' numbers in the file format.
enum : int64_t { kDefault = 0, kPhilox = 1, kThreefry = 2 };

// Writes `words` of 32 bits, and counts. next(counter) returns as many words as the counter has.
template <size_t kWords, typename Next>
void Fill(std::array<uint32_t, kWords>& counter, int64_t words, uint8_t* out, Next next) {
  for (int64_t i = 0; i < words; i += kWords) {
    const std::array<uint32_t, kWords> numbers = next(counter);
    const auto count = static_cast<size_t>(std::min<int64_t>(kWords, words - i));
    std::memcpy(out + static_cast<size_t>(i) * sizeof(uint32_t), numbers.data(),
                count * sizeof(uint32_t));
    if (++counter[0] == 0) ++counter[1];
  }
}

// State: key and counter, and for Philox two more words of it (else those of the key).
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 2));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  const TensorSpec& state = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(state, DataType::kUInt64));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kUInt64));
  const int64_t algorithm = ctx.options().Int("algorithm", kDefault);
  if (algorithm != kDefault && algorithm != kPhilox && algorithm != kThreefry) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has unknown algorithm " + std::to_string(algorithm));
  }
  const bool threefry = algorithm == kThreefry;
  const Shape& shape = state.shape;
  if (shape.rank() != 1 || (shape[0] != 2 && (threefry || shape[0] != 3))) {
    return ctx.InputError(0, StatusCode::kShapeMismatch,
                          "has shape " + shape.ToString() + " where " +
                              (threefry ? "[2]" : "[2] or [3]") + " is needed");
  }
  const TensorSpec& output = ctx.output(1);
  const int bits = DataTypeBits(output.type);
  switch (output.type) {
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kUInt32:
    case DataType::kUInt64:
      break;
    default:
      return ctx.UnsupportedType(output);
  }
  // The model alone says what shape is wanted.
  const Shape output_shape = output.shape;
  ctx.SetOutputShape(0, shape);
  ctx.SetOutputShape(1, output_shape);
  const int64_t words = output_shape.num_elements() * (bits / 32);
  const bool long_state = shape[0] == 3;
  return MakeKernel([=](EvalContext& eval) {
    std::array<uint32_t, 6> in = {};
    const size_t bytes = (long_state ? 6 : 4) * sizeof(uint32_t);
    std::memcpy(in.data(), eval.input<uint8_t>(0), bytes);
    const std::array<uint32_t, 2> key = {in[0], in[1]};
    auto* out = eval.output<uint8_t>(1);
    if (threefry) {
      std::array<uint32_t, 2> counter = {in[2], in[3]};
      Fill(counter, words, out, [&](const auto& c) { return Threefry2x32(key, c); });
      in[2] = counter[0];
      in[3] = counter[1];
    } else {
      std::array<uint32_t, 4> counter = {in[2], in[3], in[long_state ? 4 : 0],
                                         in[long_state ? 5 : 1]};
      Fill(counter, words, out, [&](const auto& c) { return Philox4x32(key, c); });
      in[2] = counter[0];
      in[3] = counter[1];
    }
    std::memcpy(eval.output<uint8_t>(0), in.data(), bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kStablehloRngBitGeneratorOp = {
    .op = BuiltinOp::kStablehloRngBitGenerator,
    .prepare = Prepare,
};

}  // namespace octolite
