#pragma once

#include <vector>

#include "calibrate/observer.h"
#include "calibrate/statistics.h"

namespace octolite {

// Observers that search a histogram for the best range. `statistics` has a histogram; the range
// holds 0 and nothing beyond it and [min, max].

// The range whose integers of `bits` are expected to differ least from the values, squared: the
// grid search of "A White Paper on Neural Network Quantization" (Nagel et al., 2021, section 3.1).
// A value inside errs by step^2 / 12 (it lies anywhere between two steps), a value outside by its
// distance from the end, and zero, which every grid holds, by nothing.
Range MseRange(const TensorStatistics& statistics, int bits, bool symmetric);

// The range that loses least information: the smallest Kullback-Leibler divergence of the quantized
// distribution from that of the values, among thresholds on both sides of zero ("8-bit Inference
// with TensorRT", Migacz, 2017; ONNX Runtime's entropy calibration). Levels are spread over what
// the range holds, so that one-sided values have all of them. With more levels than the histogram
// has bins there is nothing to lose, and all that was seen is kept.
Range EntropyRange(const TensorStatistics& statistics, int bits);

// How many bins on each side of zero reach all that was seen.
struct UsedBins {
  int below = 0;
  int above = 0;
};
UsedBins CountUsedBins(const TensorStatistics& statistics);

// The histogram's counts less the zeros among the values. Zeros cost nothing in any range, but
// activations have so many that they would drown the others. What the bin above zero holds beyond
// the larger of its neighbours is taken for zeros.
std::vector<double> CountsWithoutZeros(const Histogram& histogram);

}  // namespace octolite
