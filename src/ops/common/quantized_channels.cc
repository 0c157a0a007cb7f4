#include "ops/common/quantized_channels.h"

#include <cmath>
#include <string>

namespace octolite {

Result<QuantizedChannels> ReadQuantizedChannels(const PrepareContext& ctx, const TensorSpec& tensor,
                                                const Shape& shape) {
  const auto refuse = [&](std::string message) {
    Status status = ctx.Error(StatusCode::kInvalidModel, std::move(message));
    return status.AtTensor(tensor.index, tensor.name);
  };
  if (!tensor.quantized()) return refuse("needs a scale");
  const Quantization& quantization = *tensor.quantization;
  const size_t count = quantization.scale.size();
  QuantizedChannels channels;
  if (count == 1) {
    channels.inner = shape.num_elements();
  } else {
    const int32_t axis = quantization.quantized_dimension;
    if (axis < 0 || axis >= shape.rank() || static_cast<size_t>(shape[axis]) != count) {
      return refuse("has " + std::to_string(count) + " scales for dimension " +
                    std::to_string(axis) + " of shape " + shape.ToString());
    }
    // An empty tensor has no runs, however long its other dimensions are.
    channels.outer = shape.num_elements() == 0 ? 0 : shape.Product(0, axis);
    channels.inner = shape.Product(axis + 1, shape.rank());
  }
  for (size_t c = 0; c < count; ++c) {
    const float scale = quantization.scale[c];
    const int64_t zero_point = quantization.zero_point_at(c);
    if (!std::isfinite(scale) || zero_point < INT16_MIN || zero_point > INT16_MAX) {
      return refuse("has a scale or zero point of channel " + std::to_string(c) +
                    " that is out of range");
    }
    channels.scales.push_back(scale);
    channels.zero_points.push_back(static_cast<int32_t>(zero_point));
  }
  return channels;
}

}  // namespace octolite
