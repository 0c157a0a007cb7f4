#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/checked_math.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/fully_connected/fully_connected.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

namespace octolite {

// The OpKernel of the operators with weights. Family is Conv2d, DepthwiseConv2d, TransposeConv or
// FullyConnected of kernels/: a shape and packed weights, with Run.
template <typename Family>
class WeightedKernel final : public OpKernel {
 public:
  using ShapeType = typename Family::ShapeType;
  // The unit that float activations are quantized by: a row, or an image.
  static constexpr bool kByRow = std::is_same_v<Family, FullyConnected>;

  // Asks for scratch. `scheme` is how the operator quantizes float activations.
  static Result<std::unique_ptr<WeightedKernel>> Make(PrepareContext& ctx, const ShapeType& shape,
                                                      WeightedSpec spec, DynamicScheme scheme) {
    OCTO_ASSIGN_OR_RETURN(Family family, Family::Make(shape, spec.weights));
    // Rows' parameters come first, the quantized rows or the quantized image after them, then the
    // family's own scratch.
    int64_t rows_bytes = 0;
    int64_t quantized_bytes = 0;
    if (spec.mode == WeightedMode::kDynamic) {
      if constexpr (kByRow) {
        rows_bytes = RoundUp(shape.batch * static_cast<int64_t>(sizeof(DynamicRow)), 64);
        quantized_bytes = RoundUp(static_cast<int64_t>(shape.batch) * shape.depth + 64, 64);
      } else {
        quantized_bytes = RoundUp(shape.image_elements() + 64, 64);
      }
    }
    OCTO_RETURN_IF_ERROR(RequestCheckedScratch(
        ctx, rows_bytes + quantized_bytes + family.scratch_bytes(ctx.threads())));
    if constexpr (!std::is_same_v<Family, DepthwiseConv2d>) spec.unpacked = {};  // all are packed
    return std::unique_ptr<WeightedKernel>(new WeightedKernel(std::move(family), std::move(spec),
                                                              scheme, rows_bytes, quantized_bytes));
  }

  Status Eval(EvalContext& ctx) const override {
    Run(ctx, family_.shape());
    return Status::Ok();
  }

  // For a shape that differs from the prepared one in batch or output size only.
  void Run(EvalContext& ctx, const ShapeType& shape) const {
    if (spec_.mode != WeightedMode::kDynamic) {
      family_.Run(shape, ctx.input<uint8_t>(spec_.inputs.activation), WeightsData(ctx, spec_),
                  StaticResult(ctx), ctx.scratch<uint8_t>(), ctx.parallel());
    } else if constexpr (kByRow) {
      RunRows(ctx, shape);
    } else {
      RunImages(ctx, shape);
    }
  }

  size_t owned_bytes() const override { return family_.owned_bytes() + spec_.unpacked.size(); }
  bool reads_constant(int i) const override {
    const bool packed = spec_.weights.data != nullptr && !std::is_same_v<Family, DepthwiseConv2d>;
    return i != spec_.inputs.weights || !packed;
  }

 private:
  WeightedKernel(Family family, WeightedSpec spec, DynamicScheme scheme, int64_t rows_bytes,
                 int64_t quantized_bytes)
      : family_(std::move(family)),
        spec_(std::move(spec)),
        scheme_(scheme),
        rows_bytes_(rows_bytes),
        quantized_bytes_(quantized_bytes) {}

  MatrixResult StaticResult(EvalContext& ctx) const {
    if (spec_.mode == WeightedMode::kFloat) {
      return FloatResult{BiasData<float>(ctx, spec_), spec_.range.min, spec_.range.max,
                         ctx.output<float>(0)};
    }
    if (spec_.mode == WeightedMode::kWide) {
      WideResult result;
      result.weights_type = spec_.weights.type;
      result.narrow = spec_.narrow;
      if (spec_.bias_type == DataType::kInt32) {
        result.narrow_bias = BiasData<int32_t>(ctx, spec_);
      } else {
        result.bias = BiasData<int64_t>(ctx, spec_);
      }
      result.requantize = &spec_.requantize;
      result.output = ctx.output<int16_t>(0);
      return result;
    }
    return spec_.type == DataType::kUInt8 ? MatrixResult(ByteResult<uint8_t>(ctx))
                                          : MatrixResult(ByteResult<int8_t>(ctx));
  }

  template <typename T>
  QuantizedResult<T> ByteResult(EvalContext& ctx) const {
    return {spec_.input_zero_point, spec_.weights.zero_point, BiasData<int32_t>(ctx, spec_),
            &spec_.requantize, ctx.output<T>(0)};
  }

  DynamicResult FloatsFrom(EvalContext& ctx, const DynamicRow* params) const {
    return {params, kByRow, BiasData<float>(ctx, spec_), &spec_.dequantize, ctx.output<float>(0)};
  }

  void RunRows(EvalContext& ctx, const ShapeType& shape) const {
    auto* rows = ctx.scratch<DynamicRow>();
    auto* quantized = reinterpret_cast<int8_t*>(ctx.scratch<uint8_t>() + rows_bytes_);
    const float* input = ctx.input<float>(spec_.inputs.activation);
    const auto depth = static_cast<size_t>(shape.depth);
    for (size_t b = 0; b < static_cast<size_t>(shape.batch); ++b) {
      rows[b] = QuantizeRow(scheme_, input + b * depth, depth, quantized + b * depth);
    }
    family_.Run(shape, quantized, WeightsData(ctx, spec_), FloatsFrom(ctx, rows),
                ctx.scratch<uint8_t>() + rows_bytes_ + quantized_bytes_, ctx.parallel());
  }

  void RunImages(EvalContext& ctx, ShapeType image) const {
    const int64_t batch = std::exchange(image.batch, 1);
    const int64_t input_size = image.image_elements();
    const int64_t output_size = ctx.output_tensor(0).shape.Product(1, 4);
    auto* quantized = ctx.scratch<int8_t>();
    for (int64_t b = 0; b < batch; ++b) {
      const DynamicRow row =
          QuantizeRow(scheme_, ctx.input<float>(spec_.inputs.activation) + b * input_size,
                      static_cast<size_t>(input_size), quantized, ctx.parallel());
      DynamicResult result = FloatsFrom(ctx, &row);
      result.output += b * output_size;
      family_.Run(image, quantized, WeightsData(ctx, spec_), result,
                  ctx.scratch<uint8_t>() + quantized_bytes_, ctx.parallel());
    }
  }

  Family family_;
  WeightedSpec spec_;
  DynamicScheme scheme_;
  int64_t rows_bytes_;
  int64_t quantized_bytes_;
};

}  // namespace octolite
