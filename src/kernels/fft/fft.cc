#include "kernels/fft/fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

using Complex = std::complex<double>;

// A complex number is one vector here: the real part, then the imaginary one.

v128_t Conjugate(v128_t a) { return wasm_v128_xor(a, wasm_f64x2_make(0.0, -0.0)); }
// -i a.
v128_t TurnBack(v128_t a) { return Conjugate(wasm_i64x2_shuffle(a, a, 1, 0)); }

v128_t Multiply(v128_t a, v128_t b) {
  const v128_t real = wasm_f64x2_mul(a, wasm_i64x2_shuffle(b, b, 0, 0));
  const v128_t imaginary = wasm_f64x2_mul(a, wasm_i64x2_shuffle(b, b, 1, 1));
  // i times the second product.
  const v128_t turned =
      wasm_v128_xor(wasm_i64x2_shuffle(imaginary, imaginary, 1, 0), wasm_f64x2_make(-0.0, 0.0));
  return wasm_f64x2_add(real, turned);
}

std::complex<float> ToFloat(v128_t a) {
  return {static_cast<float>(wasm_f64x2_extract_lane(a, 0)),
          static_cast<float>(wasm_f64x2_extract_lane(a, 1))};
}

// exp(-2 pi i k / n) for k below n.
void MakeRoots(int64_t n, Complex* roots) {
  const double unit = 2 * std::numbers::pi / static_cast<double>(n);
  const auto root = [unit](int64_t k) {
    const double angle = unit * static_cast<double>(k);
    return Complex{std::cos(angle), -std::sin(angle)};
  };
  if (n < 8) {
    for (int64_t k = 0; k < n; ++k) roots[k] = root(k);
    return;
  }
  // An eighth of the circle, mirrored.
  for (int64_t k = 0; k <= n / 8; ++k) {
    roots[k] = root(k);
    roots[n / 4 - k] = {-roots[k].imag(), -roots[k].real()};
  }
  for (int64_t k = n / 4 + 1; k < n; ++k) {
    const Complex quarter = roots[k - n / 4];
    roots[k] = {quarter.imag(), -quarter.real()};
  }
}

// The transform of n complex numbers, n a power of two: `data` when it comes, data or other, which
// is returned, when it goes. roots[k * step] are exp(-2 pi i k / n), for k below n.
//
// Stockham's form of the fast transform: each pass splits by 4, or by 2 where 4 does not divide,
// and writes in the order of the next, so that nothing is permuted at the end.
Complex* Transform(int64_t n, const Complex* roots, int64_t step, Complex* data, Complex* other) {
  const auto load = [](const Complex* from) { return simd::Load(from); };
  // `left` numbers to be transformed, for each of `done` that lie beside each other.
  int64_t left = n, done = 1;
  while (left > 1) {
    if (left % 4 == 0) {
      const int64_t quarter = left / 4;
      const int64_t apart = quarter * done;
      for (int64_t j = 0; j < quarter; ++j) {
        const int64_t turn = j * done * step;
        const v128_t w1 = load(roots + turn);
        const v128_t w2 = load(roots + 2 * turn);
        const v128_t w3 = load(roots + 3 * turn);
        const Complex* from = data + j * done;
        Complex* to = other + 4 * j * done;
        for (int64_t k = 0; k < done; ++k, ++from, ++to) {
          const v128_t a = load(from);
          const v128_t b = load(from + apart);
          const v128_t c = load(from + 2 * apart);
          const v128_t d = load(from + 3 * apart);
          const v128_t ac = wasm_f64x2_add(a, c);
          const v128_t bd = wasm_f64x2_add(b, d);
          const v128_t a_c = wasm_f64x2_sub(a, c);
          const v128_t b_d = TurnBack(wasm_f64x2_sub(b, d));
          simd::Store(to, wasm_f64x2_add(ac, bd));
          simd::Store(to + done, Multiply(wasm_f64x2_add(a_c, b_d), w1));
          simd::Store(to + 2 * done, Multiply(wasm_f64x2_sub(ac, bd), w2));
          simd::Store(to + 3 * done, Multiply(wasm_f64x2_sub(a_c, b_d), w3));
        }
      }
      left = quarter;
      done *= 4;
    } else {  // left is 2
      for (int64_t k = 0; k < done; ++k) {
        const v128_t a = load(data + k);
        const v128_t b = load(data + k + done);
        simd::Store(other + k, wasm_f64x2_add(a, b));
        simd::Store(other + k + done, wasm_f64x2_sub(a, b));
      }
      left = 1;
    }
    std::swap(data, other);
  }
  return data;
}

