#include "compress/companding.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compress/kmeans.h"
#include "compress/weights.h"

namespace octolite {
namespace {

// More different values are put together in bins, which are 50 dB finer than 8 bits.
constexpr size_t kBins = 65536;
constexpr double kLimitDb = 300;

double Expand(Companding companding, double y, double parameter) {
  if (companding == Companding::kMuLaw) return std::expm1(y * std::log1p(parameter)) / parameter;
  if (companding == Companding::kSigmoid) {
    // 2 / (1 + exp(-t x)) - 1 is tanh(t x / 2); it is 1 for x = 1 when divided by tanh(t / 2).
    return 2 * std::atanh(y * std::tanh(parameter / 2)) / parameter;
  }
  return y;
}

double Decibels(double energy, double error) {
  // What the sums lose in rounding is no error of the levels.
  constexpr double kRounding = 1e-14;
  if (!(error > kRounding * energy)) return kLimitDb;
  return std::clamp(10 * std::log10(energy / error), -kLimitDb, kLimitDb);
}

// A function's least value over [low, high], with few valleys: a grid, then smaller ones around
// the best point.
template <typename Function>
double Minimize(double low, double high, Function&& function) {
  constexpr int kSteps = 16;
  constexpr int kRounds = 3;
  double best = high;
  double least = function(high);
  for (int round = 0; round < kRounds; ++round) {
    const double step = (high - low) / kSteps;
    for (int i = 0; i < kSteps; ++i) {
      const double at = low + step * i;
      const double value = function(at);
      if (value < least) {
        least = value;
        best = at;
      }
    }
    const double first = low;
    const double last = high;
    low = std::max(first, best - step);
    high = std::min(last, best + step);
  }
  return best;
}

class TensorAnalyzer {
 public:
  TensorAnalyzer(SortedValues values, int32_t bits) : values_(std::move(values)), bits_(bits) {}

  CompandingError Analyze(Companding companding) const {
    switch (companding) {
      case Companding::kLinear:
        return ErrorOf(companding, 0, 1);
      case Companding::kKMeans: {
        const std::vector<double> levels = OptimalCodebook(values_, size_t{1} << Bits());
        return {.sqnr_db = Decibels(values_.Energy(), values_.ErrorOf(levels))};
      }
      case Companding::kMuLaw:
        return FitParameter(companding, -1, 4);
      case Companding::kSigmoid:
        return FitParameter(companding, -1, 1.5);
      default:
        return FitClip(companding, 0);
    }
  }

 private:
  unsigned Bits() const { return static_cast<unsigned>(bits_); }

  double SquaredError(const std::vector<double>& unit, double clip) const {
    std::vector<double> levels(unit);
    for (double& level : levels) level *= clip;
    return values_.ErrorOf(levels);
  }

  CompandingError ErrorOf(Companding companding, double parameter, double clip) const {
    const double error = SquaredError(CompandingLevels(companding, bits_, parameter), clip);
    return {.sqnr_db = Decibels(values_.Energy(), error), .parameter = parameter, .clip = clip};
  }

  CompandingError FitClip(Companding companding, double parameter) const {
    constexpr double kLeastClip = 0.05;
    const std::vector<double> unit = CompandingLevels(companding, bits_, parameter);
    const double clip = Minimize(kLeastClip, 1, [&](double at) { return SquaredError(unit, at); });
    return ErrorOf(companding, parameter, clip);
  }

  // The parameter between these powers of ten.
  CompandingError FitParameter(Companding companding, double low, double high) const {
    const double power = Minimize(
        low, high, [&](double at) { return -FitClip(companding, std::pow(10, at)).sqnr_db; });
    return FitClip(companding, std::pow(10, power));
  }

  SortedValues values_;
  int32_t bits_;
};

// Weights over the largest magnitude of their channel, which count by its square.
std::vector<SortedValues::Value> Normalize(const WeightValues& weights, bool per_channel) {
  const size_t channels = per_channel ? static_cast<size_t>(weights.layout.groups) : 1;
  std::vector<double> largest(channels, 0);
  const auto real = [&](size_t i, int64_t channel) {
    return double{weights.scale(channel)} *
           (double{weights.codes[i]} - weights.zero_point(channel));
  };
  const auto group = [&](int64_t channel) {
    return per_channel ? static_cast<size_t>(channel) : 0;
  };
  ForEachElement(weights.layout, [&](size_t i, int64_t channel) {
    double& most = largest[group(channel)];
    most = std::max(most, std::abs(real(i, channel)));
  });
  std::vector<SortedValues::Value> values;
  values.reserve(weights.codes.size());
  ForEachElement(weights.layout, [&](size_t i, int64_t channel) {
    const double most = largest[group(channel)];
    if (most > 0) values.push_back({real(i, channel) / most, most * most});
  });
  return values;
}

}  // namespace

std::string_view CompandingName(Companding companding) {
  constexpr std::array<std::string_view, kNumCompandings> kNames = {
      "linear", "clipped", "power_of_two", "mu_law", "sigmoid", "kmeans"};
  return kNames[static_cast<size_t>(companding)];
}

std::vector<double> CompandingLevels(Companding companding, int32_t bits, double parameter) {
  const int32_t steps = (int32_t{1} << (bits - 1)) - 1;
  std::vector<double> levels;
  for (int32_t i = -steps; i <= steps; ++i) {
    const double sign = i < 0 ? -1 : 1;
    const int32_t step = std::abs(i);
    double magnitude = 0;
    if (companding == Companding::kPowerOfTwo) {
      if (step > 0) magnitude = std::exp2(step - steps);
    } else {
      magnitude = Expand(companding, static_cast<double>(step) / steps, parameter);
    }
    levels.push_back(sign * magnitude);
  }
  return levels;
}

Result<std::vector<CompandingReport>> AnalyzeCompanding(const Model& model,
                                                        const CompandingConfig& config) {
  if (config.bits < 2 || config.bits > 8) {
    return Status(StatusCode::kInvalidArgument,
                  "companding to " + std::to_string(config.bits) + " bits is not offered")
        .WithHint("2 to 8 bits are");
  }
  std::vector<CompandingReport> reports;
  for (const WeightTensor& weights : FindWeights(model)) {
    const Tensor& tensor = model.subgraphs[static_cast<size_t>(weights.subgraph)]
                               .tensors[static_cast<size_t>(weights.tensor)];
    const WeightValues values = ReadWeights(model, weights);
    const auto elements = static_cast<int64_t>(values.codes.size());
    if (elements < config.min_elements) continue;
    const bool finite = std::all_of(values.codes.begin(), values.codes.end(),
                                    [](float code) { return std::isfinite(code); });
    if (!finite) {
      return Status(StatusCode::kInvalidArgument, "weights are not finite")
          .AtTensor(weights.tensor, tensor.name)
          .AtSubgraph(weights.subgraph);
    }
    std::vector<SortedValues::Value> list = Normalize(values, config.per_channel);
    if (list.empty()) continue;  // nothing but zeros
    const TensorAnalyzer analyzer(SortedValues(std::move(list)).Binned(kBins), config.bits);
    CompandingReport report = {.subgraph = weights.subgraph,
                               .tensor = weights.tensor,
                               .name = tensor.name,
                               .op_name = weights.op_name,
                               .elements = elements};
    for (size_t i = 0; i < kNumCompandings; ++i) {
      report.errors[i] = analyzer.Analyze(static_cast<Companding>(i));
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace octolite
