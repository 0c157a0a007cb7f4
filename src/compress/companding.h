#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Ways to lay 2^bits - 1 levels, symmetric around 0, over weights.
enum class Companding : uint8_t {
  kLinear,      // equal steps up to the largest magnitude of each channel: what the format stores
  kClipped,     // equal steps up to a share of it, the share of least error
  kPowerOfTwo,  // 0 and +-2^-i
  kMuLaw,       // equal steps of log(1 + mu |x|), mu of least error
  kSigmoid,     // equal steps of 2 / (1 + exp(-t x)) - 1, t of least error
  kKMeans,      // a codebook of 2^bits entries of least error: the bound of all tables
};
inline constexpr size_t kNumCompandings = 6;
std::string_view CompandingName(Companding companding);

// The levels of a companding in ascending order for weights in [-1, 1]: `parameter` is mu or t,
// and of no account elsewhere. Not for kKMeans, which has no formula. `bits` is 2 to 8.
std::vector<double> CompandingLevels(Companding companding, int32_t bits, double parameter);

struct CompandingConfig {
  int32_t bits = 4;         // 2 to 8
  bool per_channel = true;  // scales; the levels are the tensor's
  // Weights with fewer elements are left out.
  int64_t min_elements = 256;
};

struct CompandingError {
  double sqnr_db = 0;    // -300 to 300
  double parameter = 0;  // mu or t
  double clip = 1;       // largest level, as a share of the largest magnitude
};

struct CompandingReport {
  int32_t subgraph = 0;
  int32_t tensor = 0;
  std::string name;
  std::string op_name;
  int64_t elements = 0;
  std::array<CompandingError, kNumCompandings> errors{};  // by Companding
};

// What each way of laying levels costs every tensor of weights, with each weight stored as its
// nearest level, as a decoder by table allows. Weights are divided by the largest magnitude of
// their channel (or tensor); all but kLinear choose how far their levels reach too, so that they
// are compared at their best. Computed from the values alone: nothing is changed. Errors:
// INVALID_ARGUMENT for a number of bits that is not offered; weights that are not finite.
Result<std::vector<CompandingReport>> AnalyzeCompanding(const Model& model,
                                                        const CompandingConfig& config);

}  // namespace octolite
