#pragma once

#include "base/data_type.h"

namespace octolite {

// Whether tensors of the type hold quantized reals when they come with a scale. (int32 and int64
// do as biases too, but hold plain numbers as often.)
inline bool IsQuantizedType(DataType type) {
  switch (type) {
    case DataType::kInt2:
    case DataType::kInt4:
    case DataType::kUInt4:
    case DataType::kInt8:
    case DataType::kUInt8:
    case DataType::kInt16:
      return true;
    default:
      return false;
  }
}

}  // namespace octolite
