#pragma once

#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Checks what the rest of the library relies on, in a model that was read and in one about to be
// written:
// - every index of a tensor, buffer, operator code, subgraph or external buffer is in range;
// - element types are known, dimensions are not negative, and sizes do not overflow;
// - constant data has the size that shape and type ask for (packed, string and sparse data too);
// - quantization has scales and zero points for the tensor or for each channel, finite and in the
//   range of the type; sparsity is consistent with itself and with the shape;
// - an operator reads what has content or was written before it, and writes neither to a constant
//   nor to a graph input nor to what another operator writes.
//
// Refused with kInvalidModel, or kUnsupportedModel for what a newer format may mean; the status
// says which subgraph, operator and tensor.
Status ValidateModel(const Model& model);

// The part of it that concerns one tensor: type, shape, data, quantization and sparsity.
Status ValidateTensor(const Model& model, const Subgraph& subgraph, const Tensor& tensor);

}  // namespace octolite
