#pragma once

#include <cstdint>

#include "model/model.h"

namespace octolite {

// Bytes of the constants that an operator reads, also those behind a DEQUANTIZE.
int64_t OperatorConstantBytes(const Model& model, int32_t subgraph, int32_t op);

// Bytes of all constants that tensors refer to, shared buffers once.
int64_t ConstantBytes(const Model& model);

}  // namespace octolite
