#include "ops/common/pad.h"

namespace octolite {

Result<PadParams> MakePadParams(const Shape& input, const IntList& paddings, size_t element_bytes) {
  const auto rank = static_cast<size_t>(input.rank());
  if (paddings.size() != 2 * rank) {
    return Status(StatusCode::kInvalidModel, "has " + std::to_string(paddings.size()) +
                                                 " paddings for shape " + input.ToString());
  }
  std::array<int32_t, Shape::kMaxRank> dims = {};
  for (size_t i = 0; i < rank; ++i) {
    const int64_t before = paddings[2 * i];
    const int64_t after = paddings[2 * i + 1];
    const int64_t dim = input[static_cast<int>(i)];
    if (before < 0 || after < 0 || before > INT32_MAX || after > INT32_MAX ||
        before + dim + after > INT32_MAX) {
      return Status(StatusCode::kInvalidModel, "has paddings " + std::to_string(before) + ", " +
                                                   std::to_string(after) +
                                                   " that are negative or too large");
    }
    dims[i] = static_cast<int32_t>(before + dim + after);
  }
  const auto output = Shape::Make({dims.data(), rank});
  if (!output) return Status(StatusCode::kInvalidModel, "pads to a shape that is too large");
  const Strides to = DenseStrides(*output, element_bytes);
  int64_t to_offset = 0;
  for (size_t i = 0; i < rank; ++i) to_offset += paddings[2 * i] * to[i];
  PadParams params;
  params.output = *output;
  params.copy =
      MakeCopyPlan(input, element_bytes, DenseStrides(input, element_bytes), to, 0, to_offset);
  return params;
}

Result<size_t> PreparePadTypes(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  if (bytes > sizeof(uint64_t)) return ctx.UnsupportedType(ctx.input(0));
  return bytes;
}

Result<uint64_t> PadZero(PrepareContext& ctx) {
  const TensorSpec& output = ctx.output(0);
  if (!output.quantized()) return uint64_t{0};
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  // Zero points other than 0 exist in one byte only.
  const bool one_byte = DataTypeBits(output.type) == 8;
  return one_byte ? uint64_t{static_cast<uint8_t>(output.zero_point())} : uint64_t{0};
}

void RunPad(const PadParams& params, const uint8_t* value, size_t element_bytes,
            EvalContext& eval) {
  auto* output = eval.output<uint8_t>(0);
  FillElements(output, static_cast<size_t>(params.output.num_elements()), value, element_bytes);
  RunCopy(params.copy, eval.input<uint8_t>(0), output);
}

}  // namespace octolite
