#pragma once

#include <cstdint>

namespace octolite {

// The steps of a recurrent network over a sequence: activations [time, batch, depth] (time major)
// or [batch, time, depth].
struct RecurrentSequence {
  int32_t batch = 0;
  int32_t time = 0;
  bool time_major = false;
  bool backward = false;      // from the last step to the first
  int32_t output_width = 0;   // of the tensor: more than the cell's where two cells share one
  int32_t output_offset = 0;  // of the cell's part in it

  // The most rows that one step has.
  int32_t rows_at_once() const { return time_major ? batch : 1; }

  // step(row of activations, first row of states, number of rows), in the order of time.
  template <typename F>
  void ForEachStep(F step) const {
    if (batch == 0) return;
    const int64_t groups = time_major ? 1 : batch;
    for (int64_t b = 0; b < groups; ++b) {
      for (int64_t t = 0; t < time; ++t) {
        const int64_t at = backward ? time - t - 1 : t;
        step(time_major ? at * batch : b * time + at, b, rows_at_once());
      }
    }
  }
};

}  // namespace octolite
