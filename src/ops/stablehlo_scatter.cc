#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ops/common/lists.h"
#include "ops/common/stablehlo_indices.h"
#include "ops/common/subgraph_call.h"

namespace octolite {
namespace {

// What becomes of an element and its update.
enum class Combine : uint8_t { kReplace, kAdd, kMultiply, kMaximum, kMinimum };

struct Scatter {
  Shape operand;
  Shape updates;
  IndexVectors vectors;
  std::vector<int> batch_dims;    // of the updates, which number the places
  std::vector<int> window_dims;   // of the updates
  std::vector<int> operand_dims;  // that each of the window dimensions is for
  Combine combine = Combine::kReplace;

  // The element of the operand that update `at` is for; -1 where that is outside.
  int64_t PlaceOf(const IndexReader& indices,
                  const std::array<int64_t, Shape::kMaxRank>& at) const {
    std::array<int64_t, Shape::kMaxRank> batch = {};
    for (size_t i = 0; i < batch_dims.size(); ++i) {
      batch[i] = at[static_cast<size_t>(batch_dims[i])];
    }
    IndexVectors::Place place = vectors.Read(indices, batch.data());
    std::array<int64_t, Shape::kMaxRank> window = {};
    for (size_t i = 0; i < window_dims.size(); ++i) {
      window[static_cast<size_t>(operand_dims[i])] = at[static_cast<size_t>(window_dims[i])];
    }
    int64_t element = 0;
    for (int d = 0; d < operand.rank(); ++d) {
      const auto i = static_cast<size_t>(d);
      // Without an overflow: a window index is never negative.
      if (place[i] >= operand[d] - window[i] || place[i] < -window[i]) return -1;
      element = element * operand[d] + place[i] + window[i];
    }
    return element;
  }
};

template <typename T>
T Combined(Combine combine, T a, T b) {
  // Integers wrap.
  using Wide = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  switch (combine) {
    case Combine::kAdd:
      return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b));
    case Combine::kMultiply:
      return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
    case Combine::kMaximum:
      return std::max(a, b);
    case Combine::kMinimum:
      return std::min(a, b);
    default:
      return b;
  }
}

// A bool as it is stored.
struct Bool {
  uint8_t value = 0;
};

template <>
Bool Combined<Bool>(Combine combine, Bool a, Bool b) {
  if (combine == Combine::kReplace) return b;
  const bool unites = combine == Combine::kAdd || combine == Combine::kMaximum;
  return {static_cast<uint8_t>(unites ? a.value | b.value : a.value & b.value)};
}

template <typename T>
void Run(const Scatter& scatter, EvalContext& eval) {
  const RuntimeTensor& output = eval.output_tensor(0);
  if (output.bytes > 0) std::memcpy(output.data, eval.input<uint8_t>(0), output.bytes);
  const IndexReader indices(eval.input_tensor(1));
  T* const to = eval.output<T>(0);
  const T* updates = eval.input<T>(2);
  std::array<int64_t, Shape::kMaxRank> at = {};
  for (int64_t n = scatter.updates.num_elements(); n > 0; --n, ++updates) {
    const int64_t place = scatter.PlaceOf(indices, at);
    if (place >= 0) to[place] = Combined(scatter.combine, to[place], *updates);
    for (int d = scatter.updates.rank() - 1; d >= 0; --d) {
      auto& index = at[static_cast<size_t>(d)];
      if (++index < scatter.updates[d]) break;
      index = 0;
    }
  }
}

template <typename T>
std::unique_ptr<OpKernel> MakeScatterKernel(const Scatter& scatter) {
  return MakeKernel([scatter](EvalContext& eval) {
    Run<T>(scatter, eval);
    return Status::Ok();
  });
}

