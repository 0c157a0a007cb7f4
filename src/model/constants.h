#pragma once

#include <cstdint>

#include "model/model.h"

namespace octolite {

// The constant that a tensor holds or, by an operator of its subgraph, is dequantized from; null
// when there is none.
const Tensor* ConstantBehind(const Model& model, const Subgraph& subgraph, int32_t tensor);

// Bytes of the constants that an operator reads, also those behind a DEQUANTIZE.
int64_t OperatorConstantBytes(const Model& model, int32_t subgraph, int32_t op);

// Bytes of all constants that tensors refer to, shared buffers once.
int64_t ConstantBytes(const Model& model);

}  // namespace octolite
