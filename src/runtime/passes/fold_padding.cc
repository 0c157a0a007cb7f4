#include "runtime/passes/fold_padding.h"

#include <algorithm>
#include <cstring>

#include "ops/common/lists.h"

namespace octolite {
namespace {

bool SameParameters(const TensorSpec& a, const TensorSpec& b) {
  return a.quantized() == b.quantized() && a.scale() == b.scale() &&
         a.zero_point() == b.zero_point();
}

// Whether one constant element is what the padding of a convolution stands for.
bool IsRealZero(const TensorSpec& value, const TensorSpec& image) {
  if (!value.is_constant) return false;
  switch (image.type) {
    case DataType::kFloat32: {
      float number;
      std::memcpy(&number, value.constant.data(), sizeof(number));
      return number == 0;
    }
    case DataType::kInt8:
      return static_cast<int8_t>(value.constant[0]) == image.zero_point();
    case DataType::kUInt8:
      return value.constant[0] == image.zero_point();
    default:
      return false;
  }
}

}  // namespace

std::optional<ImagePadding> FindPadding(const PlanNode& pad, std::span<const PlanTensor> tensors,
                                        const OpDef& def, const Operator& op,
                                        const TensorSpec& weights) {
  const bool with_value = pad.def->op == BuiltinOp::kPadv2;
  if (!def.takes_padding || (pad.def->op != BuiltinOp::kPad && !with_value)) return std::nullopt;
  const auto at = [&](int32_t index) -> const PlanTensor& {
    return tensors[static_cast<size_t>(index)];
  };
  const PlanTensor& image = at(pad.inputs[0]);
  const PlanTensor& padded = at(pad.outputs[0]);
  const TensorSpec& amounts = at(pad.inputs[1]).spec;
  if (image.place != TensorPlace::kArena || padded.place != TensorPlace::kArena ||
      image.spec.is_variable || image.spec.shape.rank() != 4 || weights.shape.rank() != 4 ||
      !SameParameters(image.spec, padded.spec) || !amounts.is_constant) {
    return std::nullopt;
  }
  if (with_value && !IsRealZero(at(pad.inputs[2]).spec, image.spec)) return std::nullopt;

  const IntList list = ConstantList(amounts);  // pairs: batch, rows, columns, channels
  if (list[0] != 0 || list[1] != 0 || list[6] != 0 || list[7] != 0) return std::nullopt;
  const auto fits = [&](size_t axis, const char* dilation) {
    const int64_t taps = weights.shape.dim(static_cast<int>(axis)) - 1;
    const int64_t most = std::max<int64_t>(taps * op.options.Int(dilation, 1), 0);
    return list[2 * axis] <= most && list[2 * axis + 1] <= most;
  };
  if (!fits(1, "dilation_h_factor") || !fits(2, "dilation_w_factor")) return std::nullopt;
  return ImagePadding{.top = static_cast<int32_t>(list[2]),
                      .bottom = static_cast<int32_t>(list[3]),
                      .left = static_cast<int32_t>(list[4]),
                      .right = static_cast<int32_t>(list[5])};
}

}  // namespace octolite
