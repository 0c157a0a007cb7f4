#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/model.h"
#include "one_op.h"

namespace octolite::bench {

// One shape of one operator, as it is in a real network.
struct Case {
  std::string group;  // "matrix", "convolution", "depthwise", "elementwise"
  std::string name;
  Numbers numbers = Numbers::kFloat32;
  // Whether moving bytes is what bounds it, rather than multiplying.
  bool moves_bytes = false;
  std::function<Model()> make;
};

std::vector<Case> AllCases();

}  // namespace octolite::bench
