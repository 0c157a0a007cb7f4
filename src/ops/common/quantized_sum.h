#pragma once

#include "ops/common/activation.h"
#include "ops/common/reduce.h"

namespace octolite {

// What a sum or a mean of 8- or 16-bit values needs to know of its tensors.
struct QuantizedSum {
  float input_scale = 0;
  int32_t input_zero_point = 0;
  float output_scale = 0;
  OutputRange output;
};

inline Result<QuantizedSum> ReadQuantizedSum(const PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (input.type == DataType::kInt16 && (input.zero_point() != 0 || output.zero_point() != 0)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs zero points of 0 for int16");
  }
  const QuantizedRange range = TypeRange(output.type);
  return QuantizedSum{input.scale(), input.zero_point(), output.scale(),
                      OutputRange{output.zero_point(), range.min, range.max}};
}

// Sums of 8-bit values must fit in 32 bits. Those of int16 wrap, as LiteRT's do.
template <typename T>
Status CheckQuantizedSum(const ReduceParams& params) {
  constexpr int64_t kMost = int64_t{1} << 23;
  if (sizeof(T) == 1 && params.count > kMost) {
    return Status(StatusCode::kUnsupportedOperator,
                  "adds more elements than 32-bit sums of 8-bit values can hold");
  }
  return Status::Ok();
}

}  // namespace octolite
