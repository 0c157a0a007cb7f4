#include <cmath>
#include <type_traits>

#include "ops/common/complex.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareComplex(ctx, []<typename T>(const std::complex<T>& z) {
    if constexpr (std::is_same_v<T, float>) {
      // In double no square of a float is too large or small.
      const auto real = static_cast<double>(z.real());
      const auto imaginary = static_cast<double>(z.imag());
      return static_cast<float>(std::sqrt(real * real + imaginary * imaginary));
    } else {
      return std::abs(z);
    }
  });
}

}  // namespace

extern const OpDef kComplexAbsOp = {
    .op = BuiltinOp::kComplexAbs,
    .prepare = Prepare,
};

}  // namespace octolite
