#include <algorithm>
#include <cstring>
#include <type_traits>

#include "ops/common/lists.h"
#include "ops/common/slices.h"

namespace octolite {
namespace {

struct ScatterParams {
  Shape output;
  SliceIndices slices;
};

Result<ScatterParams> MakeParams(const Shape& indices, const Shape& updates,
                                 const IntList& wanted) {
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(wanted));
  const auto slices = MakeSliceIndices(output, indices);
  bool fits = slices.has_value();
  if (fits) {
    // Updates are the slices, in the place of the rows that name them.
    IntList dims(indices.dims().begin(), indices.dims().end() - 1);
    dims.insert(dims.end(), output.dims().begin() + slices->indexed.rank(), output.dims().end());
    fits = std::ranges::equal(dims, updates.dims());
  }
  if (!fits) {
    return Status(StatusCode::kInvalidModel, "has indices " + indices.ToString() + " and updates " +
                                                 updates.ToString() + ", which do not fit shape " +
                                                 output.ToString());
  }
  return ScatterParams{output, *slices};
}

// What two updates of one place make together: integers wrap, bools are united.
struct Sum {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      using Wrapping = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<Wrapping>(a) + static_cast<Wrapping>(b));
    } else {
      return a + b;
    }
  }
};

struct Union {
  uint8_t operator()(uint8_t a, uint8_t b) const { return a | b; }
};

template <typename T, typename Combine>
Status Scatter(const ScatterParams& params, EvalContext& eval) {
  const IndexReader indices(eval.input_tensor(0));
  const T* updates = eval.input<T>(1);
  const RuntimeTensor& output = eval.output_tensor(0);
  if (output.bytes > 0) std::memset(output.data, 0, output.bytes);
  const SliceIndices& slices = params.slices;
  if (slices.slice == 0) return Status::Ok();
  for (int64_t row = 0; row < slices.rows; ++row) {
    OCTO_ASSIGN_OR_RETURN(const int64_t place, SliceAt(slices, indices, row));
    T* const to = eval.output<T>(0) + place * slices.slice;
    for (int64_t i = 0; i < slices.slice; ++i) {
      to[i] = Combine()(to[i], updates[row * slices.slice + i]);
    }
  }
  return Status::Ok();
}

template <typename T, typename Combine = Sum>
Result<std::unique_ptr<OpKernel>> PrepareTyped(PrepareContext& ctx) {
  return PrepareWithLists(
      ctx, 1, {2},
      [indices = ctx.input(0).shape](const Shape& updates, std::span<const IntList> lists) {
        return MakeParams(indices, updates, lists[0]);
      },
      Scatter<T, Combine>);
}

// Inputs: indices, updates, the shape of the output, which is zero where nothing is added.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  ctx.SetOutputType(0, ctx.input(1).type);
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 0, false));
  switch (ctx.input(1).type) {
    case DataType::kFloat32:
      return PrepareTyped<float>(ctx);
    case DataType::kUInt8:
      return PrepareTyped<uint8_t>(ctx);
    case DataType::kInt8:
      return PrepareTyped<int8_t>(ctx);
    case DataType::kInt32:
      return PrepareTyped<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareTyped<int64_t>(ctx);
    case DataType::kBool:
      return PrepareTyped<uint8_t, Union>(ctx);
    default:
      return ctx.UnsupportedType(ctx.input(1));
  }
}

}  // namespace

extern const OpDef kScatterNdOp = {
    .op = BuiltinOp::kScatterNd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b10, .scale = ScaleRule::kSameScale, .int8_version = 1},
};

}  // namespace octolite
