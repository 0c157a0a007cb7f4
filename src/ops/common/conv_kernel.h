#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/checked_math.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

namespace octolite {

// The OpKernel of a convolution family. Family is Conv2d, DepthwiseConv2d or TransposeConv of
// kernels/: shape plus packed weights, with RunFloat, RunQuantized and RunDynamic.
template <typename Family>
class ConvKernel final : public OpKernel {
 public:
  using ShapeType = typename Family::ShapeType;

  // Asks for scratch. `scheme` is how the operator quantizes float activations.
  static Result<std::unique_ptr<ConvKernel>> Make(PrepareContext& ctx, const ShapeType& shape,
                                                  WeightedSpec spec, DynamicScheme scheme) {
    const TensorSpec& weights = ctx.input(spec.inputs.weights);
    OCTO_ASSIGN_OR_RETURN(Family family,
                          Family::Make(shape, weights.type, spec.weight_zero_point,
                                       weights.is_constant ? weights.constant.data() : nullptr));
    // The quantized image comes first, the family's own scratch after it.
    const int64_t quantized =
        spec.mode == WeightedMode::kDynamic ? RoundUp(shape.image_elements() + 64, 64) : 0;
    OCTO_RETURN_IF_ERROR(RequestCheckedScratch(ctx, quantized + family.scratch_bytes()));
    return std::unique_ptr<ConvKernel>(
        new ConvKernel(std::move(family), std::move(spec), scheme, quantized));
  }

  Status Eval(EvalContext& ctx) const override {
    Run(ctx, family_.shape());
    return Status::Ok();
  }

  // For a shape that differs from the prepared one in batch or output size only.
  void Run(EvalContext& ctx, const ShapeType& shape) const {
    switch (spec_.mode) {
      case WeightedMode::kFloat:
        family_.RunFloat(shape, ctx.input<float>(spec_.inputs.activation),
                         ctx.input<float>(spec_.inputs.weights), BiasData<float>(ctx, spec_),
                         spec_.range.min, spec_.range.max, ctx.output<float>(0),
                         ctx.scratch<uint8_t>());
        break;
      case WeightedMode::kQuantized:
        if (spec_.type == DataType::kUInt8) {
          EvalQuantized<uint8_t>(ctx, shape);
        } else {
          EvalQuantized<int8_t>(ctx, shape);
        }
        break;
      case WeightedMode::kDynamic:
        EvalDynamic(ctx, shape);
        break;
    }
  }

  size_t owned_bytes() const override { return family_.owned_bytes(); }

 private:
  ConvKernel(Family family, WeightedSpec spec, DynamicScheme scheme, int64_t quantized_bytes)
      : family_(std::move(family)),
        spec_(std::move(spec)),
        scheme_(scheme),
        quantized_bytes_(quantized_bytes) {}

  template <typename T>
  void EvalQuantized(EvalContext& ctx, const ShapeType& shape) const {
    family_.RunQuantized(shape, ctx.input<T>(spec_.inputs.activation), spec_.input_zero_point,
                         ctx.input<T>(spec_.inputs.weights), BiasData<int32_t>(ctx, spec_),
                         spec_.requantize, ctx.output<T>(0), ctx.scratch<uint8_t>());
  }

  // One image at a time, which is the unit that activations are quantized by.
  void EvalDynamic(EvalContext& ctx, ShapeType image) const {
    const int64_t batch = std::exchange(image.batch, 1);
    const int64_t input_size = image.image_elements();
    const int64_t output_size = ctx.output_tensor(0).shape.Product(1, 4);
    auto* quantized = ctx.scratch<int8_t>();
    for (int64_t b = 0; b < batch; ++b) {
      const DynamicRow row =
          QuantizeRow(scheme_, ctx.input<float>(spec_.inputs.activation) + b * input_size,
                      static_cast<size_t>(input_size), quantized);
      family_.RunDynamic(image, quantized, row, ctx.input<int8_t>(spec_.inputs.weights),
                         BiasData<float>(ctx, spec_), spec_.dequantize,
                         ctx.output<float>(0) + b * output_size,
                         ctx.scratch<uint8_t>() + quantized_bytes_);
    }
  }

  Family family_;
  WeightedSpec spec_;
  DynamicScheme scheme_;
  int64_t quantized_bytes_;
};

// Input and weights of rank 4, or INVALID_MODEL.
inline Status ExpectRank4(const PrepareContext& ctx, const Shape& x, const Shape& weights) {
  if (x.rank() == 4 && weights.rank() == 4) return Status::Ok();
  return ctx.Error(StatusCode::kInvalidModel, "needs input and weights of rank 4, has " +
                                                  x.ToString() + " and " + weights.ToString());
}

inline Status MisfitOfChannels(const PrepareContext& ctx, const Shape& x, const Shape& weights) {
  return ctx.Error(StatusCode::kInvalidModel, "has weights " + weights.ToString() +
                                                  " that do not fit the channels of input " +
                                                  x.ToString());
}

}  // namespace octolite