// The transform of n real numbers, of which `row` holds the even ones as real parts and the odd
// ones as imaginary parts: out[u] for u up to n / 2, n at least 2. roots as of MakeRoots(n).
void TransformRow(int64_t n, const Complex* roots, Complex* row, Complex* other,
                  std::complex<float>* out) {
  const int64_t half = n / 2;
  const Complex* z = Transform(half, roots, 2, row, other);
  const v128_t one_half = wasm_f64x2_splat(0.5);
  for (int64_t u = 0; u <= half; ++u) {
    const v128_t a = simd::Load(z + (u == half ? 0 : u));
    const v128_t b = Conjugate(simd::Load(z + (u == 0 ? 0 : half - u)));
    const v128_t even = wasm_f64x2_add(a, b);
    const v128_t odd = Multiply(TurnBack(wasm_f64x2_sub(a, b)), simd::Load(roots + u));
    out[u] = ToFloat(wasm_f64x2_mul(wasm_f64x2_add(even, odd), one_half));
  }
}

}  // namespace

int64_t RealFft2d::scratch() const {
  return fft_w + fft_h + 2 * std::max(std::max<int64_t>(fft_w / 2, 1), fft_h);
}

void RunRealFft2d(const RealFft2d& fft, int64_t images, const float* in, std::complex<float>* out,
                  std::complex<double>* scratch) {
  const int64_t width = fft.output_w();
  Complex* row_roots = scratch;
  Complex* column_roots = row_roots + fft.fft_w;
  Complex* work = column_roots + fft.fft_h;
  Complex* other = work + std::max(std::max<int64_t>(fft.fft_w / 2, 1), fft.fft_h);
  MakeRoots(fft.fft_w, row_roots);
  MakeRoots(fft.fft_h, column_roots);
  const int64_t used_h = std::min(fft.input_h, fft.fft_h);
  const int64_t used_w = std::min(fft.input_w, fft.fft_w);
  for (int64_t i = 0; i < images; ++i) {
    for (int64_t y = 0; y < fft.fft_h; ++y) {
      std::complex<float>* to = out + y * width;
      if (y >= used_h || used_w == 0) {
        std::fill(to, to + width, std::complex<float>());
        continue;
      }
      const float* from = in + y * fft.input_w;
      if (fft.fft_w == 1) {
        *to = *from;
        continue;
      }
      const auto at = [=](int64_t x) { return x < used_w ? static_cast<double>(from[x]) : 0.0; };
      for (int64_t x = 0; x < fft.fft_w; x += 2) work[x / 2] = {at(x), at(x + 1)};
      TransformRow(fft.fft_w, row_roots, work, other, to);
    }
    for (int64_t u = 0; u < width && fft.fft_h > 1; ++u) {
      for (int64_t y = 0; y < fft.fft_h; ++y) work[y] = out[y * width + u];
      const Complex* column = Transform(fft.fft_h, column_roots, 1, work, other);
      for (int64_t v = 0; v < fft.fft_h; ++v) out[v * width + u] = ToFloat(simd::Load(column + v));
    }
    in += fft.input_h * fft.input_w;
    out += fft.fft_h * width;
  }
}

}  // namespace octolite
