#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/row_source.h"

namespace octolite {

// One product of matrices, whatever its type: [m][k] rows by packed weights [n][k]. What channel c
// of row r yields is stored at element (row of the output) * output_stride + first_channel + c.
struct MatrixProduct {
  int64_t m = 0;
  const RowSource* rows = nullptr;
  const MatrixLayout* layout = nullptr;
  const uint8_t* packed = nullptr;
  int32_t first_channel = 0;  // of biases and scales, too
  int64_t output_stride = 0;
  uint8_t* scratch = nullptr;  // MatrixScratch(layout, parallel.threads()) bytes, 64-byte aligned
  Parallel parallel;
};

}  // namespace octolite
