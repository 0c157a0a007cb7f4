#include <algorithm>
#include <cmath>

#include "ops/common/lists.h"

namespace octolite {
namespace {

enum class Combiner : uint8_t { kSum = 0, kMean = 1, kSqrtN = 2 };

struct SparseLookup {
  Shape output;
  Shape buckets;  // the rows of the output
  int64_t columns = 1;
  int32_t rows = 0;  // of the table
  Combiner combiner = Combiner::kSum;
};

Result<SparseLookup> MakeParams(const Shape& table, const IntList& wanted, int lookup_rank,
                                Combiner combiner) {
  if (wanted.size() != static_cast<size_t>(lookup_rank)) {
    return Status(StatusCode::kInvalidModel, "has indices of " + std::to_string(lookup_rank) +
                                                 " numbers for a shape of " +
                                                 std::to_string(wanted.size()));
  }
  SparseLookup lookup;
  IntList dims(wanted.begin(), wanted.end() - 1);
  OCTO_ASSIGN_OR_RETURN(lookup.buckets, ShapeFromList(dims));
  dims.insert(dims.end(), table.dims().begin() + 1, table.dims().end());
  OCTO_ASSIGN_OR_RETURN(lookup.output, ShapeFromList(dims));
  lookup.columns = table.Product(1, table.rank());
  lookup.rows = table[0];
  lookup.combiner = combiner;
  return lookup;
}

// The row of the output that an index names; its last number, the place among the looked up, does
// not count.
Result<int64_t> BucketAt(const SparseLookup& lookup, const int32_t* index) {
  int64_t bucket = 0;
  for (int i = 0; i < lookup.buckets.rank(); ++i) {
    if (index[i] < 0 || index[i] >= lookup.buckets[i]) {
      return Status(StatusCode::kInvalidArgument, "has index " + std::to_string(index[i]) +
                                                      " in dimension " + std::to_string(i) +
                                                      " of " + lookup.buckets.ToString());
    }
    bucket = bucket * lookup.buckets[i] + index[i];
  }
  return bucket;
}

// The weights of neighbouring lookups of one bucket.
struct Weights {
  float total = 0;
  float squares = 0;
};

void Finish(const SparseLookup& lookup, const Weights& weights, float* row) {
  if (lookup.combiner == Combiner::kSum) return;
  const float divisor =
      lookup.combiner == Combiner::kMean ? weights.total : std::sqrt(weights.squares);
  for (int64_t c = 0; c < lookup.columns; ++c) row[c] /= divisor;
}

Status Run(const SparseLookup& lookup, EvalContext& eval) {
  auto* const output = eval.output<float>(0);
  std::fill_n(output, lookup.output.num_elements(), 0.0f);
  if (lookup.columns == 0) return Status::Ok();
  const Shape& indices = eval.input_tensor(1).shape;
  int64_t current = -1;
  Weights weights;
  for (int32_t i = 0; i < indices[0]; ++i) {
    const int32_t id = eval.input<int32_t>(0)[i];
    if (id < 0 || id >= lookup.rows) {
      return Status(StatusCode::kInvalidArgument,
                    "looks up row " + std::to_string(id) + " of " + std::to_string(lookup.rows));
    }
    OCTO_ASSIGN_OR_RETURN(const int64_t bucket,
                          BucketAt(lookup, eval.input<int32_t>(1) + int64_t{i} * indices[1]));
    if (bucket != current) {
      if (current >= 0) Finish(lookup, weights, output + current * lookup.columns);
      weights = {};
      current = bucket;
    }
    const float weight = eval.input<float>(3)[i];
    weights.total += weight;
    weights.squares += weight * weight;
    const float* const row = eval.input<float>(4) + id * lookup.columns;
    for (int64_t c = 0; c < lookup.columns; ++c) {
      output[current * lookup.columns + c] += row[c] * weight;
    }
  }
  if (current >= 0) Finish(lookup, weights, output + current * lookup.columns);
  return Status::Ok();
}

// Inputs: row numbers, the index that each belongs to, the shape of the indices, weights, the
// table. Rows with one index but for its last number are added up, each times its weight.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(5, 5, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(1), DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(2), DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(3), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(4), DataType::kFloat32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kFloat32));
  const Shape& ids = ctx.input(0).shape;
  const Shape& indices = ctx.input(1).shape;
  const Shape& weights = ctx.input(3).shape;
  const bool fits = ids.rank() == 1 && indices.rank() == 2 && weights == ids &&
                    indices[0] == ids[0] && indices[1] >= 1 && ctx.input(2).shape.rank() == 1 &&
                    ctx.input(4).shape.rank() >= 2;
  if (!fits) {
    return ctx.Error(StatusCode::kShapeMismatch,
                     "has rows " + ids.ToString() + ", indices " + indices.ToString() +
                         ", weights " + weights.ToString() + " and table " +
                         ctx.input(4).shape.ToString() + ", which do not fit");
  }
  const int64_t combiner = ctx.options().Int("combiner", 0);
  if (combiner < 0 || combiner > 2) {
    return ctx.Error(StatusCode::kInvalidModel, "has unknown combiner " + std::to_string(combiner));
  }
  return PrepareWithLists(
      ctx, 4, {2},
      [rank = indices[1], combiner](const Shape& table, std::span<const IntList> lists) {
        return MakeParams(table, lists[0], rank, static_cast<Combiner>(combiner));
      },
      Run);
}

}  // namespace

extern const OpDef kEmbeddingLookupSparseOp = {.op = BuiltinOp::kEmbeddingLookupSparse,
                                               .prepare = Prepare};

}  // namespace octolite
