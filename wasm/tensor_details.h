#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/shape.h"
#include "model/model.h"

namespace octolite::wasm {

// A JavaScript array of numbers.
template <typename T>
emscripten::val NumberArray(std::span<const T> values) {
  emscripten::val array = emscripten::val::array();
  for (size_t i = 0; i < values.size(); ++i) array.set(i, static_cast<double>(values[i]));
  return array;
}

// A shape from a JavaScript array; nothing for numbers that are not the dimensions of a tensor.
std::optional<Shape> ShapeOfArray(const emscripten::val& array);

// The Quantization of js/src/types.ts; null for a tensor that has none.
emscripten::val QuantizationDetails(const Quantization* quantization);

// The TensorDetails of js/src/types.ts; `shape` is the one of now, which may not be the model's.
emscripten::val TensorDetails(const Subgraph& subgraph, int32_t index,
                              std::span<const int32_t> shape);

// With the model's own shapes.
emscripten::val TensorDetailsList(const Subgraph& subgraph, std::span<const int32_t> indices);

}  // namespace octolite::wasm
