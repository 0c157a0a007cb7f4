#include <array>

#include "ops/op_def.h"

namespace octolite {

#define OCTO_OP(name) extern const OpDef k##name##Op;
#include "ops/all_ops.inc"
#undef OCTO_OP

std::span<const OpDef* const> AllOps() {
#define OCTO_OP(name) &k##name##Op,
  static const std::initializer_list<const OpDef*> kOps = {
#include "ops/all_ops.inc"
  };
#undef OCTO_OP
  return {kOps.begin(), kOps.size()};
}

const OpDef* FindOp(int32_t builtin, std::string_view custom_code) {
  static const std::array<const OpDef*, kBuiltinOpCount> kTable = [] {
    std::array<const OpDef*, kBuiltinOpCount> table = {};
    for (const OpDef* def : AllOps()) {
      if (def->op != BuiltinOp::kCustom) table[static_cast<size_t>(def->op)] = def;
    }
    return table;
  }();
  if (builtin == static_cast<int32_t>(BuiltinOp::kCustom)) {
    for (const OpDef* def : AllOps()) {
      if (def->op == BuiltinOp::kCustom && def->custom_code == custom_code) return def;
    }
    return nullptr;
  }
  if (builtin < 0 || builtin >= kBuiltinOpCount) return nullptr;
  return kTable[static_cast<size_t>(builtin)];
}

}  // namespace octolite
