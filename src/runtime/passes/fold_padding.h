#pragma once

#include <optional>
#include <span>

#include "ops/op_def.h"
#include "runtime/plan.h"

namespace octolite {

// Pass: a PAD or PADV2 before a convolution becomes a part of the convolution's own padding, which
// is in no memory. This says what `pad`, whose output the operator `def` alone reads as its input
// 0, would come to; `weights` are that operator's, [_, window_h, window_w, _].
//
// Nothing where `def` does not take it; where anything but rows and columns of real zero is added
// (the zero point, when quantized); where shapes or numbers are known only while running; and where
// a side gets as much as the window covers, as no kernel need be made for windows that see nothing
// of the image.
std::optional<ImagePadding> FindPadding(const PlanNode& pad, std::span<const PlanTensor> tensors,
                                        const OpDef& def, const Operator& op,
                                        const TensorSpec& weights);

}  // namespace octolite
