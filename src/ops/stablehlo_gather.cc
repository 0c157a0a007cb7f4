#include <algorithm>
#include <vector>

#include "ops/common/lists.h"
#include "ops/common/stablehlo_indices.h"

namespace octolite {
namespace {

struct Gather {
  Shape operand;
  Shape output;
  std::vector<int64_t> slice_sizes;
  IndexVectors vectors;
  std::vector<int> batch_dims;  // of the output
  CopyPlan slice;               // from the operand's beginning to the output's
  size_t element_bytes = 1;

  void Run(const IndexReader& indices, const uint8_t* from, uint8_t* to) const {
    if (output.num_elements() == 0) return;
    const Strides from_strides = DenseStrides(operand, element_bytes);
    const Strides to_strides = DenseStrides(output, element_bytes);
    std::array<int64_t, Shape::kMaxRank> at = {};
    while (true) {
      const IndexVectors::Place place = vectors.Read(indices, at.data());
      int64_t from_offset = 0;
      for (size_t d = 0; d < slice_sizes.size(); ++d) {
        // Moved back inside where the slice would stick out.
        const int64_t last = operand[static_cast<int>(d)] - slice_sizes[d];
        from_offset += std::clamp<int64_t>(place[d], 0, last) * from_strides[d];
      }
      int64_t to_offset = 0;
      for (size_t i = 0; i < batch_dims.size(); ++i) {
        to_offset += at[i] * to_strides[static_cast<size_t>(batch_dims[i])];
      }
      RunCopy(slice, from + from_offset, to + to_offset);
      size_t i = batch_dims.size();
      while (i-- > 0) {
        if (++at[i] < vectors.batch()[i]) break;
        at[i] = 0;
      }
      if (i == SIZE_MAX) return;
    }
  }
};

// Nothing when the options contradict each other or the shapes.
std::optional<Gather> MakeGather(const PrepareContext& ctx, size_t element_bytes) {
  const Options& options = ctx.options();
  Gather gather;
  gather.operand = ctx.input(0).shape;
  gather.element_bytes = element_bytes;
  const int rank = gather.operand.rank();
  const auto collapsed = ReadDimensions(ctx, "collapsed_slice_dims", rank);
  const auto start_map = ReadDimensions(ctx, "start_index_map", rank);
  const std::vector<int64_t>* const sizes = options.Ints("slice_sizes");
  if (!collapsed || !start_map) return std::nullopt;
  if (sizes != nullptr) gather.slice_sizes = *sizes;
  if (gather.slice_sizes.size() != static_cast<size_t>(rank)) return std::nullopt;
  auto vectors =
      IndexVectors::Make(ctx.input(1).shape, options.Int("index_vector_dim", 0), *start_map);
  if (!vectors) return std::nullopt;
  gather.vectors = std::move(*vectors);

  const std::vector<int> kept = OtherDimensions(*collapsed, rank);
  const size_t output_rank = gather.vectors.batch().size() + kept.size();
  if (output_rank > static_cast<size_t>(Shape::kMaxRank)) return std::nullopt;
  const auto offsets = ReadDimensions(ctx, "offset_dims", static_cast<int>(output_rank));
  if (!offsets || offsets->size() != kept.size() || !std::ranges::is_sorted(*offsets)) {
    return std::nullopt;
  }
  gather.batch_dims = OtherDimensions(*offsets, static_cast<int>(output_rank));
  Shape block;
  for (int d = 0; d < rank; ++d) {
    const int64_t size = gather.slice_sizes[static_cast<size_t>(d)];
    const bool is_kept = std::ranges::find(kept, d) != kept.end();
    if (size < 0 || size > (is_kept ? gather.operand[d] : std::min(1, gather.operand[d]))) {
      return std::nullopt;
    }
    block.Append(static_cast<int32_t>(size));
  }
  IntList dims(output_rank);
  for (size_t i = 0; i < kept.size(); ++i) {
    dims[static_cast<size_t>((*offsets)[i])] = block[kept[i]];
  }
  for (size_t i = 0; i < gather.batch_dims.size(); ++i) {
    dims[static_cast<size_t>(gather.batch_dims[i])] = gather.vectors.batch()[i];
  }
  const auto output = ShapeFromList(dims);
  if (!output.ok()) return std::nullopt;
  gather.output = *output;
  const Strides output_strides = DenseStrides(gather.output, element_bytes);
  Strides to = {};
  for (size_t i = 0; i < kept.size(); ++i) {
    to[static_cast<size_t>(kept[i])] = output_strides[static_cast<size_t>((*offsets)[i])];
  }
  gather.slice =
      MakeCopyPlan(block, element_bytes, DenseStrides(gather.operand, element_bytes), to);
  return gather;
}

// Input 0: the operand; input 1: places in it, where slices begin that are put together.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 1, false));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  const auto gather = MakeGather(ctx, bytes);
  if (!gather) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has options that do not fit operand " + ctx.input(0).shape.ToString() +
                         " and indices " + ctx.input(1).shape.ToString());
  }
  ctx.SetOutputShape(0, gather->output);
  return MakeKernel([gather = *gather](EvalContext& eval) {
    gather.Run(IndexReader(eval.input_tensor(1)), eval.input<uint8_t>(0), eval.output<uint8_t>(0));
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kStablehloGatherOp = {.op = BuiltinOp::kStablehloGather, .prepare = Prepare};

}  // namespace octolite
