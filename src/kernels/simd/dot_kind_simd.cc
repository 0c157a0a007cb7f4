#include <atomic>

#include "kernels/simd/dot_kind.h"
#include "kernels/simd/relaxed.h"

namespace octolite::simd {

#if !defined(__wasm__)
namespace {
std::atomic<DotSemantics> g_semantics = DotSemantics::kSaturating;
}  // namespace

void SetEmulatedDotSemantics(DotSemantics semantics) {
  g_semantics.store(semantics, std::memory_order_relaxed);
}
DotSemantics EmulatedDotSemantics() { return g_semantics.load(std::memory_order_relaxed); }
#endif

#if OCTOLITE_HAS_RELAXED_DOT
namespace {

// Operands that tell the semantics apart: above 127 at all, and sums of two products beyond 16
// bits.
struct Probe {
  int32_t weight;
  int32_t activation;
};
constexpr Probe kProbes[] = {{1, 0x80}, {1, 0xFF}, {-128, 0xFF}, {127, 0xFF}, {-128, 0x80}};

int32_t Bytes(int32_t byte) {
  return static_cast<int32_t>(static_cast<uint32_t>(byte & 0xFF) * 0x01010101u);
}

DotKind Probed() {
  bool is_signed = true;
  bool is_unsigned = true;
  for (const Probe& probe : kProbes) {
    // Through volatile, so that no compiler computes the instruction with semantics of its own.
    volatile int32_t weights = Bytes(probe.weight);
    volatile int32_t activations = Bytes(probe.activation);
    volatile int32_t start = 7;
    const v128_t sum = RelaxedDot(wasm_i32x4_splat(weights), wasm_i32x4_splat(activations),
                                  wasm_i32x4_splat(start));
    const int32_t lane = wasm_i32x4_extract_lane(sum, 0);
    const int32_t as_signed = static_cast<int8_t>(probe.activation);
    is_signed = is_signed && lane == 7 + 4 * probe.weight * as_signed;
    is_unsigned = is_unsigned && lane == 7 + 4 * probe.weight * probe.activation;
  }
  return is_unsigned ? DotKind::kUsdot : (is_signed ? DotKind::kSdot : DotKind::kDot16);
}

}  // namespace
#endif

DotKind ProbeDotKind() {
#if defined(__wasm_relaxed_simd__)
  static const DotKind kKind = Probed();
  return kKind;
#elif OCTOLITE_HAS_RELAXED_DOT
  return Probed();
#else
  return DotKind::kDot16;
#endif
}

std::string_view DotKindName(DotKind kind) {
  switch (kind) {
    case DotKind::kSdot:
      return "sdot";
    case DotKind::kUsdot:
      return "usdot";
    default:
      return "dot16";
  }
}

}  // namespace octolite::simd
