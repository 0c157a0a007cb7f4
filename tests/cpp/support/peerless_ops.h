#pragma once

#include <string_view>

#include "base/data_type.h"

namespace octolite::testing {

// A custom operator that LiteRT's interpreter does not have, so that there is no answer of its to
// keep as a golden: unit tests hold it to values worked out by hand.
struct PeerlessOp {
  std::string_view custom_code;
  DataType type;  // of its tensors
};

inline constexpr PeerlessOp kPeerlessOps[] = {
    // MediaPipe's.
    {"MaxPoolingWithArgmax2D", DataType::kFloat32},
    {"MaxUnpooling2D", DataType::kFloat32},
};

// Null for an operator that LiteRT has.
inline const PeerlessOp* FindPeerless(std::string_view name) {
  for (const PeerlessOp& op : kPeerlessOps) {
    if (op.custom_code == name) return &op;
  }
  return nullptr;
}

}  // namespace octolite::testing
