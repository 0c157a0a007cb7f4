#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"

namespace octolite::wasm {

// A JavaScript array of numbers.
template <typename T>
emscripten::val NumberArray(std::span<const T> values) {
  emscripten::val array = emscripten::val::array();
  for (size_t i = 0; i < values.size(); ++i) array.set(i, static_cast<double>(values[i]));
  return array;
}

// The TensorDetails of js/src/types.ts; `shape` is the one of now, which may not be the model's.
emscripten::val TensorDetails(const Subgraph& subgraph, int32_t index,
                              std::span<const int32_t> shape);

// With the model's own shapes.
emscripten::val TensorDetailsList(const Subgraph& subgraph, std::span<const int32_t> indices);

}  // namespace octolite::wasm
