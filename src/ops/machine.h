#pragma once

#include <string_view>

namespace octolite {

// What this machine's relaxed integer dot product was found to do with an 8-bit second operand:
// "unsigned" or "signed", each with kernels of its own, or "none": the kernels of plain SIMD run.
std::string_view IntegerDotProduct();

}  // namespace octolite
