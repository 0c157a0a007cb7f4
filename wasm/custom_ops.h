#pragma once

#include <emscripten/val.h>

#include <memory>
#include <string_view>
#include <vector>

#include "ops/op_def.h"

namespace octolite::wasm {

// Custom operators that are written in JavaScript; js/src/custom_ops.ts is the other side and says
// what passes between the two. Their functions never throw.
class CustomOps {
 public:
  CustomOps() = default;
  // An array of {name, prepare, invoke}.
  explicit CustomOps(const emscripten::val& list);

  bool Has(std::string_view custom_code) const;
  // These, and behind them those of `others`: the first of a name counts.
  CustomOps Before(const CustomOps& others) const;
  // Valid as long as this object or a copy of it.
  std::vector<const OpDef*> defs() const;

 private:
  struct CustomOp;
  static Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx);

  std::vector<std::shared_ptr<const CustomOp>> ops_;
};

}  // namespace octolite::wasm
