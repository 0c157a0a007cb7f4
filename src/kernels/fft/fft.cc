#include "kernels/fft/fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace octolite {
namespace {

using Complex = std::complex<double>;

// Without the checks for infinities that the operator of std::complex makes.
Complex Multiply(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

std::complex<float> ToFloat(Complex a) {
  return {static_cast<float>(a.real()), static_cast<float>(a.imag())};
}
Complex ToDouble(std::complex<float> a) {
  return {static_cast<double>(a.real()), static_cast<double>(a.imag())};
}

// exp(-2 pi i k / n) for k below n / 2.
void MakeRoots(int64_t n, Complex* roots) {
  for (int64_t k = 0; k < n / 2; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots[k] = {std::cos(angle), -std::sin(angle)};
  }
}

// Radix 2, in place (Cooley and Tukey): n is a power of two, roots as of MakeRoots(n).
void Transform(int64_t n, const Complex* roots, Complex* data) {
  for (int64_t i = 1, reversed = 0; i < n; ++i) {
    int64_t bit = n / 2;
    for (; reversed & bit; bit /= 2) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) std::swap(data[i], data[reversed]);
  }
  for (int64_t half = 1; half < n; half *= 2) {
    const int64_t step = n / (2 * half);
    for (int64_t start = 0; start < n; start += 2 * half) {
      for (int64_t k = 0; k < half; ++k) {
        Complex& a = data[start + k];
        Complex& b = data[start + k + half];
        const Complex turned = Multiply(b, roots[k * step]);
        b = a - turned;
        a += turned;
      }
    }
  }
}

}  // namespace

int64_t RealFft2d::scratch() const { return fft_w + fft_h + fft_w / 2 + fft_h / 2; }

void RunRealFft2d(const RealFft2d& fft, const float* in, std::complex<float>* out,
                  std::complex<double>* scratch) {
  const int64_t width = fft.output_w();
  Complex* row = scratch;
  Complex* column = row + fft.fft_w;
  Complex* row_roots = column + fft.fft_h;
  Complex* column_roots = row_roots + fft.fft_w / 2;
  MakeRoots(fft.fft_w, row_roots);
  MakeRoots(fft.fft_h, column_roots);
  const int64_t used_h = std::min(fft.input_h, fft.fft_h);
  const int64_t used_w = std::min(fft.input_w, fft.fft_w);
  for (int64_t y = 0; y < fft.fft_h; ++y) {
    std::fill(row, row + fft.fft_w, Complex());
    if (y < used_h) {
      for (int64_t x = 0; x < used_w; ++x) row[x] = static_cast<double>(in[y * fft.input_w + x]);
      Transform(fft.fft_w, row_roots, row);
    }
    for (int64_t u = 0; u < width; ++u) out[y * width + u] = ToFloat(row[u]);
  }
  for (int64_t u = 0; u < width; ++u) {
    for (int64_t y = 0; y < fft.fft_h; ++y) column[y] = ToDouble(out[y * width + u]);
    Transform(fft.fft_h, column_roots, column);
    for (int64_t v = 0; v < fft.fft_h; ++v) out[v * width + u] = ToFloat(column[v]);
  }
}

}  // namespace octolite
