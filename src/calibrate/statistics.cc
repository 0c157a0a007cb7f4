#include "calibrate/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <utility>

namespace octolite {
namespace {

template <typename T>
const T* FindSorted(const std::vector<T>& items, int32_t key, int32_t T::* member) {
  const auto found = std::lower_bound(items.begin(), items.end(), key,
                                      [&](const T& item, int32_t k) { return item.*member < k; });
  return found != items.end() && (*found).*member == key ? &*found : nullptr;
}

// The item with that key, made by `make` where it is missing.
template <typename T, typename F>
T& FindOrInsert(std::vector<T>& items, int32_t key, int32_t T::* member, F make) {
  auto found = std::lower_bound(items.begin(), items.end(), key,
                                [&](const T& item, int32_t k) { return item.*member < k; });
  if (found == items.end() || (*found).*member != key) found = items.insert(found, make());
  return *found;
}

// Smallest and largest value; NaN lies beyond infinity, on the side of its sign. Zeros of both
// signs are one value, as which of them came first must not show.
std::pair<float, float> FindExtremes(std::span<const float> values) {
  // As integers in the order of the numbers, which compilers turn into vectors, unlike comparisons
  // of floats.
  int32_t low = std::numeric_limits<int32_t>::max();
  int32_t high = std::numeric_limits<int32_t>::min();
  const auto ordered = [](int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); };
  for (const float value : values) {
    const int32_t key = ordered(std::bit_cast<int32_t>(value));
    low = std::min(low, key);
    high = std::max(high, key);
  }
  return {std::bit_cast<float>(ordered(low)) + 0.0f, std::bit_cast<float>(ordered(high)) + 0.0f};
}

}  // namespace

void MovingRange::Update(float low, float high) {
  if (updates++ == 0) {
    min = low;
    max = high;
    return;
  }
  constexpr auto kRest = static_cast<float>(1.0 - 0.95);
  min = kSmoothing * min + kRest * low;
  max = kSmoothing * max + kRest * high;
}

void MovingRange::Merge(const MovingRange& other) {
  if (other.updates == 0) return;
  const double total = static_cast<double>(updates) + static_cast<double>(other.updates);
  const double share = static_cast<double>(other.updates) / total;
  const auto mix = [&](float ours, float theirs) {
    const auto from = static_cast<double>(ours);
    return static_cast<float>(from + share * (static_cast<double>(theirs) - from));
  };
  min = updates == 0 ? other.min : mix(min, other.min);
  max = updates == 0 ? other.max : mix(max, other.max);
  updates += other.updates;
}

bool TensorStatistics::operator==(const TensorStatistics& other) const {
  return count == other.count && nan_count == other.nan_count &&
         infinite_count == other.infinite_count && min == other.min && max == other.max &&
         histogram == other.histogram && channels == other.channels;
}

void TensorStatistics::Add(std::span<const float> values, int64_t last_axis) {
  if (values.empty()) return;
  auto [low, high] = FindExtremes(values);
  std::vector<float> ordinary;
  if (IsMask(low) || IsMask(high) || std::isnan(low) || std::isnan(high)) {
    ordinary.reserve(values.size());
    for (const float value : values) {
      if (std::isnan(value)) {
        ++nan_count;
      } else if (IsMask(value)) {
        ++infinite_count;
      } else {
        ordinary.push_back(value);
      }
    }
    if (ordinary.empty()) return;
    values = ordinary;
    std::tie(low, high) = FindExtremes(values);
  } else {
    channels.Add(values, last_axis);
  }
  count += values.size();
  min = std::min(min, low);
  max = std::max(max, high);
  moving_range.Update(low, high);
  histogram.Add(values, low, high);
}

void TensorStatistics::Merge(const TensorStatistics& other) {
  count += other.count;
  nan_count += other.nan_count;
  infinite_count += other.infinite_count;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  histogram.Merge(other.histogram);
  moving_range.Merge(other.moving_range);
  channels.Merge(other.channels);
}

const SubgraphStatistics* CalibrationStats::FindSubgraph(int32_t subgraph) const {
  return FindSorted(subgraphs, subgraph, &SubgraphStatistics::subgraph);
}

SubgraphStatistics& CalibrationStats::At(int32_t subgraph) {
  return FindOrInsert(subgraphs, subgraph, &SubgraphStatistics::subgraph,
                      [&] { return SubgraphStatistics{subgraph, 0, {}}; });
}

const TensorRecord* CalibrationStats::Find(int32_t subgraph, int32_t tensor) const {
  const SubgraphStatistics* found = FindSubgraph(subgraph);
  return found ? FindSorted(found->tensors, tensor, &TensorRecord::tensor) : nullptr;
}

Status CalibrationStats::Merge(const CalibrationStats& other) {
  if (model != 0 && other.model != 0 && model != other.model) {
    return Status(StatusCode::kInvalidArgument, "the statistics are of different models");
  }
  for (const SubgraphStatistics& from : other.subgraphs) {
    for (const TensorRecord& record : from.tensors) {
      const TensorRecord* ours = Find(from.subgraph, record.tensor);
      if (ours && ours->name != record.name) {
        Status status(
            StatusCode::kInvalidArgument,
            "the statistics are of different models: one calls this tensor '" + record.name + "'");
        return status.AtTensor(ours->tensor, ours->name).AtSubgraph(from.subgraph);
      }
    }
  }
  if (model == 0) model = other.model;
  for (const SubgraphStatistics& from : other.subgraphs) {
    SubgraphStatistics& to = At(from.subgraph);
    to.samples += from.samples;
    for (const TensorRecord& record : from.tensors) {
      FindOrInsert(to.tensors, record.tensor, &TensorRecord::tensor, [&] {
        return TensorRecord{record.tensor, record.name, {}};
      }).statistics.Merge(record.statistics);
    }
  }
  return Status::Ok();
}

CalibrationStats StatisticsFromModel(const Model& model) {
  CalibrationStats stats;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    SubgraphStatistics found{static_cast<int32_t>(s), 0, {}};
    const std::vector<Tensor>& tensors = model.subgraphs[s].tensors;
    for (size_t t = 0; t < tensors.size(); ++t) {
      const std::optional<Quantization>& ranges = tensors[t].quantization;
      if (tensors[t].type != DataType::kFloat32 || !ranges || ranges->has_scale() ||
          ranges->min.empty() || ranges->min.size() != ranges->max.size()) {
        continue;
      }
      TensorRecord record{static_cast<int32_t>(t), tensors[t].name, {}};
      record.statistics.count = 1;
      record.statistics.min = *std::min_element(ranges->min.begin(), ranges->min.end());
      record.statistics.max = *std::max_element(ranges->max.begin(), ranges->max.end());
      found.tensors.push_back(std::move(record));
    }
    if (!found.tensors.empty()) stats.subgraphs.push_back(std::move(found));
  }
  return stats;
}

}  // namespace octolite
