#include "tensor_details.h"

#include <cmath>
#include <string>

#include "base/data_type.h"

namespace octolite::wasm {

using emscripten::val;

std::optional<Shape> ShapeOfArray(const val& array) {
  std::vector<int32_t> dims;
  for (const double number : emscripten::convertJSArrayToNumberVector<double>(array)) {
    const bool fits = number >= 0 && number <= INT32_MAX && number == std::floor(number);
    if (!fits) return std::nullopt;
    dims.push_back(static_cast<int32_t>(number));
  }
  return Shape::Make(dims);
}

val QuantizationDetails(const Quantization* given) {
  static const Quantization kNone;
  const Quantization& quantization = given ? *given : kNone;
  val scales = val::array();
  val zero_points = val::array();
  for (size_t i = 0; i < quantization.scale.size(); ++i) {
    scales.set(i, quantization.scale[i]);
    zero_points.set(i, static_cast<double>(quantization.zero_point_at(i)));
  }
  val details = val::object();
  details.set("scale", quantization.has_scale() ? quantization.scale[0] : 0.0f);
  details.set("zeroPoint", static_cast<double>(quantization.zero_point_at(0)));
  details.set("scales", scales);
  details.set("zeroPoints", zero_points);
  details.set("quantizedDimension", quantization.quantized_dimension);
  return details;
}

val TensorDetails(const Subgraph& subgraph, int32_t index, std::span<const int32_t> shape) {
  const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
  const std::vector<int32_t>& signature =
      tensor.shape_signature ? *tensor.shape_signature : tensor.shape;
  val details = val::object();
  details.set("name", tensor.name);
  details.set("index", index);
  details.set("shape", NumberArray(shape));
  details.set("shapeSignature", NumberArray(std::span<const int32_t>(signature)));
  details.set("dtype", std::string(DataTypeName(tensor.type)));
  details.set("quantization",
              QuantizationDetails(tensor.quantization ? &*tensor.quantization : nullptr));
  return details;
}

val TensorDetailsList(const Subgraph& subgraph, std::span<const int32_t> indices) {
  val list = val::array();
  for (size_t i = 0; i < indices.size(); ++i) {
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(indices[i])];
    list.set(i, TensorDetails(subgraph, indices[i], tensor.shape));
  }
  return list;
}

}  // namespace octolite::wasm
