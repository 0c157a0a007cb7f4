#include "calibrate/convergence.h"

#include <algorithm>

namespace octolite {
namespace {

// How far apart the ends of two ranges are, as a share of the span of the second.
double Move(const Range& from, const Range& to) {
  const auto distance = [](float a, float b) {
    return static_cast<double>(std::max(a, b)) - static_cast<double>(std::min(a, b));
  };
  const double move = std::max(distance(from.min, to.min), distance(from.max, to.max));
  return move == 0 ? 0 : move / distance(to.min, to.max);
}

}  // namespace

void ConvergenceTracker::Update(const CalibrationStats& stats) {
  ++convergence_.samples;
  convergence_.last_move = 0;
  for (const SubgraphStatistics& subgraph : stats.subgraphs) {
    std::vector<Track>& tracks = tracks_[subgraph.subgraph];
    tracks.resize(subgraph.tensors.size());
    for (size_t i = 0; i < tracks.size(); ++i) {
      const TensorStatistics& seen = subgraph.tensors[i].statistics;
      if (seen.count == 0) continue;
      // As SelectRange gives it.
      const Range now{std::min(seen.min, 0.0f), std::max(seen.max, 0.0f)};
      convergence_.last_move = std::max(convergence_.last_move, Move(tracks[i].last, now));
      tracks[i].last = now;
      if (Move(tracks[i].stable, now) <= Convergence::kStableShare) continue;
      tracks[i].stable = now;
      convergence_.stable_after = convergence_.samples;
    }
  }
}

}  // namespace octolite
