#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "calibrate/observer.h"
#include "calibrate/statistics.h"

namespace octolite {

// Whether more samples would still change ranges. It depends on the order of the samples, so it
// is no part of the statistics.
struct Convergence {
  // A range that moves by less than this share of its span has not moved.
  static constexpr double kStableShare = 0.01;

  uint64_t samples = 0;
  // No tensor's min_max range has moved since this sample, counted from 1.
  uint64_t stable_after = 0;
  // How far the last sample moved an end of the range that it moved most, as a share of the span
  // that the range has now: 0 to 1.
  double last_move = 0;
  bool operator==(const Convergence&) const = default;
};

class ConvergenceTracker {
 public:
  // To be called after each sample with all that was seen so far.
  void Update(const CalibrationStats& stats);
  const Convergence& convergence() const { return convergence_; }

 private:
  struct Track {
    Range last;
    Range stable;  // as it was when it last moved
  };
  std::map<int32_t, std::vector<Track>> tracks_;  // by subgraph, then as its records
  Convergence convergence_;
};

}  // namespace octolite
