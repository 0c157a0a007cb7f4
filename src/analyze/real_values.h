#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "ops/op_def.h"

namespace octolite {

// Whether a tensor of this type and quantization stands for real numbers that can be compared:
// floats, booleans, integers (as they are), and integers with parameters of a whole tensor.
bool HasRealValues(const TensorSpec& spec);

// A tensor's elements as real numbers, dequantized by `spec`.
std::vector<float> ToReals(const TensorSpec& spec, const RuntimeTensor& value);

// Real numbers as a tensor's elements: quantized by `spec` where it has parameters, rounded to
// nearest, ties to even, and clamped to the type. Errors: SHAPE_MISMATCH, TYPE_MISMATCH.
Status FromReals(std::span<const float> reals, const TensorSpec& spec, RuntimeTensor& value);

}  // namespace octolite
