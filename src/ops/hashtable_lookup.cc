#include <cstring>

#include "ops/common/elements.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Where the key is, by bisection; -1 where the keys, in ascending order, have it not.
int64_t FindKey(const int32_t* keys, int64_t count, int32_t wanted) {
  int64_t low = 0;
  int64_t high = count;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (keys[middle] == wanted) return middle;
    if (wanted < keys[middle]) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return -1;
}

// Inputs: what is looked up, keys, a value for each key. Outputs: the values, zero or empty where
// there is no such key, and whether there is.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 2));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(1), DataType::kInt32));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(2), ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(1), DataType::kUInt8));
  const TensorSpec& value = ctx.input(2);
  if (value.type != DataType::kString) OCTO_RETURN_IF_ERROR(MovableBytes(ctx, value).status());
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, value));
  const Shape& lookup = ctx.input(0).shape;
  const Shape& keys = ctx.input(1).shape;
  const bool fits = lookup.rank() == 1 && keys.rank() == 1 && value.shape.rank() >= 1 &&
                    value.shape[0] == keys[0];
  if (!fits) {
    return ctx.InputError(2, StatusCode::kShapeMismatch,
                          "has shape " + value.shape.ToString() + " for keys " + keys.ToString() +
                              " and lookups " + lookup.ToString());
  }
  IntList dims(value.shape.dims().begin(), value.shape.dims().end());
  dims[0] = lookup[0];
  auto shape = ShapeFromList(dims);
  if (!shape.ok()) return ctx.InputError(0, shape.status().code(), shape.status().message());
  SetMovedShape(ctx, 0, *shape);
  ctx.SetOutputShape(1, lookup);
  const size_t run = static_cast<size_t>(value.shape.Product(1, value.shape.rank())) * bytes;
  return MakeKernel([shape = *shape, run](EvalContext& eval) {
    return MoveElements(eval, 2, 0, shape, [&](const uint8_t* from, uint8_t* to) {
      const int64_t keys_count = eval.input_tensor(1).shape[0];
      for (int64_t i = 0; i < eval.input_tensor(0).shape[0]; ++i) {
        const int64_t row = FindKey(eval.input<int32_t>(1), keys_count, eval.input<int32_t>(0)[i]);
        eval.output<uint8_t>(1)[i] = row >= 0 ? 1 : 0;
        if (run == 0) continue;
        uint8_t* const place = to + static_cast<size_t>(i) * run;
        if (row >= 0) {
          std::memcpy(place, from + static_cast<size_t>(row) * run, run);
        } else {
          std::memset(place, 0, run);
        }
      }
      return Status::Ok();
    });
  });
}

}  // namespace

extern const OpDef kHashtableLookupOp = {.op = BuiltinOp::kHashtableLookup, .prepare = Prepare};

}  // namespace octolite
