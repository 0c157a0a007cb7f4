#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"

namespace octolite {

// What the passes need of float models.

// The model with float16 constants made float32, so that all weights are constants of that type.
Model WithFloat32Constants(const Model& model);

// The content of a float32 constant that holds finite values; empty for all else.
std::vector<float> FloatConstant(const Model& model, int32_t subgraph, int32_t tensor);

void SetFloatConstant(Model& model, int32_t subgraph, int32_t tensor,
                      std::span<const float> values);

// How many inputs of operators a tensor is.
int CountReaders(const Subgraph& subgraph, int32_t tensor);

}  // namespace octolite
