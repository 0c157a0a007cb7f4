#include "ops/common/recurrent.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace octolite {

Result<GateActivation> ReadGateActivation(const PrepareContext& ctx) {
  const int64_t value = ctx.options().Int("fused_activation_function", 0);
  if (value >= 0 && value <= static_cast<int64_t>(GateActivation::kSignBit)) {
    return static_cast<GateActivation>(value);
  }
  return ctx.Error(StatusCode::kInvalidModel,
                   "has unknown fused activation " + std::to_string(value));
}

Status ExpectState(const PrepareContext& ctx, int i, DataType type, int64_t elements) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& state = ctx.input(i);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(state, type));
  if (!state.is_variable || state.is_constant) {
    return ctx.InputError(i, StatusCode::kInvalidModel,
                          "holds the operator's state and is not a variable tensor");
  }
  if (state.shape.num_elements() != elements) {
    return ctx.InputError(i, StatusCode::kInvalidModel,
                          "has shape " + state.shape.ToString() + " where the state has " +
                              std::to_string(elements) + " elements");
  }
  return Status::Ok();
}

Status ExpectWeights(const PrepareContext& ctx, int i, DataType type,
                     std::span<const int32_t> dims) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& weights = ctx.input(i);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(weights, type));
  if (!std::ranges::equal(weights.shape.dims(), dims)) {
    std::string wanted;
    for (const int32_t dim : dims) wanted += (wanted.empty() ? "[" : ",") + std::to_string(dim);
    return ctx.InputError(
        i, StatusCode::kInvalidModel,
        "has shape " + weights.shape.ToString() + " where " + wanted + "] is needed");
  }
  if (weights.is_constant &&
      weights.constant.size() !=
          DataTypeBytes(type, static_cast<size_t>(weights.shape.num_elements()))) {
    return ctx.InputError(i, StatusCode::kInvalidModel,
                          "holds another number of bytes than its shape says");
  }
  return Status::Ok();
}

Status ExpectWeightType(const PrepareContext& ctx, int i) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& weights = ctx.input(i);
  if (weights.type == DataType::kFloat32) return Status::Ok();
  if (weights.type != DataType::kInt8 && weights.type != DataType::kUInt8) {
    return ctx.UnsupportedType(weights);
  }
  return ctx.ExpectPerTensorQuantization(weights);
}

Result<RecurrentSequence> ReadSequence(const PrepareContext& ctx, bool is_sequence,
                                       bool default_time_major) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  const Shape& shape = ctx.input(0).shape;
  const int rank = is_sequence ? 3 : 2;
  if (shape.rank() != rank) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + shape.ToString() + " where " + std::to_string(rank) +
                              " dimensions are needed");
  }
  RecurrentSequence sequence;
  sequence.time = 1;
  sequence.time_major = true;
  sequence.batch = shape.dim(0);
  if (is_sequence) {
    sequence.time_major = ctx.options().Bool("time_major", default_time_major);
    sequence.batch = shape.dim(sequence.time_major ? 1 : 0);
    sequence.time = shape.dim(sequence.time_major ? 0 : 1);
  }
  return sequence;
}

Status SetSequenceOutput(PrepareContext& ctx, int i, int32_t width) {
  const TensorSpec& x = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(x, ctx.output(i)));
  std::vector<int32_t> dims(x.shape.dims().begin(), x.shape.dims().end());
  dims.back() = width;
  const std::optional<Shape> shape = Shape::Make(dims);
  if (!shape) {
    return ctx.OutputError(i, StatusCode::kShapeMismatch,
                           "would have more elements than a tensor can");
  }
  ctx.SetOutputShape(i, *shape);
  return Status::Ok();
}

RecurrentMatrix MatrixAt(const EvalContext& ctx, int i, float scale) {
  const RuntimeTensor& tensor = ctx.input_tensor(i);
  RecurrentMatrix matrix;
  matrix.rows = tensor.shape.dim(0);
  matrix.diagonal = tensor.shape.rank() == 1;
  matrix.columns = matrix.diagonal ? matrix.rows : tensor.shape.dim(1);
  if (tensor.type == DataType::kFloat32) {
    matrix.floats = ctx.input<float>(i);
  } else {
    matrix.bytes = ctx.input<int8_t>(i);
    matrix.scale = scale;
  }
  return matrix;
}

RecurrentVector VectorAt(const EvalContext& ctx, int i, float scale) {
  RecurrentVector vector;
  if (ctx.input_tensor(i).type == DataType::kFloat32) {
    vector.floats = ctx.input<float>(i);
  } else {
    vector.bytes = ctx.input<int8_t>(i);
    vector.scale = scale;
  }
  return vector;
}

}  // namespace octolite
