#include "kernels/batch_matmul/batch_matmul.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/checked_math.h"
#include "kernels/dynamic_quantize.h"
#include "ops/common/activation.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// BATCH_MATMUL. Inputs: left [batches..., m, k], right [batches..., k, n]; the last two dimensions
// are the other way round where the options adj_x and adj_y say so, the others are broadcast.
// Types: float32; int8 to int8 or int32; int16 by int16 or int8; and float32 by int8 ("hybrid"),
// where asymmetric_quantize_inputs counts.

namespace octolite {
namespace {

enum class Mode : uint8_t { kFloat, kInt8, kInt32, kInt16, kHybrid };

Result<Mode> ChooseMode(const PrepareContext& ctx) {
  const TensorSpec& x = ctx.input(0);
  const TensorSpec& y = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  if (x.type == DataType::kFloat32) {
    if (y.type != DataType::kFloat32 && y.type != DataType::kInt8) return ctx.UnsupportedType(y);
    if (output.type != DataType::kFloat32) return ctx.UnsupportedType(output);
    return y.type == DataType::kFloat32 ? Mode::kFloat : Mode::kHybrid;
  }
  if (x.type == DataType::kInt8) {
    if (y.type != DataType::kInt8) return ctx.UnsupportedType(y);
    if (output.type == DataType::kInt32) return Mode::kInt32;
    return output.type == DataType::kInt8 ? Result<Mode>(Mode::kInt8) : ctx.UnsupportedType(output);
  }
  if (x.type != DataType::kInt16) return ctx.UnsupportedType(x);
  if (y.type != DataType::kInt16 && y.type != DataType::kInt8) return ctx.UnsupportedType(y);
  if (output.type != DataType::kInt16) return ctx.UnsupportedType(output);
  return Mode::kInt16;
}

Status Misfit(const PrepareContext& ctx) {
  return ctx.Error(StatusCode::kShapeMismatch, "cannot multiply matrices of shapes " +
                                                   ctx.input(0).shape.ToString() + " and " +
                                                   ctx.input(1).shape.ToString());
}

// Also sets the output's shape. An output without elements has no batches.
Result<BatchMatMulShape> PrepareShape(PrepareContext& ctx) {
  const Shape& x = ctx.input(0).shape;
  const Shape& y = ctx.input(1).shape;
  if (x.rank() < 2 || y.rank() < 2) return Misfit(ctx);
  BatchMatMulShape shape;
  shape.adj_x = ctx.options().Bool("adj_x", false);
  shape.adj_y = ctx.options().Bool("adj_y", false);
  shape.m = x[x.rank() - (shape.adj_x ? 1 : 2)];
  shape.k = x[x.rank() - (shape.adj_x ? 2 : 1)];
  shape.n = y[y.rank() - (shape.adj_y ? 2 : 1)];
  if (y[y.rank() - (shape.adj_y ? 1 : 2)] != shape.k) return Misfit(ctx);
  const int rank = std::max(x.rank(), y.rank());
  const auto left = [&](int i) { return i < rank - x.rank() ? 1 : x[i - (rank - x.rank())]; };
  const auto right = [&](int i) { return i < rank - y.rank() ? 1 : y[i - (rank - y.rank())]; };
  std::vector<int32_t> dims(static_cast<size_t>(rank));
  for (int i = 0; i < rank - 2; ++i) {
    if (left(i) != right(i) && left(i) != 1 && right(i) != 1) return Misfit(ctx);
    dims[static_cast<size_t>(i)] = left(i) == 1 ? right(i) : left(i);
  }
  dims[static_cast<size_t>(rank - 2)] = static_cast<int32_t>(shape.m);
  dims[static_cast<size_t>(rank - 1)] = static_cast<int32_t>(shape.n);
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(ctx, dims));
  if (ctx.output(0).shape.num_elements() == 0) {
    shape.left_batches = shape.right_batches = 0;
    return shape;
  }
  // Products of what is not broadcast are no greater than the output.
  shape.batch_rank = rank - 2;
  for (int i = rank - 3; i >= 0; --i) {
    const auto at = static_cast<size_t>(i);
    shape.dims[at] = dims[at];
    shape.left_step[at] = left(i) == 1 ? 0 : shape.left_batches;
    shape.right_step[at] = right(i) == 1 ? 0 : shape.right_batches;
    shape.left_batches *= left(i);
    shape.right_batches *= right(i);
  }
  return shape;
}

// For integers that become int8 or int16.
Result<QuantizedOutput> MakeRequantize(const PrepareContext& ctx, int64_t channels) {
  const TensorSpec& x = ctx.input(0);
  const TensorSpec& y = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(x));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(y));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (x.type == DataType::kInt16 &&
      (x.zero_point() != 0 || y.zero_point() != 0 || output.zero_point() != 0)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs zero points of 0 with int16 input");
  }
  const double scale = static_cast<double>(x.scale()) * static_cast<double>(y.scale()) /
                       static_cast<double>(output.scale());
  if (!std::isfinite(scale)) {
    return ctx.OutputError(0, StatusCode::kInvalidModel, "input scales / output scale is infinite");
  }
  const QuantizedRange limits = TypeRange(output.type);
  const std::vector<double> scales(static_cast<size_t>(channels), scale);
  return QuantizedOutput::Make(Rounding::kFixedPoint, {output.zero_point(), limits.min, limits.max},
                               {}, scales);
}

