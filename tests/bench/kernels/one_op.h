#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/builtin_op.h"
#include "model/model.h"
#include "support/model_builder.h"

namespace octolite::bench {

using Dims = std::vector<int32_t>;
using Fields = testing::ModelBuilder::Fields;

// What an operator computes with.
enum class Numbers : uint8_t {
  kFloat32,
  kInt8,
  kDynamic,      // float activations, int8 weights
  kDynamicInt4,  // float activations, int4 weights
};

const char* NumbersName(Numbers numbers);

// A model of one operator with weights, a bias, and random content. Weights have a scale for each
// index of `channel_dimension`.
Model Weighted(BuiltinOp op, Numbers numbers, const Dims& input, const Dims& weights,
               int32_t channel_dimension, const Fields& options);

// A model of one operator without weights; int8 tensors all have the same scale, but for those of
// operators whose output scale the format prescribes. `constant` is an int32 operand, if not empty.
Model Plain(BuiltinOp op, Numbers numbers, const std::vector<Dims>& inputs, const Fields& options,
            const std::vector<int32_t>& constant = {});

}  // namespace octolite::bench
