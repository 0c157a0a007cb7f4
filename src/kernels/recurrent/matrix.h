#pragma once

#include <cstdint>

#include "kernels/dynamic_quantize.h"
#include "kernels/recurrent/scratch.h"

// Products of weights with a few rows of activations, as recurrent operators need them. A step
// reads every weight once, so that memory is what bounds it.

namespace octolite {

// Weights [rows, columns]: float, or int8 with one scale (dynamic range), or the diagonal of a
// square matrix as a float vector.
struct RecurrentMatrix {
  int32_t rows = 0;  // 0: there is none
  int32_t columns = 0;
  const float* floats = nullptr;
  const int8_t* bytes = nullptr;
  float scale = 1;
  bool diagonal = false;

  bool present() const { return rows > 0; }
};

// A vector of weights, float or int8 with one scale.
struct RecurrentVector {
  const float* floats = nullptr;
  const int8_t* bytes = nullptr;
  float scale = 1;

  bool present() const { return floats != nullptr || bytes != nullptr; }
  float operator[](int64_t i) const {
    return floats != nullptr ? floats[i] : scale * static_cast<float>(bytes[i]);
  }
};

// Rows of activations [rows, columns], with their int8 form where int8 weights read them.
struct RecurrentRows {
  int32_t rows = 0;
  int32_t columns = 0;
  const float* values = nullptr;
  int8_t* quantized = nullptr;
  DynamicRow* row_scales = nullptr;

  // Memory for the int8 form.
  void TakeScratch(ScratchAllocator& scratch) {
    quantized = scratch.Take<int8_t>(static_cast<int64_t>(rows) * columns);
    row_scales = scratch.Take<DynamicRow>(rows);
  }
  // Fills the int8 form in. A row of zeros stays one, which adds nothing to any product.
  void Quantize(bool asymmetric);
};

// out[r * out_stride + m] += sum over c of matrix[m, c] * rows[r, c]. Needs columns of both to
// agree, and the int8 form of the rows for int8 weights.
void MultiplyAccumulate(const RecurrentMatrix& matrix, const RecurrentRows& rows, float* out,
                        int64_t out_stride);

// Sum of products modulo 2^32, as the peers' kernels wrap.
int32_t DotInt8(const int8_t* a, const int8_t* b, int64_t count);

float DotFloat(const float* a, const float* b, int64_t count);

}  // namespace octolite
