#include "kernels/move/copy.h"
#include "ops/common/elements.h"

namespace octolite {
namespace {

struct ReverseSequence {
  Shape shape;
  int sequence = 0;  // dimension that is reversed
  int batch = 0;     // dimension whose indices have lengths of their own
  size_t element_bytes = 1;

  Status Run(const IndexReader& lengths, const uint8_t* from, uint8_t* to) const {
    const Strides strides = DenseStrides(shape, element_bytes);
    const int64_t step = strides[static_cast<size_t>(sequence)];
    Shape block = shape;
    block.set_dim(batch, 1);
    for (int32_t b = 0; b < shape[batch]; ++b) {
      const int64_t length = lengths[b];
      if (length < 0 || length > shape[sequence]) {
        return Status(StatusCode::kInvalidModel,
                      "reverses " + std::to_string(length) + " elements of dimension " +
                          std::to_string(sequence) + " of " + shape.ToString());
      }
      const int64_t start = b * strides[static_cast<size_t>(batch)];
      Strides backwards = strides;
      backwards[static_cast<size_t>(sequence)] = -step;
      block.set_dim(sequence, static_cast<int32_t>(length));
      RunCopy(MakeCopyPlan(block, element_bytes, backwards, strides, start + (length - 1) * step,
                           start),
              from, to);
      block.set_dim(sequence, static_cast<int32_t>(shape[sequence] - length));
      const int64_t rest = start + length * step;
      RunCopy(MakeCopyPlan(block, element_bytes, strides, strides, rest, rest), from, to);
    }
    return Status::Ok();
  }
};

// Input 1: how many elements are reversed, one number for each index of the batch.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 1, false));
  const Shape& shape = ctx.input(0).shape;
  const Shape& lengths = ctx.input(1).shape;
  const int64_t sequence = ctx.options().Int("seq_dim", 0);
  const int64_t batch = ctx.options().Int("batch_dim", 0);
  const auto inside = [&](int64_t dim) { return dim >= 0 && dim < shape.rank(); };
  if (!inside(sequence) || !inside(batch) || sequence == batch) {
    return ctx.Error(StatusCode::kInvalidModel, "has seq_dim " + std::to_string(sequence) +
                                                    " and batch_dim " + std::to_string(batch) +
                                                    " for shape " + shape.ToString());
  }
  if (lengths.rank() != 1 || lengths[0] != shape[static_cast<int>(batch)]) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + lengths.ToString() +
                              " where one length for each index of dimension " +
                              std::to_string(batch) + " of " + shape.ToString() + " is needed");
  }
  SetMovedShape(ctx, 0, shape);
  const ReverseSequence reverse = {shape, static_cast<int>(sequence), static_cast<int>(batch),
                                   bytes};
  return MakeKernel([reverse](EvalContext& eval) {
    return MoveElements(eval, 0, 0, reverse.shape, [&](const uint8_t* from, uint8_t* to) {
      return reverse.Run(IndexReader(eval.input_tensor(1)), from, to);
    });
  });
}

}  // namespace

extern const OpDef kReverseSequenceOp = {.op = BuiltinOp::kReverseSequence, .prepare = Prepare};

}  // namespace octolite
