#include "kernels/recurrent/gate_activation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/activation/activation.h"

namespace octolite {

void ApplyGateActivation(GateActivation activation, const float* in, float* out, size_t count) {
  switch (activation) {
    case GateActivation::kNone:
      if (in != out) std::copy_n(in, count, out);
      return;
    case GateActivation::kRelu:
      return ClampFloat(in, out, count, 0.0f, std::numeric_limits<float>::infinity());
    case GateActivation::kReluN1To1:
      return ClampFloat(in, out, count, -1.0f, 1.0f);
    case GateActivation::kRelu6:
      return ClampFloat(in, out, count, 0.0f, 6.0f);
    case GateActivation::kTanh:
      return TanhFloat(in, out, count);
    case GateActivation::kSignBit:
      for (size_t i = 0; i < count; ++i) out[i] = std::signbit(in[i]) ? 1.0f : 0.0f;
      return;
    case GateActivation::kLogistic:
      return LogisticFloat(in, out, count);
  }
}

}  // namespace octolite
