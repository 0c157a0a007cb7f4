#include "quantize/clipping.h"

#include <algorithm>
#include <cmath>

namespace octolite {
namespace {

// The values of a group, which may lie apart.
std::vector<std::vector<float>> GatherGroups(std::span<const float> values,
                                             const WeightLayout& layout) {
  std::vector<std::vector<float>> groups(static_cast<size_t>(layout.groups));
  ForEachRun(values, layout, 0, [&](size_t group, size_t, std::span<const float> run) {
    groups[group].insert(groups[group].end(), run.begin(), run.end());
  });
  return groups;
}

double SquaredError(std::span<const float> values, float scale, const CodeRange& range) {
  const auto low = static_cast<float>(range.min);
  const auto high = static_cast<float>(range.max);
  double sum = 0;
  for (const float value : values) {
    const float q = std::clamp(std::nearbyint(value / scale), low, high);
    const double error = static_cast<double>(value) - static_cast<double>(q * scale);
    sum += error * error;
  }
  return sum;
}

// Half of the range is never worth cutting at 8 bits, and rarely at 4.
constexpr int kSteps = 100;
constexpr int kLeastStep = 30;

float MseScale(std::span<const float> values, float widest, const CodeRange& range) {
  float best = widest;
  double least = SquaredError(values, widest, range);
  for (int step = kSteps - 1; step >= kLeastStep; --step) {
    const float scale = widest * static_cast<float>(step) / kSteps;
    const double error = SquaredError(values, scale, range);
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

float OctavScale(std::span<const float> values, float widest, const CodeRange& range) {
  constexpr int kIterations = 10;
  const auto top = static_cast<double>(range.max);
  // The squared error of rounding at a clip s is s^2 / (3 * 4^bits) for each value within it.
  const double rounding = 1.0 / (3.0 * 4.0 * (top + 1) * (top + 1));
  double sum = 0;
  for (const float value : values) sum += std::fabs(static_cast<double>(value));
  double clip = sum / static_cast<double>(values.size());
  for (int i = 0; i < kIterations; ++i) {
    double beyond = 0;
    double count = 0;
    for (const float value : values) {
      const double magnitude = std::fabs(static_cast<double>(value));
      if (magnitude <= clip) continue;
      beyond += magnitude;
      count += 1;
    }
    const double within = static_cast<double>(values.size()) - count;
    const double denominator = rounding * within + count;
    if (!(beyond > 0) || !(denominator > 0)) break;
    clip = beyond / denominator;
  }
  const auto scale = static_cast<float>(clip / top);
  return scale > 0 ? std::min(scale, widest) : widest;
}

}  // namespace

void ClipScales(std::span<const float> values, const WeightLayout& layout, const CodeRange& range,
                WeightClipping clipping, std::vector<float>& scales) {
  const std::vector<std::vector<float>> groups = GatherGroups(values, layout);
  for (size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) continue;
    scales[g] = clipping == WeightClipping::kMse ? MseScale(groups[g], scales[g], range)
                                                 : OctavScale(groups[g], scales[g], range);
  }
}

}  // namespace octolite
