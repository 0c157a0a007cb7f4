#pragma once

#include <complex>
#include <cstdint>

namespace octolite {

// The discrete Fourier transform of real images, by powers of two; in double precision, rounded to
// float between rows and columns.
struct RealFft2d {
  int64_t input_h = 0, input_w = 0;
  int64_t fft_h = 1, fft_w = 1;  // powers of two; images are cut or filled with zeros to this

  int64_t output_w() const { return fft_w / 2 + 1; }
  // Scratch memory, in complex numbers.
  int64_t scratch() const;
};

// For each of `images`: out[v][u] = sum of in[y][x] exp(-2 pi i (v y / fft_h + u x / fft_w)), for u
// up to fft_w / 2: the others are conjugates of these.
void RunRealFft2d(const RealFft2d& fft, int64_t images, const float* in, std::complex<float>* out,
                  std::complex<double>* scratch);

}  // namespace octolite
