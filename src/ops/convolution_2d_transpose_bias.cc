#include <array>
#include <cstring>

#include "base/checked_math.h"
#include "kernels/transpose_conv/transpose_conv.h"
#include "ops/common/conv_geometry.h"
#include "ops/common/weighted.h"
#include "ops/common/weighted_kernel.h"
#include "ops/op_def.h"

// Convolution2DTransposeBias, a custom operator of MediaPipe's models: TRANSPOSE_CONV in float32
// that finds the size of its output itself. Inputs: image [batch, h, w, c], weights [output_c,
// window_h, window_w, c], bias [output_c]. Custom options: padding (1: SAME, 2: VALID), stride_w
// and stride_h, int32 each.

namespace octolite {
namespace {

constexpr WeightedRules kRules;

struct CustomOptions {
  int32_t padding = 0;
  int32_t stride_w = 0;
  int32_t stride_h = 0;
};

struct OutputAxis {
  int32_t size = 0;
  int32_t before = 0;  // padding
};

// VALID: all that the windows reach. SAME: as the model declares it, if a convolution with the
// stride makes the input of that; else without what MediaPipe's kernel cuts off.
Result<OutputAxis> FindOutput(const PrepareContext& ctx, bool same, int32_t input, int32_t declared,
                              int32_t window, int32_t stride) {
  const int64_t reach = (int64_t{input} - 1) * stride + window;
  int64_t size = reach;
  if (same && declared > 0 && CeilDiv(declared, stride) == input) {
    size = declared;
  } else if (same) {
    size -= std::max<int64_t>(window - (input - 1) % stride - 1, 0);
  }
  if (size < 1 || size > INT32_MAX) {
    return ctx.Error(StatusCode::kInvalidModel, "has an output of no pixels, or beyond 31 bits");
  }
  return OutputAxis{static_cast<int32_t>(size),
                    static_cast<int32_t>(std::max<int64_t>(reach - size, 0) / 2)};
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  for (int i = 0; i < 3; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    if (ctx.input(i).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(i));
  }
  CustomOptions options;
  if (ctx.custom_options().size() < sizeof(options)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs 12 bytes of custom options");
  }
  std::memcpy(&options, ctx.custom_options().data(), sizeof(options));
  if (options.padding != 1 && options.padding != 2) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has unknown padding " + std::to_string(options.padding));
  }
  const Shape& x = ctx.input(0).shape;
  const Shape& weights = ctx.input(1).shape;
  OCTO_RETURN_IF_ERROR(ExpectRank4(ctx, x, weights));
  const auto fits = [](int64_t value) { return value >= 1 && value <= kMaxWindowNumber; };
  if (!fits(options.stride_h) || !fits(options.stride_w) || !fits(weights[1]) ||
      !fits(weights[2])) {
    return ctx.Error(StatusCode::kInvalidModel, "needs a window and strides of 1 to 2^20");
  }
  if (x[1] < 1 || x[2] < 1 || x[3] < 1 || weights[0] < 1 || weights[3] != x[3]) {
    return MisfitOfChannels(ctx, x, weights);
  }
  TransposeConvShape shape;
  shape.batch = x[0];
  shape.input_h = x[1];
  shape.input_w = x[2];
  shape.input_c = x[3];
  shape.output_c = weights[0];
  WindowGeometry& w = shape.window;
  w.window_h = weights[1];
  w.window_w = weights[2];
  w.stride_h = options.stride_h;
  w.stride_w = options.stride_w;
  const Shape declared = ctx.output(0).shape;
  const bool same = options.padding == 1;
  OCTO_ASSIGN_OR_RETURN(
      const OutputAxis rows,
      FindOutput(ctx, same, x[1], declared.rank() == 4 ? declared[1] : 0, w.window_h, w.stride_h));
  OCTO_ASSIGN_OR_RETURN(
      const OutputAxis columns,
      FindOutput(ctx, same, x[2], declared.rank() == 4 ? declared[2] : 0, w.window_w, w.stride_w));
  w.output_h = rows.size;
  w.pad_top = rows.before;
  w.output_w = columns.size;
  w.pad_left = columns.before;
  OCTO_RETURN_IF_ERROR(
      SetCheckedOutputShape(ctx, std::array{shape.batch, w.output_h, w.output_w, shape.output_c}));
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec, PrepareWeighted(ctx, kRules, shape.output_c));
  OCTO_ASSIGN_OR_RETURN(
      std::unique_ptr<OpKernel> kernel,
      WeightedKernel<TransposeConv>::Make(ctx, shape, std::move(spec), DynamicScheme()));
  return kernel;
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[0].shape.num_elements() * inputs[1].shape.Product(0, 3);
}

}  // namespace

extern const OpDef kConvolution2DTransposeBiasOp = {
    .op = BuiltinOp::kCustom,
    .prepare = Prepare,
    .multiply_adds = MultiplyAdds,
    .custom_code = "Convolution2DTransposeBias",
};

}  // namespace octolite
