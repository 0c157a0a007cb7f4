#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/search/search.h"
#include "ops/common/scratch.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

int32_t ReadCount(DataType type, const uint8_t* data) {
  if (type == DataType::kInt16) {
    int16_t value;
    std::memcpy(&value, data, sizeof(value));
    return value;
  }
  int32_t value;
  std::memcpy(&value, data, sizeof(value));
  return value;
}

// The input's shape with k, or 0 where k is negative, as the last dimension.
Result<Shape> OutputShape(const Shape& input, int32_t k) {
  const int32_t row = input[input.rank() - 1];
  if (k > row) {
    return Status(StatusCode::kInvalidModel,
                  "looks for " + std::to_string(k) + " values in rows of " + std::to_string(row));
  }
  Shape shape = input;
  shape.set_dim(input.rank() - 1, std::max(k, 0));
  return shape;
}

template <typename T, typename Index>
void Run(EvalContext& eval, int64_t row, int64_t k) {
  const Shape& shape = eval.input_tensor(0).shape;
  TopK(shape.Product(0, shape.rank() - 1), row, k, eval.input<T>(0), eval.output<T>(0),
       eval.output<Index>(1), eval.scratch<int32_t>());
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareType(PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& count = ctx.input(1);
  const int32_t row = input.shape[input.shape.rank() - 1];
  const bool narrow = ctx.output(1).type == DataType::kInt16;
  if (narrow && row > std::numeric_limits<int16_t>::max()) {
    return ctx.InputError(0, StatusCode::kUnsupportedOperator,
                          "has rows that are too long for indices of 16 bits");
  }
  ctx.RequestScratch(ScratchBytes(row, sizeof(int32_t)));
  if (count.is_constant) {
    auto shape = OutputShape(input.shape, ReadCount(count.type, count.constant.data()));
    if (!shape.ok()) return ctx.InputError(0, shape.status().code(), shape.status().message());
    ctx.SetOutputShape(0, *shape);
    ctx.SetOutputShape(1, *shape);
  } else {
    ctx.SetOutputDynamic(0);
    ctx.SetOutputDynamic(1);
  }
  return MakeKernel([=, dynamic = !count.is_constant](EvalContext& eval) {
    if (dynamic) {
      const RuntimeTensor& k = eval.input_tensor(1);
      OCTO_ASSIGN_OR_RETURN(const Shape shape,
                            OutputShape(eval.input_tensor(0).shape, ReadCount(k.type, k.data)));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, shape));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(1, shape));
    }
    const Shape& shape = eval.output_tensor(0).shape;
    const int64_t k = shape[shape.rank() - 1];
    narrow ? Run<T, int16_t>(eval, row, k) : Run<T, int32_t>(eval, row, k);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 2));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(1));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& count = ctx.input(1);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(0)));
  for (const TensorSpec* tensor : {&count, &ctx.output(1)}) {
    if (tensor->type != DataType::kInt32 && tensor->type != DataType::kInt16) {
      return ctx.UnsupportedType(*tensor);
    }
  }
  if (count.shape.num_elements() != 1) {
    return ctx.InputError(1, StatusCode::kInvalidModel, "has to be one number");
  }
  if (input.shape.rank() == 0) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is a scalar, where rows are needed");
  }
  switch (input.type) {
    case DataType::kFloat32:
      return PrepareType<float>(ctx);
    case DataType::kInt8:
      return PrepareType<int8_t>(ctx);
    case DataType::kUInt8:
      return PrepareType<uint8_t>(ctx);
    case DataType::kInt16:
      return PrepareType<int16_t>(ctx);
    case DataType::kInt32:
      return PrepareType<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareType<int64_t>(ctx);
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kTopkV2Op = {
    .op = BuiltinOp::kTopkV2,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
