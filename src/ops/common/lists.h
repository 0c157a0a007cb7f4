#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "ops/common/elements.h"
#include "ops/op_def.h"

namespace octolite {

// The numbers of a small int32 or int64 tensor: a shape, axes, paddings.
using IntList = std::vector<int64_t>;

// Whether a tensor may hold such a list: int32 or int64.
Status ExpectList(const PrepareContext& ctx, int input);

// `data` holds the elements of `shape`, of type int32 or int64.
IntList ReadList(DataType type, const Shape& shape, const uint8_t* data);
inline IntList ConstantList(const TensorSpec& tensor) {
  return ReadList(tensor.type, tensor.shape, tensor.constant.data());
}
IntList RuntimeList(const RuntimeTensor& tensor);

// The shape that a list of dimensions names; INVALID_MODEL when no tensor has it.
Result<Shape> ShapeFromList(const IntList& dims);

// The axis counted from the front; nothing when it is not in [-rank, rank).
std::optional<int> ResolveAxis(int64_t axis, int rank);

// Bytes of one element of a type that can be moved: refuses types without a size in whole bytes.
Result<size_t> MovableBytes(const PrepareContext& ctx, const TensorSpec& tensor);

// `run(params, eval)`, which returns nothing or a Status.
template <typename Run, typename Params>
Status RunWithParams(const Run& run, const Params& params, EvalContext& eval) {
  if constexpr (std::is_void_v<decltype(run(params, eval))>) {
    run(params, eval);
    return Status::Ok();
  } else {
    return run(params, eval);
  }
}

// Prepares an operator of one output whose shape follows from the shape of input `data` and from
// the numbers in inputs `lists`. Where those are constants all is decided here, and otherwise each
// time it runs. `make(input shape, lists)` returns Result<Params> with a member `Shape output`;
// `run(params, eval)` does the work, and returns a Status where it may fail. Outputs of strings are
// allocated by `run`.
template <typename Make, typename Run>
Result<std::unique_ptr<OpKernel>> PrepareWithLists(PrepareContext& ctx, int data,
                                                   const std::vector<int>& lists, Make make,
                                                   Run run) {
  bool constant = true;
  for (const int input : lists) {
    OCTO_RETURN_IF_ERROR(ExpectList(ctx, input));
    // A list without elements has no content that could be missing.
    constant =
        constant && (ctx.input(input).is_constant || ctx.input(input).shape.num_elements() == 0);
  }
  if (constant) {
    std::vector<IntList> values;
    for (const int input : lists) values.push_back(ConstantList(ctx.input(input)));
    auto params = make(ctx.input(data).shape, std::span<const IntList>(values));
    if (!params.ok()) {
      return ctx.InputError(data, params.status().code(), params.status().message());
    }
    SetMovedShape(ctx, 0, params->output);
    return MakeKernel([params = std::move(*params), run](EvalContext& eval) {
      return RunWithParams(run, params, eval);
    });
  }
  ctx.SetOutputDynamic(0);
  return MakeKernel([=](EvalContext& eval) {
    std::vector<IntList> values;
    for (const int input : lists) values.push_back(RuntimeList(eval.input_tensor(input)));
    OCTO_ASSIGN_OR_RETURN(const auto params,
                          make(eval.input_tensor(data).shape, std::span<const IntList>(values)));
    if (eval.output_tensor(0).type != DataType::kString) {
      OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, params.output));
    }
    return RunWithParams(run, params, eval);
  });
}

}  // namespace octolite