// For floats by int8: a scale for the whole right side, or one for each of its columns.
Result<DynamicOutput> MakeDequantize(const PrepareContext& ctx, const BatchMatMulShape& shape) {
  const TensorSpec& y = ctx.input(1);
  const auto refuse = [&](std::string problem) {
    return ctx.InputError(1, StatusCode::kInvalidModel, "int8 side " + std::move(problem));
  };
  if (!y.quantized()) return refuse("has no scale");
  const Quantization& q = *y.quantization;
  const int axis = y.shape.rank() - (shape.adj_y ? 2 : 1);
  if (q.per_channel() &&
      (q.quantized_dimension != axis || q.scale.size() != static_cast<size_t>(shape.n))) {
    return refuse("has " + std::to_string(q.scale.size()) + " scales along dimension " +
                  std::to_string(q.quantized_dimension) + " where its columns are dimension " +
                  std::to_string(axis));
  }
  for (const float scale : q.scale) {
    if (!(scale >= 0) || !std::isfinite(scale)) return refuse("has a negative or infinite scale");
  }
  for (const int64_t zero_point : q.zero_point) {
    if (zero_point != 0) return refuse("has a zero point that is not 0");
  }
  const FloatRange range;
  DynamicOutput output;
  output.min = range.min;
  output.max = range.max;
  output.channel_scale = q.scale;
  output.channel_scale.resize(static_cast<size_t>(shape.n), q.scale[0]);
  output.channel_scale.resize(PaddedChannels(static_cast<size_t>(shape.n)));
  return output;
}

class Kernel final : public OpKernel {
 public:
  Kernel(BatchMatMul family, Mode mode) : family_(std::move(family)), mode_(mode) {}

  Status Eval(EvalContext& ctx) const override {
    family_.Run(ctx.input<uint8_t>(0), ctx.input<uint8_t>(1), ResultOf(ctx), ctx.scratch<uint8_t>(),
                ctx.parallel());
    return Status::Ok();
  }
  size_t owned_bytes() const override { return family_.owned_bytes(); }

  int32_t left_zero_point = 0, right_zero_point = 0;
  QuantizedOutput requantize;

 private:
  MatrixResult ResultOf(EvalContext& ctx) const {
    if (mode_ == Mode::kInt8) {
      return QuantizedResult<int8_t>{left_zero_point, right_zero_point, nullptr, &requantize,
                                     ctx.output<int8_t>(0)};
    }
    if (mode_ == Mode::kInt16) {
      WideResult result;
      result.weights_type = ctx.input_tensor(1).type;
      result.requantize = &requantize;
      result.output = ctx.output<int16_t>(0);
      return result;
    }
    const FloatRange range;
    return FloatResult{nullptr, range.min, range.max, ctx.output<float>(0)};
  }

  BatchMatMul family_;
  Mode mode_;
};

// Quantizes each row of the left side, which it thereby turns to [batches..., m, k].
class HybridKernel final : public OpKernel {
 public:
  HybridKernel(BatchMatMul family, bool adj_x, DynamicScheme scheme, DynamicOutput dequantize)
      : family_(std::move(family)),
        adj_x_(adj_x),
        scheme_(scheme),
        dequantize_(std::move(dequantize)) {}

  // Parts of the scratch memory: parameters of the rows, quantized rows, one row of floats, and the
  // family's own.
  struct Scratch {
    explicit Scratch(const BatchMatMulShape& shape)
        : quantized(RoundUp(shape.left_batches * shape.m * int64_t{sizeof(DynamicRow)}, 64)),
          row(quantized + RoundUp(shape.left_batches * shape.m * shape.k + 64, 64)),
          family(row + RoundUp(shape.k * int64_t{sizeof(float)}, 64)) {}
    int64_t quantized, row, family;
  };

