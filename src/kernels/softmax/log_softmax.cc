#include "kernels/softmax/log_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/fixed_math.h"

namespace octolite {

LogSoftmaxTable MakeLogSoftmaxTable(float input_scale) {
  LogSoftmaxTable table;
  table.input_scale = input_scale;
  for (size_t i = 0; i < table.exp_of_minus.size(); ++i) {
    table.exp_of_minus[i] = std::exp(-input_scale * static_cast<float>(i));
  }
  return table;
}

template <typename T>
void LogSoftmaxLitert(const LogSoftmaxTable& table, const T* in, T* out, int64_t rows,
                      int64_t depth) {
  constexpr float kOutputScale = 1.0f / 16;
  constexpr auto kMin = static_cast<float>(std::numeric_limits<T>::min());
  constexpr auto kMax = static_cast<float>(std::numeric_limits<T>::max());
  const float scale = table.input_scale / kOutputScale;
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const int32_t largest = *std::max_element(in, in + depth);
    float sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      sum += table.exp_of_minus[static_cast<size_t>(largest - in[i])];
    }
    const float offset =
        (table.input_scale * static_cast<float>(largest) + std::log(sum)) / kOutputScale;
    for (int64_t i = 0; i < depth; ++i) {
      const float value = std::nearbyint(scale * static_cast<float>(in[i]) - offset) + kMax;
      out[i] = static_cast<T>(std::min(std::max(kMin, value), kMax));
    }
  }
}

LogSoftmaxFixed MakeLogSoftmaxFixed(float input_scale) {
  constexpr double kOneInQ5 = 0x1p26;
  LogSoftmaxFixed params;
  params.to_fixed =
      QuantizeMultiplier(std::min(static_cast<double>(input_scale) * kOneInQ5, 2147483647.0));
  params.from_fixed =
      QuantizeMultiplier(std::ldexp(1.0, 31 - params.to_fixed.shift) /
                         static_cast<double>(std::max(params.to_fixed.multiplier, 1)));
  const double radius = 31.0 * kOneInQ5 / std::ldexp(1.0, params.to_fixed.shift);
  params.largest_difference = static_cast<int32_t>(std::floor(std::min(radius, 65536.0)));
  return params;
}

template <typename T>
void LogSoftmaxReference(const LogSoftmaxFixed& params, const T* in, T* out, int64_t rows,
                         int64_t depth) {
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const int32_t largest = *std::max_element(in, in + depth);
    const auto fixed = [&](int32_t difference) {
      return MultiplyByQuantizedMultiplier(difference, params.to_fixed);
    };
    int64_t sum = 0;  // 12 integer bits
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t difference = in[i] - largest;
      if (difference < -params.largest_difference) continue;
      sum += RoundingDivideByPowerOfTwo(ExpOnNegatives(fixed(difference)), 12);
    }
    const int32_t log_sum = LogOfQ12(static_cast<int32_t>(std::clamp<int64_t>(sum, 1, INT32_MAX)));
    // The smallest number of 5 integer bits, above it by the logarithm.
    const auto lowest = static_cast<int32_t>(int64_t{INT32_MIN} + std::max(log_sum, 0));
    const int32_t smallest = std::max(-params.largest_difference - 1,
                                      MultiplyByQuantizedMultiplier(lowest, params.from_fixed));
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t difference = in[i] - largest;
      if (difference <= smallest) {
        out[i] = static_cast<T>(kMin);
        continue;
      }
      const int64_t in_q5 = std::max<int64_t>(int64_t{fixed(difference)} - log_sum, INT32_MIN);
      const int32_t value =
          RoundingDivideByPowerOfTwo(static_cast<int32_t>(in_q5), 31 - 5 - 4) + kMax;
      out[i] = static_cast<T>(std::clamp(value, kMin, kMax));
    }
  }
}

#define OCTO_LOG_SOFTMAX(T)                                                                  \
  template void LogSoftmaxLitert<T>(const LogSoftmaxTable&, const T*, T*, int64_t, int64_t); \
  template void LogSoftmaxReference<T>(const LogSoftmaxFixed&, const T*, T*, int64_t, int64_t);
OCTO_LOG_SOFTMAX(int8_t)
OCTO_LOG_SOFTMAX(uint8_t)
#undef OCTO_LOG_SOFTMAX

}  // namespace octolite
