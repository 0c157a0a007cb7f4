#include <gtest/gtest.h>

#include <array>
#include <string>

#include "kernel_test_util.h"
#include "kernels/simd/relaxed.h"

namespace octolite::testing {
namespace {

using simd::DotKind;

#if !defined(__wasm__)
TEST(ProbeDotKindTest, TellsTheSemanticsApart) {
  simd::SetEmulatedDotSemantics(simd::DotSemantics::kUnsigned);
  EXPECT_EQ(simd::ProbeDotKind(), DotKind::kUsdot);
  simd::SetEmulatedDotSemantics(simd::DotSemantics::kSigned);
  EXPECT_EQ(simd::ProbeDotKind(), DotKind::kSdot);
  simd::SetEmulatedDotSemantics(simd::DotSemantics::kSaturating);
  EXPECT_EQ(simd::ProbeDotKind(), DotKind::kDot16);
}
#endif

TEST(ProbeDotKindTest, HasAName) {
  const DotKind kind = simd::ProbeDotKind();
  RecordProperty("dot_kind", std::string(simd::DotKindName(kind)));
#if !OCTOLITE_HAS_RELAXED_DOT
  EXPECT_EQ(kind, DotKind::kDot16);
#endif
  EXPECT_EQ(simd::DotKindName(DotKind::kDot16), "dot16");
  EXPECT_EQ(simd::DotKindName(DotKind::kSdot), "sdot");
  EXPECT_EQ(simd::DotKindName(DotKind::kUsdot), "usdot");
}

#if OCTOLITE_HAS_RELAXED_DOT
// On whatever machine this is, the instruction does what its kind says. With kDot16 nothing is
// said: some engines saturate, V8 11 on some machines even loses the accumulator.
TEST(RelaxedDotTest, IsExactAsProbed) {
  ForEachDot([] {
    const DotKind kind = simd::ProbeDotKind();
    if (kind == DotKind::kDot16) return;
    Rng rng(11);
    for (int i = 0; i < 300; ++i) {
      const auto weights = RandomIntegers<int8_t>(rng, 16);
      const auto activations = RandomIntegers<int8_t>(rng, 16);
      const auto start = RandomIntegers<int32_t>(rng, 4, -1000000, 1000000);
      std::array<int32_t, 4> actual;
      simd::Store(actual.data(),
                  simd::RelaxedDot(simd::Load(weights.data()), simd::Load(activations.data()),
                                   simd::Load(start.data())));
      for (size_t lane = 0; lane < 4; ++lane) {
        int32_t expected = start[lane];
        for (size_t b = 4 * lane; b < 4 * lane + 4; ++b) {
          const int32_t activation =
              kind == DotKind::kUsdot ? static_cast<uint8_t>(activations[b]) : activations[b];
          expected += weights[b] * activation;
        }
        ASSERT_EQ(actual[lane], expected) << simd::DotKindName(kind);
      }
    }
  });
}
#endif

}  // namespace
}  // namespace octolite::testing