  Status Eval(EvalContext& ctx) const override {
    const BatchMatMulShape& shape = family_.shape();
    const Scratch parts(shape);
    auto* base = ctx.scratch<uint8_t>();
    auto* params = reinterpret_cast<DynamicRow*>(base);
    auto* quantized = reinterpret_cast<int8_t*>(base + parts.quantized);
    auto* gathered = reinterpret_cast<float*>(base + parts.row);
    for (int64_t b = 0; b < shape.left_batches; ++b) {
      const float* matrix = ctx.input<float>(0) + b * shape.m * shape.k;
      for (int64_t m = 0; m < shape.m; ++m) {
        const float* row = matrix + m * shape.k;
        if (adj_x_) {
          for (int64_t d = 0; d < shape.k; ++d) gathered[d] = matrix[d * shape.m + m];
          row = gathered;
        }
        const int64_t index = b * shape.m + m;
        params[index] =
            QuantizeRow(scheme_, row, static_cast<size_t>(shape.k), quantized + index * shape.k);
      }
    }
    family_.Run(quantized, ctx.input<int8_t>(1),
                DynamicResult{params, true, nullptr, &dequantize_, ctx.output<float>(0)},
                base + parts.family, ctx.parallel());
    return Status::Ok();
  }
  size_t owned_bytes() const override { return family_.owned_bytes(); }

 private:
  BatchMatMul family_;
  bool adj_x_;
  DynamicScheme scheme_;
  DynamicOutput dequantize_;
};

Result<std::unique_ptr<OpKernel>> PrepareHybrid(PrepareContext& ctx, BatchMatMulShape shape,
                                                const WeightsSource& right) {
  OCTO_ASSIGN_OR_RETURN(DynamicOutput dequantize, MakeDequantize(ctx, shape));
  const bool adj_x = std::exchange(shape.adj_x, false);
  OCTO_ASSIGN_OR_RETURN(BatchMatMul family, BatchMatMul::Make(shape, right));
  OCTO_RETURN_IF_ERROR(RequestCheckedScratch(
      ctx, HybridKernel::Scratch(shape).family + family.scratch_bytes(ctx.threads())));
  DynamicScheme scheme = DynamicScheme::kAsymmetricFloat;
  if (ctx.arithmetic() == Arithmetic::kReference) {
    scheme = ctx.options().Bool("asymmetric_quantize_inputs", false)
                 ? DynamicScheme::kAsymmetricDouble
                 : DynamicScheme::kSymmetric;
  }
  return std::unique_ptr<OpKernel>(
      new HybridKernel(std::move(family), adj_x, scheme, std::move(dequantize)));
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_ASSIGN_OR_RETURN(const Mode mode, ChooseMode(ctx));
  OCTO_ASSIGN_OR_RETURN(const BatchMatMulShape shape, PrepareShape(ctx));
  if (shape.left_batches == 0) {
    return MakeKernel([](EvalContext&) { return Status::Ok(); });
  }
  if (mode == Mode::kInt32) {
    return MakeKernel([shape](EvalContext& eval) {
      BatchMatMulInt32(shape, eval.input<int8_t>(0), eval.input<int8_t>(1),
                       eval.output<int32_t>(0));
      return Status::Ok();
    });
  }
  const TensorSpec& y = ctx.input(1);
  WeightsSource right;
  right.type = y.type;
  if (mode == Mode::kInt8) right.zero_point = y.zero_point();
  right.plain = mode == Mode::kInt16;
  right.data = y.is_constant ? y.constant.data() : nullptr;
  if (mode == Mode::kHybrid) return PrepareHybrid(ctx, shape, right);
  OCTO_ASSIGN_OR_RETURN(BatchMatMul family, BatchMatMul::Make(shape, right));
  OCTO_RETURN_IF_ERROR(RequestCheckedScratch(ctx, family.scratch_bytes(ctx.threads())));
  auto kernel = std::make_unique<Kernel>(std::move(family), mode);
  if (mode != Mode::kFloat) {
    OCTO_ASSIGN_OR_RETURN(kernel->requantize, MakeRequantize(ctx, shape.n));
    kernel->left_zero_point = ctx.input(0).zero_point();
    kernel->right_zero_point = y.zero_point();
  }
  return std::unique_ptr<OpKernel>(std::move(kernel));
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  const Shape& y = inputs[1].shape;
  const Shape& output = outputs[0].shape;
  const int64_t columns = output[output.rank() - 1];
  const int64_t matrix = int64_t{y[y.rank() - 1]} * y[y.rank() - 2];
  return columns == 0 ? 0 : output.num_elements() / columns * matrix;
}

}  // namespace

// XNNPACK takes it in float and hybrid; for integers LiteRT has the reference kernel alone.
extern const OpDef kBatchMatmulOp = {
    .op = BuiltinOp::kBatchMatmul,
    .prepare = Prepare,
    .quant = {.activation_inputs = 3u,
              .weight_input = 1,
              .int8_version = 2,
              .int16_version = 3,
              .dynamic_version = 1},
    .multiply_adds = MultiplyAdds,
};

}  // namespace octolite
