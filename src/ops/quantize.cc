#include "kernels/quantize/quantize.h"

#include "kernels/activation/lut.h"
#include "ops/common/parts.h"
#include "ops/common/quantized_channels.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeFromFloat(const TensorSpec& output, Arithmetic arithmetic) {
  const float scale = output.scale();
  const int32_t zero_point = output.zero_point();
  return MakeKernel([=](EvalContext& eval) {
    const float* in = eval.input<float>(0);
    T* out = eval.output<T>(0);
    ForElements(eval, 0, [&](int64_t at, size_t count) {
      Quantize<T>(in + at, out + at, count, scale, zero_point, arithmetic);
    });
    return Status::Ok();
  });
}

// Between integers of other types than those that XNNPACK or tables take.
template <typename From, typename To>
std::unique_ptr<OpKernel> MakeRescale(const PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  const FixedMultiplier multiplier =
      QuantizeMultiplier(static_cast<double>(input.scale()) / static_cast<double>(output.scale()));
  return MakeKernel(
      [multiplier, from = input.zero_point(), to = output.zero_point()](EvalContext& eval) {
        Requantize<From, To>(eval.input<From>(0), eval.output<To>(0),
                             static_cast<size_t>(eval.input_tensor(0).shape.num_elements()),
                             multiplier, from, to);
        return Status::Ok();
      });
}

// Null where LiteRT has no such pair.
std::unique_ptr<OpKernel> MakeRequantize(const PrepareContext& ctx) {
  const DataType from = ctx.input(0).type;
  const DataType to = ctx.output(0).type;
  const auto is = [from, to](DataType a, DataType b) { return from == a && to == b; };
  if (is(DataType::kInt16, DataType::kInt8)) return MakeRescale<int16_t, int8_t>(ctx);
  if (is(DataType::kInt16, DataType::kInt16)) return MakeRescale<int16_t, int16_t>(ctx);
  if (is(DataType::kInt16, DataType::kInt32)) return MakeRescale<int16_t, int32_t>(ctx);
  if (is(DataType::kInt32, DataType::kInt8)) return MakeRescale<int32_t, int8_t>(ctx);
  if (is(DataType::kInt32, DataType::kInt16)) return MakeRescale<int32_t, int16_t>(ctx);
  if (is(DataType::kInt8, DataType::kInt16)) return MakeRescale<int8_t, int16_t>(ctx);
  if (is(DataType::kUInt8, DataType::kInt16)) return MakeRescale<uint8_t, int16_t>(ctx);
  return nullptr;
}

template <typename T>
Result<std::unique_ptr<OpKernel>> MakePerChannel(const PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const QuantizedChannels channels,
                        ReadQuantizedChannels(ctx, ctx.output(0), ctx.input(0).shape));
  return MakeKernel([channels](EvalContext& eval) {
    const float* in = eval.input<float>(0);
    T* out = eval.output<T>(0);
    channels.ForEachRun([&](size_t count, float scale, int32_t zero_point) {
      // The fixed division of the reference kernels in both arithmetics: XNNPACK has no such form.
      Quantize(in, out, count, scale, zero_point, Arithmetic::kReference);
      in += count;
      out += count;
    });
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> PrepareFromFloat(const PrepareContext& ctx) {
  const TensorSpec& output = ctx.output(0);
  const bool per_channel = output.quantization && output.quantization->per_channel();
  if (!per_channel) OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  switch (output.type) {
    case DataType::kInt8:
      if (per_channel) return MakePerChannel<int8_t>(ctx);
      return MakeFromFloat<int8_t>(output, ctx.arithmetic());
    case DataType::kUInt8:
      if (per_channel) return MakePerChannel<uint8_t>(ctx);
      return MakeFromFloat<uint8_t>(output, ctx.arithmetic());
    case DataType::kInt16:
      if (per_channel) return MakePerChannel<int16_t>(ctx);
      return MakeFromFloat<int16_t>(output, ctx.arithmetic());
    case DataType::kInt4:
      if (per_channel) break;
      return MakeKernel([scale = output.scale()](EvalContext& eval) {
        QuantizeInt4(eval.input<float>(0), eval.output<uint8_t>(0),
                     static_cast<size_t>(eval.input_tensor(0).shape.num_elements()), scale);
        return Status::Ok();
      });
    default:
      break;
  }
  return ctx.UnsupportedType(output);
}

// float32 to quantized numbers of every type, and between quantized types.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  ctx.SetOutputShape(0, input.shape);
  if (input.type == DataType::kFloat32) return PrepareFromFloat(ctx);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  const auto is_8_bits = [](DataType type) {
    return type == DataType::kInt8 || type == DataType::kUInt8;
  };
  if (is_8_bits(input.type) && is_8_bits(output.type)) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
    ctx.AllowInPlace(0);
    const QuantizedType from = QuantizedTypeOf(input);
    const QuantizedType to = QuantizedTypeOf(output);
    const auto multiplier = XnnpackMultiplier(from, to);
    if (ctx.arithmetic() == Arithmetic::kLitert && multiplier) {
      return MakeKernel([=, multiplier = *multiplier](EvalContext& eval) {
        const auto* in = eval.input<uint8_t>(0);
        auto* out = eval.output<uint8_t>(0);
        ForElements(eval, 0, [&](int64_t at, size_t count) {
          RequantizeXnnpack(multiplier, from, to, in + at, out + at, count);
        });
        return Status::Ok();
      });
    }
    return MakeLutKernel(MakeRequantizeLut8(from, to, ctx.arithmetic()));
  }
  auto kernel = MakeRequantize(ctx);
  if (!kernel) {
    const bool known =
        is_8_bits(input.type) || input.type == DataType::kInt16 || input.type == DataType::kInt32;
    return ctx.UnsupportedType(known ? output : input);
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  return kernel;
}

}  // namespace

extern const OpDef kQuantizeOp = {.op = BuiltinOp::kQuantize, .prepare = Prepare};

}  // namespace octolite
