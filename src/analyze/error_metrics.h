#pragma once

#include <cstdint>
#include <span>

namespace octolite {

// How far one set of real values is from a reference.
struct ErrorMetrics {
  uint64_t count = 0;
  // 10 * log10(sum(reference^2) / sum(error^2)) in dB, kept in [-kMaxSqnrDb, kMaxSqnrDb] so that it
  // is always a number: kMaxSqnrDb stands for "no error at all".
  double sqnr_db = 0;
  double cosine = 0;  // of the angle between the two; 1 when both are zero
  double max_abs_error = 0;
  double mean_abs_error = 0;
  double rmse = 0;
  double reference_min = 0;
  double reference_max = 0;
  // Pairs left out of all of the above because one of the two is NaN or infinite.
  uint64_t non_finite = 0;

  static constexpr double kMaxSqnrDb = 300;
};

// Sums the error over a stream, in double.
class ErrorAccumulator {
 public:
  // Both of the same size.
  void Add(std::span<const float> reference, std::span<const float> value);
  void Merge(const ErrorAccumulator& other);
  ErrorMetrics metrics() const;

 private:
  uint64_t count_ = 0;
  uint64_t non_finite_ = 0;
  double signal_ = 0;
  double value_ = 0;
  double dot_ = 0;
  double noise_ = 0;
  double abs_error_ = 0;
  double max_abs_error_ = 0;
  double min_ = 0;
  double max_ = 0;
};

}  // namespace octolite
