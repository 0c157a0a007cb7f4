#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/model.h"

namespace octolite {

// Who reads the tensors of a subgraph: what passes ask before they make a tensor disappear.
class TensorUses {
 public:
  explicit TensorUses(const Subgraph& subgraph);

  // The operator that reads the tensor, where that is the only one, does so through one input, and
  // nobody else can see the tensor: it is no input or output of the subgraph and no variable.
  std::optional<int32_t> SoleReader(int32_t tensor) const;

  // Times that operators and the subgraph's outputs read the tensor.
  int32_t count(int32_t tensor) const { return uses_[static_cast<size_t>(tensor)].count; }

 private:
  struct Use {
    int32_t count = 0;
    int32_t reader = 0;  // the last operator
    bool visible = false;
  };
  std::vector<Use> uses_;
};

}  // namespace octolite
