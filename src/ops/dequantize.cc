#include <utility>

#include "kernels/elementwise/cast.h"
#include "kernels/quantize/quantize.h"
#include "ops/common/quantized_channels.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeQuantized(QuantizedChannels channels) {
  return MakeKernel([channels = std::move(channels)](EvalContext& eval) {
    const T* in = eval.input<T>(0);
    float* out = eval.output<float>(0);
    channels.ForEachRun([&](size_t count, float scale, int32_t zero_point) {
      Dequantize(in, out, count, scale, zero_point);
      in += count;
      out += count;
    });
    return Status::Ok();
  });
}

// Numbers of less than 8 bits are unpacked to the output and scaled there.
std::unique_ptr<OpKernel> MakePacked(QuantizedChannels channels) {
  return MakeKernel([channels = std::move(channels)](EvalContext& eval) {
    const RuntimeTensor& input = eval.input_tensor(0);
    float* out = eval.output<float>(0);
    Cast(input.type, input.data, DataType::kFloat32, eval.output<uint8_t>(0),
         static_cast<size_t>(input.shape.num_elements()));
    channels.ForEachRun([&](size_t count, float scale, int32_t zero_point) {
      const auto offset = static_cast<float>(zero_point);
      for (size_t i = 0; i < count; ++i) out[i] = (out[i] - offset) * scale;
      out += count;
    });
    return Status::Ok();
  });
}

Result<QuantizedChannels> ReadChannels(const PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const bool packed = DataTypeBits(input.type) < 8;
  if (!packed && !(input.quantization && input.quantization->per_channel())) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  }
  return ReadQuantizedChannels(ctx, input, input.shape);
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  ctx.SetOutputShape(0, input.shape);
  if (input.type == DataType::kBFloat16) {
    return MakeKernel([](EvalContext& eval) {
      Cast(DataType::kBFloat16, eval.input<uint8_t>(0), DataType::kFloat32, eval.output<uint8_t>(0),
           static_cast<size_t>(eval.input_tensor(0).shape.num_elements()));
      return Status::Ok();
    });
  }
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
    case DataType::kInt4:
    case DataType::kUInt4:
    case DataType::kInt2:
      break;
    default:
      return ctx.UnsupportedType(input);
  }
  OCTO_ASSIGN_OR_RETURN(QuantizedChannels channels, ReadChannels(ctx));
  if (DataTypeBits(input.type) < 8) return MakePacked(std::move(channels));
  switch (input.type) {
    case DataType::kInt8:
      return MakeQuantized<int8_t>(std::move(channels));
    case DataType::kUInt8:
      return MakeQuantized<uint8_t>(std::move(channels));
    case DataType::kInt16:
      return MakeQuantized<int16_t>(std::move(channels));
    default:
      return MakeQuantized<int32_t>(std::move(channels));
  }
}

}  // namespace

extern const OpDef kDequantizeOp = {.op = BuiltinOp::kDequantize, .prepare = Prepare};

}  // namespace octolite
