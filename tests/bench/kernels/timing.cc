#include "timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace octolite::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kWarmUpSeconds = 0.05;
constexpr double kSampleSeconds = 0.001;
constexpr double kTotalSeconds = 0.15;
constexpr size_t kSamples = 20;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

double SecondsOf(const std::function<void()>& call) {
  double fastest = INFINITY;
  const Clock::time_point warm_up = Clock::now();
  do {
    const Clock::time_point begin = Clock::now();
    call();
    fastest = std::min(fastest, SecondsSince(begin));
  } while (SecondsSince(warm_up) < kWarmUpSeconds);

  const int calls = std::max(1, static_cast<int>(kSampleSeconds / std::max(fastest, 1e-9)));
  std::vector<double> samples;
  const Clock::time_point begin = Clock::now();
  while (samples.size() < kSamples || SecondsSince(begin) < kTotalSeconds) {
    const Clock::time_point sample = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    samples.push_back(SecondsSince(sample) / calls);
  }
  const auto tenth = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 10);
  std::nth_element(samples.begin(), tenth, samples.end());
  return *tenth;
}

}  // namespace octolite::bench
