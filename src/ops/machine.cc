#include "ops/machine.h"

#include "kernels/simd/dot_kind.h"

namespace octolite {

std::string_view IntegerDotProduct() {
  switch (simd::ProbeDotKind()) {
    case simd::DotKind::kUsdot:
      return "unsigned";
    case simd::DotKind::kSdot:
      return "signed";
    case simd::DotKind::kDot16:
      return "none";
  }
  return "none";
}

}  // namespace octolite
