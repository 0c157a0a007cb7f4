#include "kernels/fft/fft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "base/rng.h"

namespace octolite {
namespace {

// One number of the transform, by its definition.
std::complex<double> Definition(const RealFft2d& fft, const float* in, int64_t v, int64_t u) {
  std::complex<double> sum;
  for (int64_t y = 0; y < std::min(fft.input_h, fft.fft_h); ++y) {
    for (int64_t x = 0; x < std::min(fft.input_w, fft.fft_w); ++x) {
      const double turns = static_cast<double>(v * y) / static_cast<double>(fft.fft_h) +
                           static_cast<double>(u * x) / static_cast<double>(fft.fft_w);
      sum += static_cast<double>(in[y * fft.input_w + x]) *
             std::polar(1.0, -2 * std::numbers::pi * turns);
    }
  }
  return sum;
}

void Check(const RealFft2d& fft) {
  constexpr int64_t kImages = 2;
  Rng rng(3);
  const int64_t in_size = fft.input_h * fft.input_w;
  const int64_t out_size = fft.fft_h * fft.output_w();
  std::vector<float> in(static_cast<size_t>(kImages * in_size));
  for (float& value : in) value = rng.Uniform() - 0.5f;
  std::vector<std::complex<float>> out(static_cast<size_t>(kImages * out_size));
  std::vector<std::complex<double>> scratch(static_cast<size_t>(fft.scratch()));
  RunRealFft2d(fft, kImages, in.data(), out.data(), scratch.data());
  for (int64_t i = 0; i < kImages; ++i) {
    for (int64_t v = 0; v < fft.fft_h; ++v) {
      for (int64_t u = 0; u < fft.output_w(); ++u) {
        const std::complex<double> expected = Definition(fft, in.data() + i * in_size, v, u);
        const std::complex<float> actual =
            out[static_cast<size_t>(i * out_size + v * fft.output_w() + u)];
        // Rounded to float, which columns are made of.
        const double tolerance = 1e-6 * std::max(1.0, std::abs(expected));
        ASSERT_NEAR(actual.real(), expected.real(), tolerance) << fft.fft_h << "x" << fft.fft_w;
        ASSERT_NEAR(actual.imag(), expected.imag(), tolerance) << fft.fft_h << "x" << fft.fft_w;
      }
    }
  }
}

TEST(RealFft2d, EqualsTheDefinitionForEveryPowerOfTwo) {
  for (int64_t width = 1; width <= 128; width *= 2) {
    for (int64_t height = 1; height <= 32; height *= 4) Check({height, width, height, width});
    Check({2, width, 2, width});
  }
  Check({1, 512, 1, 512});
}

TEST(RealFft2d, CutsAndFillsWithZeros) {
  Check({3, 5, 4, 8});
  Check({3, 5, 2, 4});
  Check({1, 400, 1, 512});
  Check({5, 1, 8, 2});
}

}  // namespace
}  // namespace octolite
