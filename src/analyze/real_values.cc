#include "analyze/real_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "base/float16.h"

namespace octolite {
namespace {

// Calls f with a null pointer of the C++ type that holds elements of `type`; false for a type that
// is none of numbers.
template <typename F>
bool WithIntegerType(DataType type, F f) {
  switch (type) {
    case DataType::kInt8:
      f(static_cast<int8_t*>(nullptr));
      return true;
    case DataType::kUInt8:
    case DataType::kBool:
      f(static_cast<uint8_t*>(nullptr));
      return true;
    case DataType::kInt16:
      f(static_cast<int16_t*>(nullptr));
      return true;
    case DataType::kUInt16:
      f(static_cast<uint16_t*>(nullptr));
      return true;
    case DataType::kInt32:
      f(static_cast<int32_t*>(nullptr));
      return true;
    case DataType::kUInt32:
      f(static_cast<uint32_t*>(nullptr));
      return true;
    case DataType::kInt64:
      f(static_cast<int64_t*>(nullptr));
      return true;
    default:
      return false;
  }
}

// What an element of 1 stands for: 1 where there are no parameters.
float ScaleOf(const TensorSpec& spec) { return spec.quantized() ? spec.scale() : 1.0f; }

}  // namespace

bool HasRealValues(const TensorSpec& spec) {
  if (spec.type == DataType::kFloat32 || spec.type == DataType::kFloat16) return true;
  if (spec.quantization && spec.quantization->per_channel()) return false;
  return WithIntegerType(spec.type, [](auto*) {});
}

std::vector<float> ToReals(const TensorSpec& spec, const RuntimeTensor& value) {
  const auto count = static_cast<size_t>(value.shape.num_elements());
  std::vector<float> reals(count);
  if (spec.type == DataType::kFloat32) {
    if (count > 0) std::memcpy(reals.data(), value.data, count * sizeof(float));
  } else if (spec.type == DataType::kFloat16) {
    const auto* halves = reinterpret_cast<const uint16_t*>(value.data);
    std::transform(halves, halves + count, reals.begin(), Float16ToFloat);
  } else {
    const float scale = ScaleOf(spec);
    const int64_t zero_point = spec.zero_point();
    WithIntegerType(spec.type, [&]<typename T>(T*) {
      const auto* elements = reinterpret_cast<const T*>(value.data);
      for (size_t i = 0; i < count; ++i) {
        reals[i] = static_cast<float>(static_cast<int64_t>(elements[i]) - zero_point) * scale;
      }
    });
  }
  return reals;
}

Status FromReals(std::span<const float> reals, const TensorSpec& spec, RuntimeTensor& value) {
  const auto count = static_cast<size_t>(value.shape.num_elements());
  if (reals.size() != count) {
    Status status(StatusCode::kShapeMismatch, "takes " + std::to_string(count) +
                                                  " elements and was given " +
                                                  std::to_string(reals.size()));
    return status.AtTensor(spec.index, spec.name);
  }
  if (spec.type == DataType::kFloat32) {
    if (count > 0) std::memcpy(value.data, reals.data(), count * sizeof(float));
    return Status::Ok();
  }
  const auto scale = static_cast<double>(ScaleOf(spec));
  const double zero_point = spec.zero_point();
  const bool known = WithIntegerType(spec.type, [&]<typename T>(T*) {
    auto* elements = reinterpret_cast<T*>(value.data);
    for (size_t i = 0; i < count; ++i) {
      const double q = std::nearbyint(static_cast<double>(reals[i]) / scale) + zero_point;
      // Not a number goes to the low end; the high end of int64 is not a double, hence ">=".
      if (!(q > static_cast<double>(std::numeric_limits<T>::min()))) {
        elements[i] = std::numeric_limits<T>::min();
      } else if (q >= static_cast<double>(std::numeric_limits<T>::max())) {
        elements[i] = std::numeric_limits<T>::max();
      } else {
        elements[i] = static_cast<T>(q);
      }
    }
  });
  if (known) return Status::Ok();
  Status status(StatusCode::kTypeMismatch,
                "cannot be given numbers: it is " + std::string(DataTypeName(spec.type)));
  return status.AtTensor(spec.index, spec.name);
}

}  // namespace octolite
