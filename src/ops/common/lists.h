#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

// The axis counted from the front; nothing when it is not in [-rank, rank).
std::optional<int> ResolveAxis(int64_t axis, int rank);

// Bytes of one element of a type that can be moved: refuses types without a size in whole bytes.
Result<size_t> MovableBytes(const PrepareContext& ctx, const TensorSpec& tensor);

// Prepares an operator of one output whose shape follows from the shape of input `data` and from
// the numbers in inputs `lists`. Where those are constants all is decided here, and otherwise each
// time it runs. `make(input shape, lists)` returns Result<Params> with a member `Shape output`;
// `run(params, eval)` does the work.
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
    ctx.SetOutputShape(0, params->output);
    return MakeKernel([params = std::move(*params), run](EvalContext& eval) {
      run(params, eval);
      return Status::Ok();
    });
  }
  ctx.SetOutputDynamic(0);
  return MakeKernel([=](EvalContext& eval) {
    std::vector<IntList> values;
    for (const int input : lists) values.push_back(RuntimeList(eval.input_tensor(input)));
    OCTO_ASSIGN_OR_RETURN(const auto params,
                          make(eval.input_tensor(data).shape, std::span<const IntList>(values)));
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, params.output));
    run(params, eval);
    return Status::Ok();
  });
}

}  // namespace octolite
