#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"
#include "quantize/weights.h"

namespace octolite {

// An operator of a model.
struct OperatorId {
  int32_t subgraph = 0;
  int32_t op = 0;
  bool operator==(const OperatorId&) const = default;
};

// A constant of two or more dimensions that an operator multiplies with, at once or after a
// DEQUANTIZE. Constants that share a buffer are one.
struct WeightTensor {
  int32_t subgraph = 0;
  int32_t tensor = 0;
  int32_t axis = -1;  // of the operator's channels; -1: it has none
  OperatorId user;    // the first one that multiplies with it
  std::string op_name;
};

// The weights of a model in order of their operators, but for those that are sparse, lie outside
// the file, are of a type without real values or are also used otherwise.
std::vector<WeightTensor> FindWeights(const Model& model);

// The content of weights: real = scale * (code - zero_point). Float weights are their own codes.
struct WeightValues {
  DataType type = DataType::kFloat32;
  std::vector<float> codes;
  // Parts with a scale of their own.
  WeightLayout layout;
  std::vector<float> scales;       // one, or one for each channel of the layout
  std::vector<float> zero_points;  // as many

  bool integer() const;
  float scale(int64_t channel) const { return scales[scales.size() > 1 ? Index(channel) : 0]; }
  float zero_point(int64_t channel) const {
    return zero_points[zero_points.size() > 1 ? Index(channel) : 0];
  }

 private:
  static size_t Index(int64_t channel) { return static_cast<size_t>(channel); }
};

WeightValues ReadWeights(const Model& model, const WeightTensor& weights);
// Codes as the file stores them, rounded to the type.
std::vector<uint8_t> PackCodes(DataType type, std::span<const float> codes);

// What an element is worth as it is stored: a float16 constant holds no other.
float RoundToType(DataType type, float code);

// Calls use(index of the element, channel) for every element of a layout, in order of memory.
template <typename Use>
void ForEachElement(const WeightLayout& layout, Use&& use) {
  size_t element = 0;
  for (int64_t i = 0; i < layout.outer; ++i) {
    for (int64_t channel = 0; channel < layout.groups; ++channel) {
      for (int64_t j = 0; j < layout.inner; ++j) use(element++, channel);
    }
  }
}

// How far changed codes are from those that they replace, as real numbers.
struct WeightError {
  double sqnr_db = 0;  // -300 to 300; 300: none
  double max_abs_error = 0;
};
WeightError CompareCodes(const WeightValues& before, std::span<const float> codes);

}  // namespace octolite
