#include "ops/common/basic_lstm.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/checked_math.h"
#include "kernels/lstm/basic_cell.h"
#include "ops/common/recurrent.h"
#include "ops/common/weighted.h"

namespace octolite {
namespace {

constexpr int kInput = 0;
constexpr int kLastOutput = 1;
constexpr int kWeights = 2;
constexpr int kBias = 3;
constexpr int kCellState = 4;

constexpr int kOutput = 0;
constexpr int kNewCellState = 1;
constexpr int kConcatenated = 2;
constexpr int kGateInputs = 3;

// Tensors that the step writes back into: any but constants, as old files do not call them
// variables.
Status ExpectWritable(const PrepareContext& ctx, int i, DataType type, const Shape& shape) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(i), type));
  if (ctx.input(i).is_constant || !(ctx.input(i).shape == shape)) {
    return ctx.InputError(i, StatusCode::kInvalidModel,
                          "holds the operator's state: it needs shape " + shape.ToString() +
                              " and cannot be constant");
  }
  return Status::Ok();
}

Result<BasicLstmShape> ReadShape(const PrepareContext& ctx) {
  const Shape& x = ctx.input(kInput).shape;
  const Shape& last = ctx.input(kLastOutput).shape;
  if (x.rank() != 2 || last.rank() != 2) {
    return ctx.Error(StatusCode::kInvalidModel, "needs activations of two dimensions");
  }
  BasicLstmShape shape{x.dim(0), x.dim(1), last.dim(1)};
  if (!CheckedAdd(shape.inputs, shape.outputs) || shape.outputs < 1 ||
      !CheckedMul(shape.outputs, 4)) {
    return ctx.InputError(kLastOutput, StatusCode::kInvalidModel, "has no or too many elements");
  }
  return shape;
}

// A: activations, B: bias, S: states.
template <typename A, typename B, typename S>
Status CheckTensors(PrepareContext& ctx, const BasicLstmShape& shape) {
  const Shape state = {shape.batch, shape.outputs};
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(kInput), kDataTypeOf<A>));
  OCTO_RETURN_IF_ERROR(ExpectWritable(ctx, kLastOutput, kDataTypeOf<A>, state));
  OCTO_RETURN_IF_ERROR(ExpectWritable(ctx, kCellState, kDataTypeOf<S>, state));
  OCTO_RETURN_IF_ERROR(
      ExpectWeights(ctx, kWeights, kDataTypeOf<A>, {shape.gates(), shape.depth()}));
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, kBias, kDataTypeOf<B>, {shape.gates()}));
  const DataType types[] = {kDataTypeOf<A>, kDataTypeOf<S>, kDataTypeOf<A>, kDataTypeOf<S>};
  const int32_t widths[] = {shape.outputs, shape.outputs, shape.depth(), shape.gates()};
  for (int i = 0; i < 4; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(i), types[i]));
    const std::optional<Shape> made = Shape::Make(std::vector{shape.batch, widths[i]});
    if (!made) {
      return ctx.OutputError(i, StatusCode::kShapeMismatch,
                             "would have more elements than a tensor can");
    }
    ctx.SetOutputShape(i, *made);
  }
  return Status::Ok();
}

template <typename A, typename B, typename S>
BasicLstmTensors<A, B, S> Bind(EvalContext& ctx) {
  return {ctx.input<A>(kInput),         ctx.input<A>(kWeights),       ctx.input<B>(kBias),
          ctx.variable<A>(kLastOutput), ctx.variable<S>(kCellState),  ctx.output<A>(kOutput),
          ctx.output<S>(kNewCellState), ctx.output<A>(kConcatenated), ctx.output<S>(kGateInputs)};
}

Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx,
                                                   const BasicLstmShape& shape) {
  OCTO_RETURN_IF_ERROR((CheckTensors<uint8_t, int32_t, int16_t>(ctx, shape)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.input(kWeights)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.input(kBias)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.output(kNewCellState)));
  const float state_scale = ctx.output(kNewCellState).scale();
  if (std::abs(std::log2(state_scale) + 11.0f) >= 1e-3f) {
    return ctx.OutputError(kNewCellState, StatusCode::kUnsupportedOperator,
                           "needs scale 2^-11, and has " + std::to_string(state_scale));
  }
  const FixedMultiplier gate_scale =
      QuantizeMultiplier(4096 * static_cast<double>(ctx.input(kBias).scale()));
  const int32_t zero_point = ctx.input(kWeights).zero_point();
  return MakeKernel([shape, gate_scale, zero_point](EvalContext& eval) {
    RunBasicLstm(shape, zero_point, gate_scale, Bind<uint8_t, int32_t, int16_t>(eval));
    return Status::Ok();
  });
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareBasicLstm(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(5, 5, 4));
  OCTO_ASSIGN_OR_RETURN(const BasicLstmShape shape, ReadShape(ctx));
  const TensorSpec& x = ctx.input(kInput);
  if (x.type == DataType::kUInt8) return PrepareQuantized(ctx, shape);
  if (x.type != DataType::kFloat32) return ctx.UnsupportedType(x);
  OCTO_RETURN_IF_ERROR((CheckTensors<float, float, float>(ctx, shape)));
  return MakeKernel([shape](EvalContext& eval) {
    RunBasicLstm(shape, Bind<float, float, float>(eval));
    return Status::Ok();
  });
}

}  // namespace octolite
