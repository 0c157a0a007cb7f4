#pragma once

#include <string>

#include "ops/common/map.h"

namespace octolite {

// A kernel of T = int8 or int16 that refuses inputs below `zero_point`, of which there is no root,
// and runs `kernel` on others.
template <typename T>
std::unique_ptr<OpKernel> MakeRootKernel(std::string_view name, int32_t zero_point,
                                         std::unique_ptr<OpKernel> kernel) {
  return MakeKernel([name, zero_point, kernel = std::move(kernel)](EvalContext& eval) {
    const T* in = eval.input<T>(0);
    const int64_t count = eval.input_tensor(0).shape.num_elements();
    for (int64_t i = 0; i < count; ++i) {
      if (in[i] < zero_point) {
        return Status(StatusCode::kInvalidArgument,
                      std::string(name) + " of a negative number has no quantized value");
      }
    }
    return kernel->Eval(eval);
  });
}

}  // namespace octolite
