#include <vector>

#include "kernels/activation/lut.h"
#include "kernels/move/copy.h"
#include "ops/common/activation.h"
#include "ops/common/lists.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

// One input's place in the output; 8-bit inputs of another scale go through a table.
struct Part {
  CopyPlan copy;
  bool requantize = false;
  Lut8 table = {};
};

Status CheckInput(const PrepareContext& ctx, int i, int axis) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const TensorSpec& first = ctx.input(0);
  const TensorSpec& input = ctx.input(i);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, input));
  bool fits = input.shape.rank() == first.shape.rank();
  for (int d = 0; fits && d < input.shape.rank(); ++d) {
    fits = d == axis || input.shape[d] == first.shape[d];
  }
  if (fits) return Status::Ok();
  return ctx.InputError(i, StatusCode::kShapeMismatch,
                        "has shape " + input.shape.ToString() + ", which does not join " +
                            first.shape.ToString() + " along dimension " + std::to_string(axis));
}

// Where input and output differ in scale or zero point.
Status AddTable(const PrepareContext& ctx, const TensorSpec& input, Part& part) {
  const TensorSpec& output = ctx.output(0);
  const bool eight_bits = input.type == DataType::kInt8 || input.type == DataType::kUInt8;
  if (!eight_bits || !input.quantized() || !output.quantized()) return Status::Ok();
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (input.scale() == output.scale() && input.zero_point() == output.zero_point()) {
    return Status::Ok();
  }
  part.requantize = true;
  part.table = MakeFloatLut8(QuantizedTypeOf(input), QuantizedTypeOf(output),
                             Arithmetic::kReference, [](float x) { return x; });
  return Status::Ok();
}

// Elements smaller than a byte: a part may begin within one.
Status JoinPacked(const std::vector<Part>& parts, EvalContext& eval) {
  RuntimeTensor& output = eval.output_tensor(0);
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer joined,
                        AlignedBuffer::Allocate(static_cast<size_t>(output.shape.num_elements())));
  for (size_t i = 0; i < parts.size(); ++i) {
    OCTO_ASSIGN_OR_RETURN(const AlignedBuffer part,
                          UnpackElements(eval.input_tensor(static_cast<int>(i))));
    RunCopy(parts[i].copy, part.data(), joined.data());
  }
  PackElements(joined.data(), output);
  return Status::Ok();
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, INT32_MAX, 1));
  const TensorSpec& first = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, output));
  if (DataTypeBits(first.type) == 0) return ctx.UnsupportedType(first);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, first));
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  if (activation != FusedActivation::kNone) {
    return ctx.Error(StatusCode::kUnsupportedOperator, "does not run with a fused activation");
  }
  const int64_t option = ctx.options().Int("axis", 0);
  const auto axis = ResolveAxis(option, first.shape.rank());
  if (!axis) {
    return ctx.InputError(
        0, StatusCode::kInvalidModel,
        "has shape " + first.shape.ToString() + " without a dimension " + std::to_string(option));
  }
  int64_t joined = 0;
  for (int i = 0; i < ctx.num_inputs(); ++i) {
    OCTO_RETURN_IF_ERROR(CheckInput(ctx, i, *axis));
    joined += ctx.input(i).shape[*axis];
    if (joined > INT32_MAX) return ctx.Error(StatusCode::kInvalidModel, "joins too many elements");
  }
  Shape wanted = first.shape;
  wanted.set_dim(*axis, static_cast<int32_t>(joined));
  const auto shape = Shape::Make(wanted.dims());
  if (!shape) return ctx.Error(StatusCode::kInvalidModel, "joins too many elements");
  ctx.SetOutputShape(0, *shape);

  const Strides to = DenseStrides(*shape, bytes);
  int64_t to_offset = 0;
  std::vector<Part> parts(static_cast<size_t>(ctx.num_inputs()));
  for (int i = 0; i < ctx.num_inputs(); ++i) {
    const TensorSpec& input = ctx.input(i);
    Part& part = parts[static_cast<size_t>(i)];
    part.copy =
        MakeCopyPlan(input.shape, bytes, DenseStrides(input.shape, bytes), to, 0, to_offset);
    to_offset += input.shape[*axis] * to[static_cast<size_t>(*axis)];
    OCTO_RETURN_IF_ERROR(AddTable(ctx, input, part));
    if (part.requantize) {
      ctx.RequestScratch(static_cast<size_t>(input.shape.num_elements()));
    }
  }
  if (DataTypeBits(first.type) < 8) {
    return MakeKernel(
        [parts = std::move(parts)](EvalContext& eval) { return JoinPacked(parts, eval); });
  }
  return MakeKernel([parts = std::move(parts)](EvalContext& eval) {
    for (size_t i = 0; i < parts.size(); ++i) {
      const RuntimeTensor& input = eval.input_tensor(static_cast<int>(i));
      const uint8_t* from = input.data;
      if (parts[i].requantize) {
        ApplyLut8(parts[i].table, from, eval.scratch<uint8_t>(),
                  static_cast<size_t>(input.shape.num_elements()));
        from = eval.scratch<uint8_t>();
      }
      RunCopy(parts[i].copy, from, eval.output<uint8_t>(0));
    }
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kConcatenationOp = {
    .op = BuiltinOp::kConcatenation,
    .prepare = Prepare,
    .quant = {.activation_inputs = QuantRule::kAllInputs,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
