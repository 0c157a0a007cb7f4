#include "kernels/simd/exp.h"

namespace octolite::simd::internal {

// The polynomial's coefficients were found by the Remez exchange for the least relative error of
// exp among polynomials of degree 6 with value 1 at 0: 2.6e-9 where |r| <= ln 2 / 2. The factor of
// r came out as 1 in single precision.
const ExpConstants kExp = {
    .log2_e = Constant(1.44269504f),
    .magic = Constant(0x1.8p23f + 127.0f),
    .ln2_high = Constant(0.693359375f),
    .ln2_low = Constant(-2.12194440e-4f),
    .polynomial = {Constant(5.000000596e-1f), Constant(1.666636467e-1f), Constant(4.166477546e-2f),
                   Constant(8.379020728e-3f), Constant(1.406127703e-3f)},
    .one = Constant(1.0f),
    .two = Constant(2.0f),
    .minus_zero = Constant(-0.0f),
    .lowest = Constant(-88.0f),
    .highest = Constant(88.37f),
    .lowest_minus_one = Constant(-17.5f),
};

}  // namespace octolite::simd::internal
