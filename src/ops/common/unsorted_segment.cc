#include "ops/common/unsorted_segment.h"

#include <cstring>

namespace octolite {
namespace {

int32_t ReadNumber(const uint8_t* data) {
  int32_t value;
  std::memcpy(&value, data, sizeof(value));
  return value;
}

// [segments, dimensions of the data behind those of the ids].
Result<Shape> OutputShape(const Shape& data, int ids_rank, int32_t segments) {
  std::vector<int32_t> dims = {segments};
  for (int i = ids_rank; i < data.rank(); ++i) dims.push_back(data[i]);
  const auto shape = Shape::Make(dims);
  if (shape) return *shape;
  return Status(StatusCode::kInvalidModel, "cannot have " + std::to_string(segments) +
                                               " segments of data of shape " + data.ToString());
}

template <typename T>
Status Run(SegmentKind kind, EvalContext& eval) {
  const RuntimeTensor& ids = eval.input_tensor(1);
  const Shape& output = eval.output_tensor(0).shape;
  const int64_t rows = ids.shape.num_elements();
  for (int64_t i = 0; i < rows; ++i) {
    if (eval.input<int32_t>(1)[i] >= output[0]) {
      return Status(StatusCode::kInvalidArgument,
                    "has segment id " + std::to_string(eval.input<int32_t>(1)[i]) + " of " +
                        std::to_string(output[0]) + " segments");
    }
  }
  FoldSegments(kind, rows, output.Product(1, output.rank()), output[0], eval.input<int32_t>(1),
               eval.input<T>(0), eval.output<T>(0));
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareUnsortedSegment(PrepareContext& ctx, SegmentKind kind) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  for (int i = 0; i < 3; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& data = ctx.input(0);
  const TensorSpec& ids = ctx.input(1);
  const TensorSpec& segments = ctx.input(2);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(data, ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ids, DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(segments, DataType::kInt32));
  if (data.type != DataType::kFloat32 && data.type != DataType::kInt32) {
    return ctx.UnsupportedType(data);
  }
  const int ids_rank = ids.shape.rank();
  bool prefix = ids_rank <= data.shape.rank();
  for (int i = 0; prefix && i < ids_rank; ++i) prefix = ids.shape[i] == data.shape[i];
  if (!prefix) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + ids.shape.ToString() +
                              ", which is not what the data's shape " + data.shape.ToString() +
                              " begins with");
  }
  if (segments.shape.num_elements() != 1) {
    return ctx.InputError(2, StatusCode::kInvalidModel, "has to be one number");
  }
  if (segments.is_constant) {
    auto shape = OutputShape(data.shape, ids_rank, ReadNumber(segments.constant.data()));
    if (!shape.ok()) return ctx.InputError(2, shape.status().code(), shape.status().message());
    ctx.SetOutputShape(0, *shape);
  } else {
    ctx.SetOutputDynamic(0);
  }
  return MakeKernel([=, dynamic = !segments.is_constant,
                     is_float = data.type == DataType::kFloat32](EvalContext& eval) -> Status {
    if (dynamic) {
      OCTO_ASSIGN_OR_RETURN(const Shape shape, OutputShape(eval.input_tensor(0).shape, ids_rank,
                                                           ReadNumber(eval.input_tensor(2).data)));
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, shape));
    }
    return is_float ? Run<float>(kind, eval) : Run<int32_t>(kind, eval);
  });
}

}  // namespace octolite
