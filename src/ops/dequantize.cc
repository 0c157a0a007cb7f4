#include <cmath>
#include <vector>

#include "kernels/quantize/quantize.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

// One run of elements with one scale and zero point, repeated over the channels and outer indices.
struct ChannelLayout {
  int64_t outer = 1;
  int64_t inner = 1;
  std::vector<float> scales;
  std::vector<int32_t> zero_points;
};

template <typename T>
std::unique_ptr<OpKernel> MakeQuantized(ChannelLayout layout) {
  return MakeKernel([layout = std::move(layout)](EvalContext& eval) {
    const T* in = eval.input<T>(0);
    float* out = eval.output<float>(0);
    for (int64_t o = 0; o < layout.outer; ++o) {
      for (size_t c = 0; c < layout.scales.size(); ++c) {
        Dequantize(in, out, static_cast<size_t>(layout.inner), layout.scales[c],
                   layout.zero_points[c]);
        in += layout.inner;
        out += layout.inner;
      }
    }
    return Status::Ok();
  });
}

Result<ChannelLayout> ReadLayout(const PrepareContext& ctx, const TensorSpec& input) {
  ChannelLayout layout;
  if (!input.quantization || !input.quantization->per_channel()) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
    layout.inner = input.shape.num_elements();
    layout.scales = {input.scale()};
    layout.zero_points = {input.zero_point()};
    return layout;
  }
  const Quantization& quantization = *input.quantization;
  const int32_t axis = quantization.quantized_dimension;
  const size_t channels = quantization.scale.size();
  if (axis < 0 || axis >= input.shape.rank() ||
      static_cast<size_t>(input.shape[axis]) != channels) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has " + std::to_string(channels) + " scales for dimension " +
                              std::to_string(axis) + " of shape " + input.shape.ToString());
  }
  // An empty tensor has no runs, however long its other dimensions are.
  layout.outer = input.shape.num_elements() == 0 ? 0 : input.shape.Product(0, axis);
  layout.inner = input.shape.Product(axis + 1, input.shape.rank());
  for (size_t c = 0; c < channels; ++c) {
    const int64_t zero_point = quantization.zero_point_at(c);
    if (!std::isfinite(quantization.scale[c]) || zero_point < INT16_MIN || zero_point > INT16_MAX) {
      return ctx.InputError(
          0, StatusCode::kInvalidModel,
          "has a scale or zero point of channel " + std::to_string(c) + " that is out of range");
    }
    layout.scales.push_back(quantization.scale[c]);
    layout.zero_points.push_back(static_cast<int32_t>(zero_point));
  }
  return layout;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  ctx.SetOutputShape(0, input.shape);
  if (input.type == DataType::kFloat16) {
    return MakeKernel([](EvalContext& eval) {
      Float16ToFloat32(eval.input<uint16_t>(0), eval.output<float>(0),
                       static_cast<size_t>(eval.input_tensor(0).shape.num_elements()));
      return Status::Ok();
    });
  }
  switch (input.type) {
    case DataType::kInt8:
    case DataType::kUInt8:
    case DataType::kInt16:
    case DataType::kInt32:
      break;
    default:
      return ctx.UnsupportedType(input);
  }
  OCTO_ASSIGN_OR_RETURN(ChannelLayout layout, ReadLayout(ctx, input));
  switch (input.type) {
    case DataType::kInt8:
      return MakeQuantized<int8_t>(std::move(layout));
    case DataType::kUInt8:
      return MakeQuantized<uint8_t>(std::move(layout));
    case DataType::kInt16:
      return MakeQuantized<int16_t>(std::move(layout));
    default:
      return MakeQuantized<int32_t>(std::move(layout));
  }
}

}  // namespace

extern const OpDef kDequantizeOp = {.op = BuiltinOp::kDequantize, .prepare = Prepare};

}  // namespace octolite
