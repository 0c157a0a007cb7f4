#include <array>

#include "ops/op_def.h"

namespace octolite {

std::span<const OpDef* const> AllOps() {
#define OCTO_OP(name) &k##name##Op,
  static const std::initializer_list<const OpDef*> kOps = {
#include "ops/all_ops.inc"
  };
#undef OCTO_OP
  return {kOps.begin(), kOps.size()};
}

const OpDef* FindOp(int32_t builtin) {
  static const std::array<const OpDef*, kBuiltinOpCount> kTable = [] {
    std::array<const OpDef*, kBuiltinOpCount> table = {};
    for (const OpDef* def : AllOps()) table[static_cast<size_t>(def->op)] = def;
    return table;
  }();
  if (builtin < 0 || builtin >= kBuiltinOpCount) return nullptr;
  return kTable[static_cast<size_t>(builtin)];
}

}  // namespace octolite
