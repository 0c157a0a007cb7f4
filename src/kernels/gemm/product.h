#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/row_source.h"
#include "kernels/gemm/window_source.h"

namespace octolite {

// One product of matrices, whatever its type: [m][k] rows by packed weights [n][k]. What channel c
// of row r yields is stored at element (row of the output) * output_stride + first_channel + c.
struct MatrixProduct {
  int64_t m = 0;
  // The rows, from one of the two; those of a window have the layout's segments.
  const RowSource* rows = nullptr;
  const WindowSource* window = nullptr;
  const uint8_t* images = nullptr;  // of the window
  const MatrixLayout* layout = nullptr;
  const uint8_t* packed = nullptr;
  int32_t first_channel = 0;  // of biases and scales, too
  int64_t output_stride = 0;
  uint8_t* scratch = nullptr;  // MatrixScratch(layout, parallel.threads()) bytes, 64-byte aligned
  Parallel parallel;
};

}  // namespace octolite
