#include "ops/common/split.h"

#include "ops/common/lists.h"

namespace octolite {
namespace {

struct SplitParams {
  std::vector<Shape> outputs;
  std::vector<CopyPlan> copies;
};

// The sizes of all parts, where one of them may be -1: what is left.
std::optional<IntList> ResolveSizes(IntList sizes, int64_t dim) {
  int64_t known = 0;
  int64_t* open = nullptr;
  for (int64_t& size : sizes) {
    if (size == -1 && open == nullptr) {
      open = &size;
      continue;
    }
    if (size < 0 || size > dim) return std::nullopt;
    known += size;
  }
  if (open != nullptr) *open = dim - known;
  if (open != nullptr ? *open < 0 : known != dim) return std::nullopt;
  return sizes;
}

// `sizes` is null for equal parts.
Result<SplitParams> MakeParams(const Shape& input, const IntList& axes, const IntList* sizes,
                               int parts, size_t element_bytes) {
  const auto axis = axes.size() == 1 ? ResolveAxis(axes[0], input.rank()) : std::nullopt;
  std::optional<IntList> lengths;
  if (axis) {
    const int32_t dim = input[*axis];
    if (sizes == nullptr) {
      if (dim % parts == 0) lengths = IntList(static_cast<size_t>(parts), dim / parts);
    } else if (sizes->size() == static_cast<size_t>(parts)) {
      lengths = ResolveSizes(*sizes, dim);
    }
  }
  if (!lengths) {
    return Status(StatusCode::kInvalidModel,
                  "has shape " + input.ToString() + ", which does not split into " +
                      std::to_string(parts) + (sizes ? " such" : " equal") +
                      " parts along dimension " +
                      (axes.size() == 1 ? std::to_string(axes[0]) : "unknown"));
  }
  SplitParams params;
  const Strides from = DenseStrides(input, element_bytes);
  int64_t at = 0;
  for (const int64_t length : *lengths) {
    Shape part = input;
    part.set_dim(*axis, static_cast<int32_t>(length));
    params.copies.push_back(MakeCopyPlan(part, element_bytes, from,
                                         DenseStrides(part, element_bytes),
                                         at * from[static_cast<size_t>(*axis)]));
    params.outputs.push_back(part);
    at += length;
  }
  return params;
}

Status Run(const SplitParams& params, int data, EvalContext& eval) {
  for (int i = 0; i < eval.num_outputs(); ++i) {
    const auto n = static_cast<size_t>(i);
    OCTO_RETURN_IF_ERROR(MoveElements(eval, data, i, params.outputs[n], params.copies[n]));
  }
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareSplit(PrepareContext& ctx, const SplitInputs& inputs) {
  const int parts = ctx.num_outputs();
  const int64_t wanted = ctx.options().Int("num_splits", 0);
  if (wanted < 1 || wanted != parts) {
    return ctx.Error(StatusCode::kInvalidModel, "splits into " + std::to_string(wanted) +
                                                    " parts but has " + std::to_string(parts) +
                                                    " outputs");
  }
  const TensorSpec& data = ctx.input(inputs.data);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, data));
  OCTO_RETURN_IF_ERROR(ExpectList(ctx, inputs.axis));
  const bool has_sizes = inputs.sizes >= 0;
  if (has_sizes) OCTO_RETURN_IF_ERROR(ExpectList(ctx, inputs.sizes));
  for (int i = 0; i < parts; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(data, ctx.output(i)));

  if (ctx.input(inputs.axis).is_constant && (!has_sizes || ctx.input(inputs.sizes).is_constant)) {
    const IntList sizes = has_sizes ? ConstantList(ctx.input(inputs.sizes)) : IntList();
    auto params = MakeParams(data.shape, ConstantList(ctx.input(inputs.axis)),
                             has_sizes ? &sizes : nullptr, parts, bytes);
    if (!params.ok()) {
      return ctx.InputError(inputs.data, params.status().code(), params.status().message());
    }
    for (int i = 0; i < parts; ++i) {
      SetMovedShape(ctx, i, params->outputs[static_cast<size_t>(i)]);
    }
    return MakeKernel([params = std::move(*params), from = inputs.data](EvalContext& eval) {
      return Run(params, from, eval);
    });
  }
  for (int i = 0; i < parts; ++i) ctx.SetOutputDynamic(i);
  return MakeKernel([=](EvalContext& eval) -> Status {
    const IntList sizes = has_sizes ? RuntimeList(eval.input_tensor(inputs.sizes)) : IntList();
    OCTO_ASSIGN_OR_RETURN(const SplitParams params,
                          MakeParams(eval.input_tensor(inputs.data).shape,
                                     RuntimeList(eval.input_tensor(inputs.axis)),
                                     has_sizes ? &sizes : nullptr, parts, bytes));
    for (int i = 0; i < parts; ++i) {
      if (eval.output_tensor(i).type == DataType::kString) continue;
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(i, params.outputs[static_cast<size_t>(i)]));
    }
    return Run(params, inputs.data, eval);
  });
}

}  // namespace octolite
