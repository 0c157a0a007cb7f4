#pragma once

#include "ops/op_def.h"

namespace octolite {

// Where SPLIT and SPLIT_V have their inputs.
struct SplitInputs {
  int data = 0;
  int axis = 0;
  int sizes = -1;  // a list of one size for each output, one of which may be -1; -1: equal parts
};

// Prepares an operator that cuts a tensor along one dimension, one part for each output.
Result<std::unique_ptr<OpKernel>> PrepareSplit(PrepareContext& ctx, const SplitInputs& inputs);

}  // namespace octolite
