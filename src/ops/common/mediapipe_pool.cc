#include "ops/common/mediapipe_pool.h"

#include <array>
#include <cstring>

namespace octolite {

Result<MediaPipePoolOptions> ReadMediaPipePoolOptions(const PrepareContext& ctx) {
  std::array<int32_t, 6> numbers = {};
  const std::span<const uint8_t> bytes = ctx.custom_options();
  if (bytes.size() < sizeof(numbers)) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has " + std::to_string(bytes.size()) + " bytes of options where " +
                         std::to_string(sizeof(numbers)) + " are needed");
  }
  std::memcpy(numbers.data(), bytes.data(), sizeof(numbers));
  const auto [padding, stride_w, stride_h, window_w, window_h, activation] = numbers;
  // 1 is SAME and 2 is VALID here; activations are numbered as in the file format.
  if (padding != 1 && padding != 2) {
    return ctx.Error(StatusCode::kInvalidModel, "has unknown padding " + std::to_string(padding));
  }
  if (stride_w < 1 || stride_h < 1 || window_w < 1 || window_h < 1) {
    return ctx.Error(StatusCode::kInvalidModel, "needs strides and a window of 1 or more");
  }
  if (activation < 0 || activation > static_cast<int32_t>(FusedActivation::kRelu6)) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "does not run with fused activation " + std::to_string(activation));
  }
  return MediaPipePoolOptions{
      static_cast<Padding>(padding - 1),       stride_w, stride_h, window_w, window_h,
      static_cast<FusedActivation>(activation)};
}

}  // namespace octolite
