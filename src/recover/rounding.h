#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octolite {

// The integers that a weight may become: value = scale * (code - zero_point).
struct WeightGrid {
  std::span<const float> scales;        // one for each weight of a unit
  std::span<const int8_t> zero_points;  // likewise
  int32_t min_code = -127;
  int32_t max_code = 127;
};

// Rounds the weights w of units so that the output w^T x changes least, instead of each weight to
// what is nearest. With codes q, and the inputs y that the quantized layer sees in x's place, it
// looks for the least E[(w^T x - value(q)^T y)^2].
//
// The continuous optimum comes first (ridge regression towards w, as in GPTAQ, Li et al. 2025),
// then one weight after the other is rounded, the error of each carried over to those that are
// left: GPTQ (Frantar et al. 2022), here by one Cholesky factor, as Babai's nearest plane (Chen et
// al. 2025 show that they are the same); then coordinate descent (QuantEase, Behdin et al. 2023).
class LayerRounder {
 public:
  // E[y y^T] and E[x y^T], [depth, depth]. `damping`: what is added to the diagonal of the former,
  // as a share of its mean: the more, the closer the result stays to w.
  LayerRounder(size_t depth, std::vector<double> yy, std::vector<double> xy, double damping);

  // Codes for weights w [depth]. `compensate`: also for the error of y against x, not only for that
  // of rounding.
  std::vector<int8_t> Round(std::span<const float> w, const WeightGrid& grid,
                            bool compensate) const;

 private:
  std::vector<double> Target(std::span<const float> w) const;
  std::vector<int8_t> NearestPlane(std::span<const double> target, const WeightGrid& grid) const;
  void Descend(std::span<const double> target, const WeightGrid& grid,
               std::vector<int8_t>& codes) const;

  size_t depth_;
  std::vector<size_t> order_;   // of `yy_`: of rows and columns by rising diagonal
  std::vector<double> yy_;      // damped, in that order
  std::vector<double> factor_;  // its lower Cholesky factor
  std::vector<double> change_;  // E[x y^T] - E[y y^T], as given
  double ridge_ = 0;
};

// E[(w^T x - v^T y)^2] less E[(w^T x)^2]: what differs between choices of v.
double OutputError(std::span<const double> yy, std::span<const double> xy, std::span<const float> w,
                   std::span<const float> v);

}  // namespace octolite
