#include "calibrate/range_warnings.h"

#include <algorithm>
#include <cstdio>

#include "calibrate/observer.h"

namespace octolite {
namespace {

// Fewer values say nothing of what is rare.
constexpr uint64_t kEnoughValues = 10000;
// Beyond this, rare values cost the others three of eight bits.
constexpr double kSpuriousRatio = 8;
constexpr uint64_t kFewSamples = 10;

std::string Text(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return text;
}

std::string Text(const Range& range) {
  return "[" + Text(static_cast<double>(range.min)) + ", " + Text(static_cast<double>(range.max)) +
         "]";
}

double Span(const Range& range) {
  return static_cast<double>(range.max) - static_cast<double>(range.min);
}

// How many values were seen in bins that lie outside the range.
uint64_t CountOutside(const Histogram& histogram, const Range& range) {
  uint64_t count = 0;
  const double width = histogram.width();
  for (size_t bin = 0; bin < histogram.counts().size(); ++bin) {
    const double low = (static_cast<double>(bin) - Histogram::kBinsPerSide) * width;
    const bool outside =
        low + width <= static_cast<double>(range.min) || low >= static_cast<double>(range.max);
    if (outside) count += histogram.counts()[bin];
  }
  return count;
}

void WarnOfTensor(const TensorRecord& record, std::vector<std::string>& warnings) {
  const TensorStatistics& seen = record.statistics;
  if (seen.histogram.empty() || seen.nan_count > 0) return;
  const std::string start = "tensor '" + record.name + "' ";
  if (seen.min == seen.max && seen.count > 1) {
    warnings.push_back(start + "was always " + Text(static_cast<double>(seen.min)) +
                       " during calibration");
    return;
  }
  if (seen.count < kEnoughValues) return;
  const Result<Range> all = SelectRange(seen, {});
  const Result<Range> most = SelectRange(seen, {ObserverKind::kPercentile, 99.99});
  if (!all.ok() || !most.ok() || Span(*all) <= kSpuriousRatio * Span(*most)) return;
  const std::string times =
      Span(*most) > 0 ? Text(Span(*all) / Span(*most)) + " times as wide" : "from nothing";
  warnings.push_back(start + "has a range of " + Text(*most) + ", but " +
                     std::to_string(CountOutside(seen.histogram, *most)) + " of " +
                     std::to_string(seen.count) + " values make it " + times + ", " + Text(*all) +
                     ": the observers percentile and mse leave them out");
}

}  // namespace

std::vector<std::string> RangeWarnings(const CalibrationStats& stats) {
  std::vector<std::string> warnings;
  uint64_t samples = 0;
  for (const SubgraphStatistics& subgraph : stats.subgraphs) {
    samples = std::max(samples, subgraph.samples);
  }
  if (samples > 0 && samples < kFewSamples) {
    warnings.push_back("calibrated with " + std::to_string(samples) +
                       (samples == 1 ? " sample" : " samples") +
                       ": ranges are those of more only by luck; 100 or more are usual");
  }
  for (const SubgraphStatistics& subgraph : stats.subgraphs) {
    for (const TensorRecord& record : subgraph.tensors) WarnOfTensor(record, warnings);
  }
  return warnings;
}

}  // namespace octolite
