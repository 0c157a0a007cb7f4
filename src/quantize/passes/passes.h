#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/data_type.h"
#include "quantize/model_editor.h"
#include "quantize/policy.h"
#include "quantize/scale_solver.h"

namespace octolite {

// The transformations that quantization is made of, one a file. All but the first two work on one
// subgraph and change the operators whose decision says so.

// A float16 constant that was made float32.
struct FoldedConstant {
  int32_t subgraph = 0;
  int32_t op = 0;      // the DEQUANTIZE that is gone
  int32_t tensor = 0;  // its output, now a float32 constant
};

// Takes DEQUANTIZE operators on float16 constants out and leaves float32 constants, so that the
// other passes see a float32 model.
std::vector<FoldedConstant> FoldFloat16(ModelEditor& editor);

bool IsFolded(std::span<const FoldedConstant> folded, int32_t subgraph, int32_t tensor);

// Puts back those whose tensor is read after all, so that what was not quantized stays as it came.
void UnfoldFloat16(ModelEditor& editor, std::span<const FoldedConstant> folded);

// kFloat16: constants to float16, read through a DEQUANTIZE. Constants with values that float16
// cannot hold stay, with a warning.
void CastFloat16(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                 std::span<const FoldedConstant> folded, std::vector<std::string>& warnings);

// kWeightOnly: weights to integers, read through a DEQUANTIZE.
Status QuantizeWeightsOnly(ModelEditor& editor, int32_t subgraph,
                           std::span<const Decision> decisions);

// kDynamic: weights to integers, which the operator takes with float activations. A bias that came
// as float16 becomes a float32 constant: LiteRT wants it known beforehand.
Status QuantizeDynamic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                       std::span<const FoldedConstant> folded);

struct EdgeTypes {
  DataType input = DataType::kFloat32;
  DataType output = DataType::kFloat32;
};

// kStatic: weights, biases and activations to integers, and conversions where integers meet
// floats or other parameters: one for each tensor and form, shared by all that read it.
Status QuantizeStatic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                      const ActivationForms& forms, const EdgeTypes& edges,
                      std::vector<std::string>& warnings);

}  // namespace octolite
