#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/aligned_buffer.h"
#include "kernels/simd/relaxed.h"
#include "roofline.h"
#include "timing.h"

namespace octolite::bench {
namespace {

using simd::Load;
using simd::Store;

// A loop multiplies a tile of rows x 2 vectors, with the left operand broadcast from the
// first-level cache and the right one in registers. Many accumulators hide the latency of an
// instruction, but V8 keeps 15 vectors at most in registers on x86: the peak is that of the best
// tile.
constexpr int kMaxRows = 6;
constexpr int kSteps = 256;
constexpr size_t kLeftBytes = size_t{kSteps} * kMaxRows * 4;
constexpr size_t kCopyBytes = size_t{1} << 18;

struct MulThenAdd {
  static constexpr int kMultiplyAdds = 4;
  static v128_t Run(v128_t a, v128_t b, v128_t acc) {
    return wasm_f32x4_add(wasm_f32x4_mul(a, b), acc);
  }
};

struct Dot16 {
  static constexpr int kMultiplyAdds = 8;
  static v128_t Run(v128_t a, v128_t b, v128_t acc) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(a, b));
  }
};

#if defined(__wasm_relaxed_simd__)
struct FusedMulAdd {
  static constexpr int kMultiplyAdds = 4;
  static v128_t Run(v128_t a, v128_t b, v128_t acc) { return simd::MulAdd(a, b, acc); }
};

struct Dot8 {
  static constexpr int kMultiplyAdds = 16;
  static v128_t Run(v128_t a, v128_t b, v128_t acc) { return simd::RelaxedDot(b, a, acc); }
};
#endif

template <typename Instruction, int kRows>
[[gnu::noinline]] void RunTile(const uint8_t* left, const uint8_t* right, uint8_t* sums) {
  const v128_t b0 = Load(right);
  const v128_t b1 = Load(right + 16);
  v128_t acc[kRows][2];
  for (int row = 0; row < kRows; ++row) {
    acc[row][0] = Load(sums + 32 * row);
    acc[row][1] = Load(sums + 32 * row + 16);
  }
  for (int step = 0; step < kSteps; ++step, left += 4 * kRows) {
#pragma GCC unroll 6
    for (int row = 0; row < kRows; ++row) {
      const v128_t a = wasm_v128_load32_splat(left + 4 * row);
      acc[row][0] = Instruction::Run(a, b0, acc[row][0]);
      acc[row][1] = Instruction::Run(a, b1, acc[row][1]);
    }
  }
  for (int row = 0; row < kRows; ++row) {
    Store(sums + 32 * row, acc[row][0]);
    Store(sums + 32 * row + 16, acc[row][1]);
  }
}

// Zeros, so that no time depends on subnormal values.
AlignedBuffer Zeros(size_t bytes) {
  auto buffer = AlignedBuffer::Allocate(bytes);
  if (!buffer.ok()) std::abort();
  return std::move(*buffer);
}

template <typename Instruction, int kRows>
double TileRate() {
  AlignedBuffer left = Zeros(kLeftBytes);
  AlignedBuffer right = Zeros(32);
  AlignedBuffer sums = Zeros(size_t{kRows} * 32);
  const double seconds =
      SecondsOf([&] { RunTile<Instruction, kRows>(left.data(), right.data(), sums.data()); });
  return double{kSteps} * kRows * 2 * Instruction::kMultiplyAdds / seconds / 1e9;
}

// Adds the rates of some tiles; returns the best.
template <typename Instruction>
double AddTiles(const std::string& name, std::vector<Peak>& peaks) {
  const double rates[] = {TileRate<Instruction, 4>(), TileRate<Instruction, 5>(),
                          TileRate<Instruction, kMaxRows>()};
  for (int i = 0; i < 3; ++i) {
    peaks.push_back({name + ", " + std::to_string(4 + i) + " rows", rates[i]});
  }
  return *std::max_element(std::begin(rates), std::end(rates));
}

[[gnu::noinline]] void CopyVectors(const uint8_t* from, uint8_t* to) {
  for (size_t i = 0; i < kCopyBytes; i += 64) {
    const v128_t a = Load(from + i);
    const v128_t b = Load(from + i + 16);
    const v128_t c = Load(from + i + 32);
    const v128_t d = Load(from + i + 48);
    Store(to + i, a);
    Store(to + i + 16, b);
    Store(to + i + 32, c);
    Store(to + i + 48, d);
  }
}

double GigaBytes() {
  AlignedBuffer from = Zeros(kCopyBytes);
  AlignedBuffer to = Zeros(kCopyBytes);
  const double seconds = SecondsOf([&] { CopyVectors(from.data(), to.data()); });
  return 2.0 * kCopyBytes / seconds / 1e9;
}

}  // namespace

Roofline MeasureRoofline() {
  Roofline roofline;
  std::vector<Peak>& peaks = roofline.peaks;
  roofline.float32 = AddTiles<MulThenAdd>("f32x4.mul + add", peaks);
  roofline.int8 = AddTiles<Dot16>("i32x4.dot_i16x8 + add", peaks);
#if defined(__wasm_relaxed_simd__)
  const double fused = AddTiles<FusedMulAdd>("f32x4.relaxed_madd", peaks);
  roofline.float32 = std::max(roofline.float32, fused);
  const double dot8 = AddTiles<Dot8>("i32x4.relaxed_dot_i8x16_i7x16_add", peaks);
  if (simd::ProbeDotKind() != simd::DotKind::kDot16) roofline.int8 = dot8;
#endif
  roofline.bytes = GigaBytes();
  peaks.push_back({"copy of 256 KB, bytes read and written", roofline.bytes});
  return roofline;
}

}  // namespace octolite::bench
