#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/model.h"
#include "recover/linear_layer.h"

namespace octolite {

// The weights of a layer of a quantized model, taken apart: value = scale * (code - zero_point).
struct IntegerWeights {
  int32_t tensor = 0;  // that holds the codes; the layer may read it through a DEQUANTIZE
  int32_t bits = 8;
  int32_t min_code = -127;
  int32_t max_code = 127;
  std::vector<int8_t> codes;  // one for each weight, as the tensor has them
  std::vector<float> scales;  // one for each weight
  std::vector<int8_t> zero_points;

  float Value(size_t i) const { return scales[i] * static_cast<float>(codes[i] - zero_points[i]); }
};

// Nothing where the layer's weights are no integers with parameters, or other operators read them.
std::optional<IntegerWeights> ReadIntegerWeights(const Model& model, int32_t subgraph,
                                                 const LinearLayer& layer);

// Puts the codes back.
void WriteCodes(Model& model, int32_t subgraph, const IntegerWeights& weights);

// Gives a tensor content of its own: others that shared its buffer keep what they have.
void SetTensorBytes(Model& model, int32_t subgraph, int32_t tensor, ByteVector bytes);

}  // namespace octolite
