#include <algorithm>

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct SliceParams {
  Shape output;
  CopyPlan copy;
};

// Bit i of each speaks of entry i of the begin, end and stride lists.
struct Masks {
  int64_t begin = 0;     // start at the first element there is
  int64_t end = 0;       // run to the last one
  int64_t ellipsis = 0;  // stands for all dimensions that no entry speaks of
  int64_t new_axis = 0;  // a dimension of size 1 that the input does not have
  int64_t shrink = 0;    // one element, whose dimension goes
  bool offset = false;   // ends count from the beginning of the slice
};

bool Has(int64_t mask, size_t bit) { return ((mask >> bit) & 1) != 0; }

// What one entry takes of a dimension.
struct Range {
  int64_t start = 0;
  int64_t stride = 1;
  int64_t count = 0;
};

// The rules of Python's slices: negative places count from the end, then all is clamped.
Range ResolveRange(int64_t dim, int64_t begin, int64_t end, int64_t stride, bool from_first,
                   bool to_last, bool end_is_offset) {
  const bool forward = stride > 0;
  const int64_t lowest = forward ? 0 : -1;
  const int64_t highest = forward ? dim : dim - 1;
  const auto place = [&](int64_t at) {
    return std::clamp(at < 0 ? at + dim : at, lowest, highest);
  };
  Range range;
  range.stride = stride;
  range.start = from_first ? (forward ? lowest : highest) : place(begin);
  int64_t stop = forward ? highest : lowest;
  if (!to_last) stop = end_is_offset ? std::clamp(range.start + end, lowest, highest) : place(end);
  const int64_t distance = forward ? stop - range.start : range.start - stop;
  const int64_t step = forward ? stride : -stride;
  range.count = distance <= 0 ? 0 : (distance + step - 1) / step;
  // With one element or none nothing is stepped over, however far a step would lead.
  if (range.count <= 1) range.stride = 1;
  return range;
}

Result<SliceParams> MakeParams(const Shape& input, std::span<const IntList> lists,
                               const Masks& masks, size_t element_bytes) {
  const IntList& begin = lists[0];
  const IntList& end = lists[1];
  const IntList& strides = lists[2];
  const auto refuse = [](std::string message) {
    return Status(StatusCode::kInvalidModel, std::move(message));
  };
  constexpr size_t kMostEntries = 2 * Shape::kMaxRank;
  if (begin.size() != end.size() || begin.size() != strides.size() || begin.size() > kMostEntries) {
    return refuse("has begin, end and strides of lengths that do not fit");
  }
  const Strides from = DenseStrides(input, element_bytes);
  const auto rank = static_cast<size_t>(input.rank());
  size_t named = 0;  // dimensions of the input that entries speak of
  for (size_t i = 0; i < begin.size(); ++i) {
    if (!Has(masks.ellipsis, i) && !Has(masks.new_axis, i)) ++named;
  }
  if (named > rank) {
    return refuse("slices more dimensions than there are in " + input.ToString());
  }

  // The block that is read, with its strides in the input; the output has some dimensions more.
  SliceParams params;
  Shape block;
  Strides block_from = {};
  int64_t offset = 0;
  size_t d = 0;
  bool fits = true;
  const auto append_output = [&](int64_t count) {
    fits = fits && params.output.rank() < Shape::kMaxRank;
    if (fits) params.output.Append(static_cast<int32_t>(count));
  };
  const auto take_all = [&](size_t until) {
    for (; d < until; ++d) {
      block_from[static_cast<size_t>(block.rank())] = from[d];
      block.Append(input[static_cast<int>(d)]);
      append_output(input[static_cast<int>(d)]);
    }
  };
  bool ellipsis_seen = false;
  for (size_t i = 0; i < begin.size(); ++i) {
    if (Has(masks.ellipsis, i)) {
      if (ellipsis_seen) return refuse("has more than one ellipsis");
      ellipsis_seen = true;
      take_all(d + rank - named);
      continue;
    }
    if (Has(masks.new_axis, i)) {
      append_output(1);
      continue;
    }
    const int64_t dim = input[static_cast<int>(d)];
    // INT32_MIN is how "from the end" is sometimes written.
    const auto bounded = [](int64_t value) {
      return std::clamp<int64_t>(value, INT32_MIN, INT32_MAX);
    };
    const int64_t stride = strides[i];
    if (stride == 0 || stride != bounded(stride)) {
      return refuse("has a stride of " + std::to_string(stride));
    }
    Range range = ResolveRange(dim, bounded(begin[i]), bounded(end[i]), stride, Has(masks.begin, i),
                               Has(masks.end, i), masks.offset);
    if (Has(masks.shrink, i)) {
      const int64_t at = begin[i] < 0 ? begin[i] + dim : begin[i];
      const int64_t place = Has(masks.begin, i) ? 0 : at;
      if (place < 0 || place >= dim || stride < 0) {
        return refuse("takes element " + std::to_string(begin[i]) + " of dimension " +
                      std::to_string(d) + " of " + input.ToString());
      }
      range = {place, 1, 1};
    } else {
      append_output(range.count);
    }
    if (range.count > 0) offset += range.start * from[d];
    block_from[static_cast<size_t>(block.rank())] = from[d] * range.stride;
    block.Append(static_cast<int32_t>(range.count));
    ++d;
  }
  take_all(rank);
  if (!fits) return refuse("makes more than 8 dimensions");
  params.copy =
      MakeCopyPlan(block, element_bytes, block_from, DenseStrides(block, element_bytes), offset);
  return params;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(4, 4, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  const Options& options = ctx.options();
  const Masks masks = {.begin = options.Int("begin_mask", 0),
                       .end = options.Int("end_mask", 0),
                       .ellipsis = options.Int("ellipsis_mask", 0),
                       .new_axis = options.Int("new_axis_mask", 0),
                       .shrink = options.Int("shrink_axis_mask", 0),
                       .offset = options.Bool("offset", false)};
  return PrepareWithLists(
      ctx, 0, {1, 2, 3},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists, masks, bytes);
      },
      [](const SliceParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, params.copy);
      });
}

}  // namespace

extern const OpDef kStridedSliceOp = {
    .op = BuiltinOp::kStridedSlice,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 2},
};

}  // namespace octolite
