#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "runtime/passes/tensor_uses.h"

namespace octolite {

// Pass: a constant that the plan made (folded from others, aligned, or made dense) is given back as
// soon as the last operator that reads it is prepared, where each of them made its own of it, as
// weights are packed: a float16 model has its float weights once then, not twice.
//
// Not given back: what the subgraph's outputs show, and what an operator reads while it runs or is
// only then prepared. Constants in the file are the model's to keep.
class ConstantReaders {
 public:
  explicit ConstantReaders(const TensorUses& uses) : uses_(uses) {}

  // The plan made the constant; `slot` is where it keeps it.
  void Add(int32_t tensor, size_t slot);

  // An operator that reads the tensor is prepared; `keeps` when it needs the content from then on.
  // The slot, when nobody needs the constant any more.
  std::optional<size_t> Done(int32_t tensor, bool keeps);

 private:
  struct Constant {
    size_t slot = 0;
    int32_t pending = 0;  // reads yet to come, outputs of the subgraph among them
    bool kept = false;
  };
  const TensorUses& uses_;
  std::map<int32_t, Constant> constants_;
};

}  // namespace octolite
