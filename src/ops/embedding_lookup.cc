#include <cmath>
#include <cstring>
#include <vector>

#include "ops/common/elements.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct Table {
  int32_t rows = 0;
  int64_t columns = 0;  // elements of a row
};

Status CheckIndices(const Table& table, EvalContext& eval) {
  const RuntimeTensor& lookup = eval.input_tensor(0);
  for (int32_t i = 0; i < lookup.shape[0]; ++i) {
    const int32_t index = eval.input<int32_t>(0)[i];
    if (index >= 0 && index < table.rows) continue;
    return Status(StatusCode::kInvalidArgument,
                  "looks up row " + std::to_string(index) + " of " + std::to_string(table.rows));
  }
  return Status::Ok();
}

Status CopyRows(const Table& table, EvalContext& eval) {
  OCTO_RETURN_IF_ERROR(CheckIndices(table, eval));
  const RuntimeTensor& lookup = eval.input_tensor(0);
  const RuntimeTensor& value = eval.input_tensor(1);
  if (value.bytes == 0) return Status::Ok();
  const size_t bytes = value.bytes / static_cast<size_t>(table.rows);
  for (int32_t i = 0; i < lookup.shape[0]; ++i) {
    const auto row = static_cast<size_t>(eval.input<int32_t>(0)[i]);
    std::memcpy(eval.output<uint8_t>(0) + static_cast<size_t>(i) * bytes, value.data + row * bytes,
                bytes);
  }
  return Status::Ok();
}

// Element i of a row that begins at `row`; of 8 bits or less, the first in the lowest bits.
int32_t SignedAt(const uint8_t* row, int64_t i, int bits) {
  const int per_byte = 8 / bits;
  const auto shift = static_cast<int>(per_byte - 1 - i % per_byte) * bits;
  return static_cast<int8_t>(static_cast<uint8_t>(row[i / per_byte] << shift)) >> (8 - bits);
}

// uint8 counts as int8, as LiteRT reads it. So does a row of an odd number of 4-bit elements begin
// at a byte, the one that its first element is in.
Status DequantizeRows(const Table& table, int bits, const std::vector<float>& scales,
                      EvalContext& eval) {
  OCTO_RETURN_IF_ERROR(CheckIndices(table, eval));
  const RuntimeTensor& lookup = eval.input_tensor(0);
  float* to = eval.output<float>(0);
  for (int32_t i = 0; i < lookup.shape[0]; ++i) {
    const int32_t index = eval.input<int32_t>(0)[i];
    const float scale = scales[scales.size() > 1 ? static_cast<size_t>(index) : 0];
    const uint8_t* const row = eval.input<uint8_t>(1) + index * table.columns * bits / 8;
    for (int64_t c = 0; c < table.columns; ++c) {
      *to++ = static_cast<float>(SignedAt(row, c, bits)) * scale;
    }
  }
  return Status::Ok();
}

// One scale, or one for each row; symmetric.
Status CheckScales(const PrepareContext& ctx, const TensorSpec& value) {
  const auto refuse = [&](const char* why) {
    return ctx.InputError(1, StatusCode::kInvalidModel, why);
  };
  if (!value.quantized()) return refuse("has no scale to become float32 with");
  const Quantization& q = *value.quantization;
  const auto rows = static_cast<size_t>(value.shape[0]);
  if (q.scale.size() != 1 && (q.scale.size() != rows || q.quantized_dimension != 0)) {
    return refuse("has neither one scale nor one for each row");
  }
  for (const float scale : q.scale) {
    if (!(scale > 0) || !std::isfinite(scale)) return refuse("has a scale that is not positive");
  }
  if (q.zero_point_at(0) != 0) return refuse("has a zero point, where none is taken");
  return Status::Ok();
}

// Input 0: row numbers; input 1: the rows, copied or, of 8 bits or less, made float32.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kInt32));
  const TensorSpec& value = ctx.input(1);
  const TensorSpec& output = ctx.output(0);
  if (ctx.input(0).shape.rank() != 1 || value.shape.rank() < 2) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + ctx.input(0).shape.ToString() + " and looks up rows of " +
                              value.shape.ToString());
  }
  IntList dims(value.shape.dims().begin(), value.shape.dims().end());
  dims[0] = ctx.input(0).shape[0];
  auto shape = ShapeFromList(dims);
  if (!shape.ok()) return ctx.InputError(0, shape.status().code(), shape.status().message());
  ctx.SetOutputShape(0, *shape);
  const Table table = {value.shape[0], value.shape.Product(1, value.shape.rank())};

  const int bits = DataTypeBits(value.type);
  if (value.type == output.type) {
    if (bits < 8) return ctx.UnsupportedType(value);
    return MakeKernel([table](EvalContext& eval) { return CopyRows(table, eval); });
  }
  const bool small = value.type == DataType::kInt8 || value.type == DataType::kUInt8 ||
                     value.type == DataType::kInt4 || value.type == DataType::kInt2;
  if (!small) return ctx.UnsupportedType(value);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(output, DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(CheckScales(ctx, value));
  return MakeKernel([table, bits, scales = value.quantization->scale](EvalContext& eval) {
    return DequantizeRows(table, bits, scales, eval);
  });
}

}  // namespace

extern const OpDef kEmbeddingLookupOp = {
    .op = BuiltinOp::kEmbeddingLookup,
    .prepare = Prepare,
    .quant = {.weight_input = 1,
              .channel_axis = 0,
              .dynamic_version = 3,
              .dynamic_per_channel_version = 4,
              .int4_version = 4,
              .int2_version = 5},
};

}  // namespace octolite
