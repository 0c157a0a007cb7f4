#include "ops/common/fully_connected_blockwise.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/checked_math.h"
#include "base/float16.h"
#include "kernels/fully_connected/blockwise.h"
#include "ops/common/activation.h"
#include "ops/common/weighted.h"

namespace octolite {
namespace {

// Sums of a block stay within 31 bits.
constexpr int32_t kMaxBlock = 1 << 20;

Status Refuse(const PrepareContext& ctx, std::string problem) {
  return ctx.InputError(1, StatusCode::kInvalidModel, "blockwise weights " + std::move(problem));
}

// The tensor that holds the scales, which the quantization of the weights names by its index in
// their subgraph; null if there is none. The reader has checked the index.
const Tensor* FindScales(const PrepareContext& ctx) {
  const TensorSpec& weights = ctx.input(1);
  const auto index = static_cast<size_t>(weights.index);
  for (const Subgraph& subgraph : ctx.model().subgraphs) {
    if (index >= subgraph.tensors.size() || !subgraph.tensors[index].quantization) continue;
    if (&*subgraph.tensors[index].quantization != weights.quantization) continue;
    const auto scales = static_cast<size_t>(weights.quantization->blockwise->scales);
    return scales < subgraph.tensors.size() ? &subgraph.tensors[scales] : nullptr;
  }
  return nullptr;
}

// To the nearest number with 8 bits of mantissa, ties to even.
float RoundToBFloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7FFFu + ((bits >> 16) & 1u)) & 0xFFFF0000u);
}

Result<std::vector<float>> ReadScales(const PrepareContext& ctx, int64_t count, bool xnnpack) {
  const Tensor* tensor = FindScales(ctx);
  if (tensor == nullptr || tensor->type != DataType::kFloat16) {
    return Refuse(ctx, "need scales of float16");
  }
  const std::span<const uint8_t> bytes = ctx.model().data(*tensor);
  if (bytes.size() != static_cast<size_t>(count) * sizeof(uint16_t)) {
    return Refuse(ctx, "need " + std::to_string(count) + " scales, have " +
                           std::to_string(bytes.size() / sizeof(uint16_t)));
  }
  std::vector<float> scales(static_cast<size_t>(count));
  for (size_t i = 0; i < scales.size(); ++i) {
    uint16_t half = 0;
    std::memcpy(&half, bytes.data() + i * sizeof(half), sizeof(half));
    scales[i] = Float16ToFloat(half);
    if (!(scales[i] >= 0) || !std::isfinite(scales[i])) {
      return Refuse(ctx, "have a negative or infinite scale");
    }
    if (xnnpack) scales[i] = RoundToBFloat16(scales[i]);
  }
  return scales;
}

class Kernel final : public OpKernel {
 public:
  FullyConnectedShape shape;
  BlockwiseWeights weights;
  FloatRange range;
  DynamicScheme scheme = DynamicScheme::kAsymmetricFloat;
  bool has_bias = false;

  int64_t rows_bytes() const {
    return RoundUp(shape.batch * static_cast<int64_t>(sizeof(DynamicRow)), 64);
  }

  Status Eval(EvalContext& ctx) const override {
    auto* rows = ctx.scratch<DynamicRow>();
    auto* quantized = reinterpret_cast<int8_t*>(ctx.scratch<uint8_t>() + rows_bytes());
    const auto depth = static_cast<size_t>(shape.depth);
    for (size_t b = 0; b < static_cast<size_t>(shape.batch); ++b) {
      rows[b] = QuantizeRow(scheme, ctx.input<float>(0) + b * depth, depth, quantized + b * depth);
    }
    FullyConnectedBlockwise(
        shape, weights, quantized, rows,
        {has_bias ? ctx.input<float>(2) : nullptr, range.min, range.max, ctx.output<float>(0)});
    return Status::Ok();
  }
  size_t owned_bytes() const override {
    return weights.values.size() + weights.scales.size() * sizeof(float);
  }
};

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareFullyConnectedBlockwise(PrepareContext& ctx,
                                                                 const FullyConnectedShape& shape) {
  const TensorSpec& weights = ctx.input(1);
  if (weights.type != DataType::kInt4 || !weights.is_constant) return ctx.UnsupportedType(weights);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  const int32_t block = weights.quantization->blockwise->block_size;
  if (block < 1 || block > kMaxBlock || shape.depth % block != 0) {
    return Refuse(ctx, "have blocks of " + std::to_string(block) + " in a depth of " +
                           std::to_string(shape.depth));
  }
  auto kernel = std::make_unique<Kernel>();
  kernel->shape = shape;
  kernel->has_bias = ctx.has_input(2);
  if (kernel->has_bias) {
    OCTO_RETURN_IF_ERROR(CheckBias(ctx, 2, WeightedMode::kDynamic, shape.units));
  }
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  kernel->range = ActivationRange(activation);
  // Other blocks are left to the builtin kernel, which the reference kernels have no match for.
  const bool xnnpack =
      ctx.arithmetic() == Arithmetic::kLitert && block % 32 == 0 && shape.depth % 2 == 0;
  kernel->scheme = xnnpack ? DynamicScheme::kAsymmetricFloat : DynamicScheme::kAsymmetricDouble;
  kernel->weights.block_size = block;
  OCTO_ASSIGN_OR_RETURN(kernel->weights.values, UnpackWeights(ctx, 1));
  OCTO_ASSIGN_OR_RETURN(
      kernel->weights.scales,
      ReadScales(ctx, static_cast<int64_t>(shape.units) * (shape.depth / block), xnnpack));
  OCTO_RETURN_IF_ERROR(RequestCheckedScratch(
      ctx, kernel->rows_bytes() + static_cast<int64_t>(shape.batch) * shape.depth));
  return std::unique_ptr<OpKernel>(std::move(kernel));
}

}  // namespace octolite
