#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "calibrate/channel_sums.h"
#include "calibrate/histogram.h"
#include "model/model.h"

namespace octolite {

// From here on a value is no quantity but a mask, as infinity is: the lowest float where nothing
// is, for a maximum to be taken later. A range that held one would leave no steps for the others.
inline constexpr float kMaskMagnitude = 1e30f;

inline bool IsMask(float value) { return value >= kMaskMagnitude || value <= -kMaskMagnitude; }

// Smoothed minimum and maximum of the samples: m = 0.95 m + 0.05 x from the second sample on, in
// float32, as the LiteRT Quantizer's moving_average_update. Later samples weigh more, so this alone
// depends on their order, and merging, which weighs two averages by their samples, is approximate.
struct MovingRange {
  static constexpr float kSmoothing = 0.95f;
  uint64_t updates = 0;
  float min = 0;
  float max = 0;

  void Update(float low, float high);
  void Merge(const MovingRange& other);
};

// What was seen of one tensor. But for the moving range, which comparing leaves out, it is the same
// for the same values in any order and any split.
struct TensorStatistics {
  uint64_t count = 0;  // ordinary values: no NaN, no mask
  uint64_t nan_count = 0;
  uint64_t infinite_count = 0;  // infinities and other masks
  // Of the ordinary values; min > max when there were none.
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  // Empty for ranges that come from a file instead of a run.
  Histogram histogram;
  MovingRange moving_range;  // an update for each Add() that had ordinary values
  ChannelSums channels;      // of each Add() that had no others

  // The values of a sample; `channels` is the length of the tensor's last axis, 0 for a tensor of
  // less than two axes.
  void Add(std::span<const float> values, int64_t channels = 0);
  // The mean of each channel; none for a tensor of one axis, of a last axis longer than
  // ChannelSums::kMaxChannels or of varying length, and for statistics that come from a file's
  // ranges.
  std::vector<double> ChannelMeans() const { return channels.Means(); }
  void Merge(const TensorStatistics& other);
  bool operator==(const TensorStatistics& other) const;
};

struct TensorRecord {
  int32_t tensor = 0;  // index in the subgraph of the float model
  std::string name;
  TensorStatistics statistics;
  bool operator==(const TensorRecord&) const = default;
};

struct SubgraphStatistics {
  int32_t subgraph = 0;
  uint64_t samples = 0;
  std::vector<TensorRecord> tensors;  // ascending by tensor
  bool operator==(const SubgraphStatistics&) const = default;
};

// The result of calibration: a plain value that can be saved, and merged over workers.
struct CalibrationStats {
  uint64_t model = 0;                         // ModelFingerprint() of the float model; 0: unknown
  std::vector<SubgraphStatistics> subgraphs;  // ascending by subgraph

  const SubgraphStatistics* FindSubgraph(int32_t subgraph) const;
  // The subgraph's statistics, made where there are none.
  SubgraphStatistics& At(int32_t subgraph);
  // Null when the tensor was not observed.
  const TensorRecord* Find(int32_t subgraph, int32_t tensor) const;

  // Adds what `other` saw. INVALID_ARGUMENT when the two are of different models: of another
  // fingerprint, or the same tensor by another name. Nothing is changed then.
  Status Merge(const CalibrationStats& other);

  bool operator==(const CalibrationStats&) const = default;
};

// The ranges that a file records in its tensors (min and max without a scale), as calibration
// tools leave them. No subgraphs when there are none.
CalibrationStats StatisticsFromModel(const Model& model);

}  // namespace octolite
