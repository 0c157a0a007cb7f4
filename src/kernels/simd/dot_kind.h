#pragma once

#include <cstdint>
#include <string_view>

// What the relaxed 8-bit dot product (kernels/simd/relaxed.h) does on this machine. Engines agree
// while the second operand is in 0..127; above, it depends on the machine, and the module finds out
// when it starts.

namespace octolite::simd {

// How to multiply int8 weights with 8-bit activations on this machine.
enum class DotKind : uint8_t {
  kDot16,  // widen to 16 bits: there is no relaxed dot, or it saturates
  kSdot,   // relaxed dot, second operand signed and exact (Arm with dot product)
  kUsdot,  // relaxed dot, second operand unsigned and exact (x86 with AVX-VNNI)
};

// The kind for this machine, probed on the first call. Native builds probe their emulation.
DotKind ProbeDotKind();

// "dot16", "sdot", "usdot".
std::string_view DotKindName(DotKind kind);

#if !defined(__wasm__)
// What an engine may do with a second operand above 127; native builds only, for tests.
enum class DotSemantics : uint8_t {
  kSaturating,  // unsigned, and sums of two products saturate to 16 bits (x86 without AVX-VNNI)
  kSigned,
  kUnsigned,
};
// Sets the emulation for everything that is prepared from now on. Starts as kSaturating.
void SetEmulatedDotSemantics(DotSemantics semantics);
DotSemantics EmulatedDotSemantics();
#endif

}  // namespace octolite::simd
