#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/checked_math.h"
#include "kernels/fully_connected/fully_connected.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

namespace octolite {

// The OpKernel of FULLY_CONNECTED, and of other operators that multiply rows with a matrix.
class FullyConnectedKernel final : public OpKernel {
 public:
  // Asks for scratch. `scheme` is how the operator quantizes each row of float activations.
  static Result<std::unique_ptr<OpKernel>> Make(PrepareContext& ctx,
                                                const FullyConnectedShape& shape, WeightedSpec spec,
                                                DynamicScheme scheme) {
    const TensorSpec& weights = ctx.input(spec.inputs.weights);
    OCTO_ASSIGN_OR_RETURN(
        FullyConnected family,
        FullyConnected::Make(shape, weights.type, spec.weight_zero_point,
                             weights.is_constant ? weights.constant.data() : nullptr));
    int64_t rows_bytes = 0;
    int64_t quantized_bytes = 0;
    if (spec.mode == WeightedMode::kDynamic) {
      rows_bytes = RoundUp(shape.batch * static_cast<int64_t>(sizeof(DynamicRow)), 64);
      quantized_bytes = RoundUp(static_cast<int64_t>(shape.batch) * shape.depth + 64, 64);
    }
    OCTO_RETURN_IF_ERROR(
        RequestCheckedScratch(ctx, rows_bytes + quantized_bytes + family.scratch_bytes()));
    return std::unique_ptr<OpKernel>(new FullyConnectedKernel(std::move(family), std::move(spec),
                                                              scheme, rows_bytes, quantized_bytes));
  }

  Status Eval(EvalContext& ctx) const override {
    switch (spec_.mode) {
      case WeightedMode::kFloat:
        family_.RunFloat(ctx.input<float>(0), ctx.input<float>(1), BiasData<float>(ctx, spec_),
                         spec_.range.min, spec_.range.max, ctx.output<float>(0),
                         ctx.scratch<uint8_t>());
        break;
      case WeightedMode::kQuantized:
        if (spec_.type == DataType::kUInt8) {
          EvalQuantized<uint8_t>(ctx);
        } else {
          EvalQuantized<int8_t>(ctx);
        }
        break;
      case WeightedMode::kDynamic:
        EvalDynamic(ctx);
        break;
    }
    return Status::Ok();
  }

  size_t owned_bytes() const override { return family_.owned_bytes(); }

 private:
  FullyConnectedKernel(FullyConnected family, WeightedSpec spec, DynamicScheme scheme,
                       int64_t rows_bytes, int64_t quantized_bytes)
      : family_(std::move(family)),
        spec_(std::move(spec)),
        scheme_(scheme),
        rows_bytes_(rows_bytes),
        quantized_bytes_(quantized_bytes) {}

  template <typename T>
  void EvalQuantized(EvalContext& ctx) const {
    family_.RunQuantized(ctx.input<T>(0), spec_.input_zero_point, ctx.input<T>(1),
                         BiasData<int32_t>(ctx, spec_), spec_.requantize, ctx.output<T>(0),
                         ctx.scratch<uint8_t>());
  }

  void EvalDynamic(EvalContext& ctx) const {
    const FullyConnectedShape& shape = family_.shape();
    auto* rows = ctx.scratch<DynamicRow>();
    auto* quantized = reinterpret_cast<int8_t*>(ctx.scratch<uint8_t>() + rows_bytes_);
    const auto depth = static_cast<size_t>(shape.depth);
    for (size_t b = 0; b < static_cast<size_t>(shape.batch); ++b) {
      rows[b] = QuantizeRow(scheme_, ctx.input<float>(0) + b * depth, depth, quantized + b * depth);
    }
    family_.RunDynamic(quantized, rows, ctx.input<int8_t>(1), BiasData<float>(ctx, spec_),
                       spec_.dequantize, ctx.output<float>(0),
                       ctx.scratch<uint8_t>() + rows_bytes_ + quantized_bytes_);
  }

  FullyConnected family_;
  WeightedSpec spec_;
  DynamicScheme scheme_;
  int64_t rows_bytes_;
  int64_t quantized_bytes_;
};

}  // namespace octolite
