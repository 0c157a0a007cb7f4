#pragma once

#include <cstdint>

// Functions of the vectors of a tensor's last dimension: `rows` of them, of `depth` numbers.

namespace octolite {

// x / max(|x|, 1e-6), with the Euclidean norm.
void L2NormalizeFloat(const float* in, float* out, int64_t rows, int64_t depth);

// The same in fixed point; T is int8 or uint8, the output's scale 1/128 and its zero point the
// middle of T.
template <typename T>
void L2NormalizeQuantized(int32_t zero_point, const T* in, T* out, int64_t rows, int64_t depth);

// x[i] * (bias + alpha * sum of x[j]^2)^-beta over the j from i - radius to i + radius that are
// there; the last only where `with_last`: TFLite's reference kernel leaves it out.
struct LocalResponse {
  int64_t radius = 0;
  float bias = 0;
  float alpha = 0;
  float beta = 0;
  bool with_last = true;
};
void LocalResponseNormalize(const LocalResponse& params, const float* in, float* out, int64_t rows,
                            int64_t depth);

// x - max(x) - ln(sum of exp(x - max(x))).
void LogSoftmaxFloat(const float* in, float* out, int64_t rows, int64_t depth);

}  // namespace octolite