// The one operator of the subgraph that says how to combine; none replaces.
Result<Combine> ReadCombine(const PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const int32_t index,
                        ReadSubgraph(ctx, "update_computation_subgraph_index"));
  const Subgraph& subgraph = ctx.model().subgraphs[static_cast<size_t>(index)];
  if (subgraph.operators.empty()) return Combine::kReplace;
  if (subgraph.operators.size() == 1) {
    switch (static_cast<BuiltinOp>(ctx.model().code(subgraph.operators[0]).builtin)) {
      case BuiltinOp::kStablehloAdd:
        return Combine::kAdd;
      case BuiltinOp::kStablehloMultiply:
        return Combine::kMultiply;
      case BuiltinOp::kStablehloMaximum:
        return Combine::kMaximum;
      case BuiltinOp::kStablehloMinimum:
        return Combine::kMinimum;
      default:
        break;
    }
  }
  return ctx.Error(StatusCode::kUnsupportedOperator,
                   "combines by something else than one addition, multiplication, maximum or "
                   "minimum");
}

// Nothing when the options contradict each other or the shapes.
std::optional<Scatter> MakeScatter(const PrepareContext& ctx, Combine combine) {
  Scatter scatter;
  scatter.operand = ctx.input(0).shape;
  scatter.updates = ctx.input(2).shape;
  scatter.combine = combine;
  const int rank = scatter.operand.rank();
  const auto window = ReadDimensions(ctx, "update_window_dims", scatter.updates.rank());
  const auto inserted = ReadDimensions(ctx, "inserted_window_dims", rank);
  const auto map = ReadDimensions(ctx, "scatter_dims_to_operand_dims", rank);
  if (!window || !inserted || !map) return std::nullopt;
  auto vectors =
      IndexVectors::Make(ctx.input(1).shape, ctx.options().Int("index_vector_dim", 0), *map);
  if (!vectors) return std::nullopt;
  scatter.vectors = std::move(*vectors);
  scatter.window_dims = *window;
  scatter.operand_dims = OtherDimensions(*inserted, rank);
  scatter.batch_dims = OtherDimensions(*window, scatter.updates.rank());
  const std::vector<int32_t>& batch = scatter.vectors.batch();
  if (scatter.operand_dims.size() != window->size() || scatter.batch_dims.size() != batch.size()) {
    return std::nullopt;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (scatter.updates[scatter.batch_dims[i]] != batch[i]) return std::nullopt;
  }
  return scatter;
}

// Inputs: the operand, places in it, updates: windows that are put into a copy of the operand.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(2)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 1, false));
  OCTO_ASSIGN_OR_RETURN(const Combine combine, ReadCombine(ctx));
  const auto scatter = MakeScatter(ctx, combine);
  if (!scatter) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has options that do not fit operand " + ctx.input(0).shape.ToString() +
                         ", indices " + ctx.input(1).shape.ToString() + " and updates " +
                         ctx.input(2).shape.ToString());
  }
  ctx.SetOutputShape(0, scatter->operand);
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return MakeScatterKernel<float>(*scatter);
    case DataType::kFloat64:
      return MakeScatterKernel<double>(*scatter);
    case DataType::kInt8:
      return MakeScatterKernel<int8_t>(*scatter);
    case DataType::kUInt8:
      return MakeScatterKernel<uint8_t>(*scatter);
    case DataType::kInt16:
      return MakeScatterKernel<int16_t>(*scatter);
    case DataType::kUInt16:
      return MakeScatterKernel<uint16_t>(*scatter);
    case DataType::kInt32:
      return MakeScatterKernel<int32_t>(*scatter);
    case DataType::kUInt32:
      return MakeScatterKernel<uint32_t>(*scatter);
    case DataType::kInt64:
      return MakeScatterKernel<int64_t>(*scatter);
    case DataType::kUInt64:
      return MakeScatterKernel<uint64_t>(*scatter);
    case DataType::kBool:
      return MakeScatterKernel<Bool>(*scatter);
    case DataType::kFloat16:
      if (combine == Combine::kReplace) return MakeScatterKernel<uint16_t>(*scatter);
      return ctx.UnsupportedType(ctx.input(0));
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kStablehloScatterOp = {.op = BuiltinOp::kStablehloScatter, .prepare = Prepare};

}  // namespace octolite
