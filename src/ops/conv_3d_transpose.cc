#include <array>
#include <cstring>

#include "ops/common/conv_3d.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// CONV_3D_TRANSPOSE. Inputs: output shape [5], weights [window d, h, w, output_c, c], image [batch,
// d, h, w, c], optional bias [output_c]; float32 but for the shape.

namespace octolite {
namespace {

using Dims = std::array<int32_t, 5>;

class Kernel final : public OpKernel {
 public:
  Conv3dShape shape;  // without output and padding where the shape is known at run time only
  FloatRange range;
  bool has_bias = false;
  bool dynamic = false;
  Padding padding = Padding::kSame;

  Status Eval(EvalContext& ctx) const override {
    Conv3dShape actual = shape;
    if (dynamic) {
      Dims dims;
      std::memcpy(dims.data(), ctx.input<uint8_t>(0), sizeof(dims));
      OCTO_RETURN_IF_ERROR(SetOutput(dims, actual));
      OCTO_RETURN_IF_ERROR(
          ctx.AllocateOutput(0, Shape{dims[0], dims[1], dims[2], dims[3], dims[4]}));
    }
    Conv3dTranspose(
        actual, ctx.input<float>(2), ctx.input<float>(1),
        {has_bias ? ctx.input<float>(3) : nullptr, range.min, range.max, ctx.output<float>(0)});
    return Status::Ok();
  }

  // Batch, channels and sizes must be what a convolution would make the input of.
  Status SetOutput(const Dims& dims, Conv3dShape& to) const {
    if (!Shape::Make(dims)) {
      return Status(StatusCode::kShapeMismatch, "asks for an output that no tensor can have");
    }
    const auto misfit = [&] {
      return Status(StatusCode::kInvalidModel,
                    "asks for output " +
                        Shape{dims[0], dims[1], dims[2], dims[3], dims[4]}.ToString() +
                        ", of which a convolution does not make the input");
    };
    if (dims[0] != to.batch || dims[4] != to.output_c) return misfit();
    for (size_t axis = 0; axis < 3; ++axis) {
      to.output[axis] = dims[axis + 1];
      const auto window = ComputeWindowAxis(padding, to.output[axis], to.window[axis],
                                            to.stride[axis], to.dilation[axis]);
      if (!window || window->output != to.input[axis]) return misfit();
      to.padding[axis] = window->before;
    }
    return Status::Ok();
  }
};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 4, 1));
  const TensorSpec& wanted = ctx.input(0);
  const Shape& weights = ctx.input(1).shape;
  const Shape& x = ctx.input(2).shape;
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(wanted, DataType::kInt32));
  if (wanted.shape != Shape{5}) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "needs an output shape of 5 numbers, has " + wanted.shape.ToString());
  }
  if (x.rank() != 5 || weights.rank() != 5 || x[4] < 1 || weights[3] < 1 || weights[4] != x[4]) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "needs weights [d, h, w, output c, c] and an image [batch, d, h, w, c], has " +
                         weights.ToString() + " and " + x.ToString());
  }
  OCTO_RETURN_IF_ERROR(CheckConv3dInputs(ctx, 2, 1, 3, weights[3]));
  auto kernel = std::make_unique<Kernel>();
  OCTO_ASSIGN_OR_RETURN(kernel->padding, ReadPadding(ctx));
  OCTO_ASSIGN_OR_RETURN(kernel->shape, ReadConv3dWindow(ctx, weights));
  kernel->shape.batch = x[0];
  kernel->shape.input = {x[1], x[2], x[3]};
  kernel->shape.input_c = x[4];
  kernel->shape.output_c = weights[3];
  kernel->has_bias = ctx.has_input(3);
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  kernel->range = ActivationRange(activation);
  if (wanted.is_constant) {
    Dims dims;
    std::memcpy(dims.data(), wanted.constant.data(), sizeof(dims));
    const Status status = kernel->SetOutput(dims, kernel->shape);
    if (!status.ok()) return ctx.InputError(0, status.code(), status.message());
    ctx.SetOutputShape(0, Shape{dims[0], dims[1], dims[2], dims[3], dims[4]});
  } else {
    kernel->dynamic = true;
    ctx.SetOutputDynamic(0);
  }
  return std::unique_ptr<OpKernel>(std::move(kernel));
}

// Every input value meets the whole window.
int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[2].shape.num_elements() * inputs[1].shape.Product(0, 4);
}

}  // namespace

extern const OpDef kConv3DTransposeOp = {
    .op = BuiltinOp::kConv3DTranspose,
    .prepare = Prepare,
    .multiply_adds = MultiplyAdds,
};

}  // namespace octolite
