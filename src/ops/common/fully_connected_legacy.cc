#include "ops/common/fully_connected_legacy.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/checked_math.h"
#include "ops/common/activation.h"
#include "ops/common/weighted.h"

namespace octolite {
namespace {

constexpr int32_t kUnitBlock = 4;
constexpr int32_t kDepthBlock = 16;

// The weights less their zero point, row by row.
std::vector<int16_t> CentredWeights(const TensorSpec& weights, const FullyConnectedShape& shape,
                                    bool shuffled) {
  const uint8_t* from = weights.constant.data();
  std::vector<int16_t> to(weights.constant.size());
  if (!shuffled) {
    const int32_t zero_point = weights.zero_point();
    std::transform(from, from + to.size(), to.begin(),
                   [&](uint8_t value) { return static_cast<int16_t>(value - zero_point); });
    return to;
  }
  for (int64_t unit = 0; unit < shape.units; unit += kUnitBlock) {
    for (int64_t depth = 0; depth < shape.depth; depth += kDepthBlock) {
      for (int64_t row = unit; row < unit + kUnitBlock; ++row) {
        for (int64_t i = 0; i < kDepthBlock; ++i) {
          to[static_cast<size_t>(row * shape.depth + depth + i)] = static_cast<int8_t>(*from++);
        }
      }
    }
  }
  return to;
}

class Kernel final : public OpKernel {
 public:
  Kernel(FullyConnected family, QuantizedOutput requantize, int32_t input_zero_point, bool has_bias)
      : family_(std::move(family)),
        requantize_(std::move(requantize)),
        input_zero_point_(input_zero_point),
        has_bias_(has_bias) {}

  static int64_t InputBytes(const FullyConnectedShape& shape) {
    return RoundUp(int64_t{shape.batch} * shape.depth * int64_t{sizeof(int16_t)}, 64);
  }

  Status Eval(EvalContext& ctx) const override {
    const FullyConnectedShape& shape = family_.shape();
    const auto* input = ctx.input<uint8_t>(0);
    auto* centred = ctx.scratch<int16_t>();
    const int64_t count = int64_t{shape.batch} * shape.depth;
    for (int64_t i = 0; i < count; ++i) {
      centred[i] = static_cast<int16_t>(input[i] - input_zero_point_);
    }
    WideResult result;
    result.weights_type = DataType::kInt16;
    result.narrow = true;
    result.narrow_bias = has_bias_ ? ctx.input<int32_t>(2) : nullptr;
    result.requantize = &requantize_;
    result.output = ctx.output<int16_t>(0);
    family_.Run(shape, centred, nullptr, result, ctx.scratch<uint8_t>() + InputBytes(shape));
    if (ctx.num_outputs() > 1) {
      std::fill_n(ctx.output<uint8_t>(1), ctx.output_tensor(1).bytes, uint8_t{0});
    }
    return Status::Ok();
  }
  size_t owned_bytes() const override { return family_.owned_bytes(); }

 private:
  FullyConnected family_;
  QuantizedOutput requantize_;
  int32_t input_zero_point_;
  bool has_bias_;
};

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareFullyConnectedLegacy(PrepareContext& ctx,
                                                              const FullyConnectedShape& shape,
                                                              bool shuffled) {
  const TensorSpec& x = ctx.input(0);
  const TensorSpec& weights = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  if (x.type != DataType::kUInt8) return ctx.UnsupportedType(x);
  if (weights.type != DataType::kUInt8 || !weights.is_constant) return ctx.UnsupportedType(weights);
  if (output.type != DataType::kInt16) return ctx.UnsupportedType(output);
  if (shuffled && (shape.units % kUnitBlock != 0 || shape.depth % kDepthBlock != 0)) {
    return ctx.InputError(1, StatusCode::kInvalidModel,
                          "shuffled weights need multiples of 4 units and of 16 in depth, have " +
                              weights.shape.ToString());
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(x));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(weights));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  OCTO_RETURN_IF_ERROR(CheckWeightsSize(ctx, 1));
  const bool has_bias = ctx.has_input(2);
  if (has_bias) {
    OCTO_RETURN_IF_ERROR(CheckBias(ctx, 2, WeightedMode::kQuantized, shape.units));
  }
  if (output.zero_point() != 0) {
    return ctx.OutputError(0, StatusCode::kInvalidModel, "needs a zero point of 0");
  }
  const double scale = static_cast<double>(x.scale()) * static_cast<double>(weights.scale()) /
                       static_cast<double>(output.scale());
  if (!std::isfinite(scale)) {
    return ctx.OutputError(0, StatusCode::kInvalidModel,
                           "input scale * weight scale / output scale is infinite");
  }
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  const QuantizedRange limits = QuantizedActivationRange(
      activation, output.type, output.scale(), output.zero_point(), Arithmetic::kReference);
  // XNNPACK takes neither form, so that LiteRT has TFLite's kernels in either arithmetic.
  const Rounding builtin =
      ctx.arithmetic() == Arithmetic::kLitert ? Rounding::kFixedPointUp : Rounding::kDouble;
  const std::vector<double> scales(static_cast<size_t>(shape.units), scale);
  QuantizedOutput requantize =
      QuantizedOutput::Make(shuffled ? Rounding::kFixedPoint : builtin,
                            {output.zero_point(), limits.min, limits.max}, {}, scales);
  const std::vector<int16_t> centred = CentredWeights(weights, shape, shuffled);
  OCTO_ASSIGN_OR_RETURN(
      FullyConnected family,
      FullyConnected::Make(shape,
                           {.type = DataType::kInt16, .plain = true, .data = centred.data()}));
  OCTO_RETURN_IF_ERROR(
      RequestCheckedScratch(ctx, Kernel::InputBytes(shape) + family.scratch_bytes()));
  if (ctx.num_outputs() > 1) ctx.SetOutputShape(1, x.shape);
  return std::unique_ptr<OpKernel>(new Kernel(std::move(family), std::move(requantize),
                                              shuffled ? 128 : x.zero_point(), has_bias));
}

}  // namespace octolite
