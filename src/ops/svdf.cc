#include "kernels/svdf/svdf.h"

#include <string>
#include <utility>

#include "ops/common/recurrent.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// SVDF. Inputs: activations [batch, inputs], weights over features [filters, inputs], weights over
// time [filters, memory], optional bias [units], state [batch, filters * memory] (variable).
// Options: rank, fused_activation_function, asymmetric_quantize_inputs.

namespace octolite {
namespace {

constexpr int kInput = 0;
constexpr int kFeature = 1;
constexpr int kTime = 2;
constexpr int kBias = 3;
constexpr int kState = 4;

Result<SvdfShape> ReadShape(const PrepareContext& ctx) {
  for (const int i : {kInput, kFeature, kTime}) {
    if (ctx.input(i).shape.rank() != 2) {
      return ctx.InputError(
          i, StatusCode::kInvalidModel,
          "has shape " + ctx.input(i).shape.ToString() + " where two dimensions are needed");
    }
  }
  SvdfShape shape;
  shape.batch = ctx.input(kInput).shape.dim(0);
  shape.inputs = ctx.input(kInput).shape.dim(1);
  shape.filters = ctx.input(kFeature).shape.dim(0);
  shape.memory = ctx.input(kTime).shape.dim(1);
  const int64_t rank = ctx.options().Int("rank", 0);
  if (rank < 1 || rank > INT32_MAX || shape.filters % rank != 0) {
    return ctx.Error(StatusCode::kInvalidModel, "has rank " + std::to_string(rank) + " for " +
                                                    std::to_string(shape.filters) + " filters");
  }
  if (shape.memory < 1) {
    return ctx.InputError(kTime, StatusCode::kInvalidModel, "has no element");
  }
  shape.rank = static_cast<int32_t>(rank);
  return shape;
}

Status CheckTensors(const PrepareContext& ctx, const SvdfShape& shape, DataType feature,
                    DataType time, DataType bias, DataType state) {
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, kFeature, feature, {shape.filters, shape.inputs}));
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, kTime, time, {shape.filters, shape.memory}));
  if (ctx.has_input(kBias)) {
    OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, kBias, bias, {shape.units()}));
  }
  return ExpectState(ctx, kState, state, int64_t{shape.batch} * shape.filters * shape.memory);
}

Result<std::unique_ptr<OpKernel>> PrepareFloat(PrepareContext& ctx, const SvdfShape& shape) {
  OCTO_RETURN_IF_ERROR(ExpectWeightType(ctx, kFeature));
  OCTO_RETURN_IF_ERROR(ExpectWeightType(ctx, kTime));
  const DataType weights = ctx.input(kFeature).type;
  OCTO_RETURN_IF_ERROR(
      CheckTensors(ctx, shape, weights, weights, DataType::kFloat32, DataType::kFloat32));
  FloatSvdf svdf;
  svdf.shape = shape;
  svdf.asymmetric_rows = ctx.options().Bool("asymmetric_quantize_inputs", false);
  OCTO_ASSIGN_OR_RETURN(svdf.activation, ReadGateActivation(ctx));
  const bool int8_weights = weights != DataType::kFloat32;
  OCTO_RETURN_IF_ERROR(RequestCheckedScratch(ctx, FloatSvdfScratchBytes(shape, int8_weights)));
  const float feature_scale = ctx.input(kFeature).scale();
  const float time_scale = ctx.input(kTime).scale();
  return MakeKernel([svdf, feature_scale, time_scale](EvalContext& eval) {
    FloatSvdf bound = svdf;
    bound.feature = MatrixAt(eval, kFeature, feature_scale);
    bound.time = VectorAt(eval, kTime, time_scale);
    if (eval.has_input(kBias)) bound.bias = eval.input<float>(kBias);
    RunFloatSvdf(bound, eval.input<float>(kInput), eval.variable<float>(kState),
                 eval.output<float>(0), eval.scratch<uint8_t>());
    return Status::Ok();
  });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareInteger(PrepareContext& ctx, const SvdfShape& shape) {
  OCTO_RETURN_IF_ERROR(
      CheckTensors(ctx, shape, DataType::kInt8, kDataTypeOf<T>, DataType::kInt32, kDataTypeOf<T>));
  const TensorSpec& x = ctx.input(kInput);
  const TensorSpec& state = ctx.input(kState);
  const TensorSpec& output = ctx.output(0);
  for (const TensorSpec* const tensor :
       {&x, &ctx.input(kFeature), &ctx.input(kTime), &state, &output}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(*tensor));
  }
  OCTO_ASSIGN_OR_RETURN(const GateActivation activation, ReadGateActivation(ctx));
  if (activation != GateActivation::kRelu) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "runs quantized with fused activation RELU alone");
  }
  IntegerSvdf<T> svdf;
  svdf.shape = shape;
  svdf.input_zero_point = x.zero_point();
  svdf.state_zero_point = state.zero_point();
  svdf.output_zero_point = output.zero_point();
  // Products in float, as the peer computes them.
  svdf.feature_scale = QuantizeMultiplier(
      static_cast<double>(x.scale() * ctx.input(kFeature).scale() / state.scale()));
  svdf.time_scale = QuantizeMultiplier(
      static_cast<double>(state.scale() * ctx.input(kTime).scale() / output.scale()));
  return MakeKernel([svdf](EvalContext& eval) {
    IntegerSvdf<T> bound = svdf;
    bound.feature = eval.input<int8_t>(kFeature);
    bound.time = eval.input<T>(kTime);
    if (eval.has_input(kBias)) bound.bias = eval.input<int32_t>(kBias);
    RunIntegerSvdf(bound, eval.input<int8_t>(kInput), eval.variable<T>(kState),
                   eval.output<int8_t>(0));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 5, 1));
  OCTO_ASSIGN_OR_RETURN(const SvdfShape shape, ReadShape(ctx));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(kState));
  const TensorSpec& x = ctx.input(kInput);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(x, ctx.output(0)));
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(ctx, std::vector{shape.batch, shape.units()}));
  if (x.type == DataType::kFloat32) return PrepareFloat(ctx, shape);
  if (x.type != DataType::kInt8) return ctx.UnsupportedType(x);
  if (ctx.input(kState).type == DataType::kInt8) return PrepareInteger<int8_t>(ctx, shape);
  return PrepareInteger<int16_t>(ctx, shape);
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[kInput].shape.dim(0) *
         (inputs[kFeature].shape.num_elements() + inputs[kTime].shape.num_elements());
}

}  // namespace

extern const OpDef kSvdfOp = {
    .op = BuiltinOp::kSvdf, .prepare = Prepare, .multiply_adds = MultiplyAdds, .pure = false};

}  // namespace octolite
