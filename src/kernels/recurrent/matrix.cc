#include "kernels/recurrent/matrix.h"

#include <cstddef>

namespace octolite {
namespace {

int32_t SumInt8(const int8_t* a, int64_t count) {
  uint32_t sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<uint32_t>(int32_t{a[i]});
  return static_cast<int32_t>(sum);
}

void MultiplyDiagonal(const RecurrentMatrix& matrix, const RecurrentRows& rows, float* out,
                      int64_t out_stride) {
  for (int64_t r = 0; r < rows.rows; ++r) {
    const float* row = rows.values + r * rows.columns;
    for (int64_t m = 0; m < matrix.rows; ++m) out[r * out_stride + m] += matrix.floats[m] * row[m];
  }
}

void MultiplyFloat(const RecurrentMatrix& matrix, const RecurrentRows& rows, float* out,
                   int64_t out_stride) {
  for (int64_t m = 0; m < matrix.rows; ++m) {
    const float* weights = matrix.floats + m * matrix.columns;
    for (int64_t r = 0; r < rows.rows; ++r) {
      out[r * out_stride + m] += DotFloat(weights, rows.values + r * rows.columns, matrix.columns);
    }
  }
}

void MultiplyInt8(const RecurrentMatrix& matrix, const RecurrentRows& rows, float* out,
                  int64_t out_stride) {
  for (int64_t m = 0; m < matrix.rows; ++m) {
    const int8_t* weights = matrix.bytes + m * matrix.columns;
    for (int64_t r = 0; r < rows.rows; ++r) {
      const DynamicRow row = rows.row_scales[r];
      auto sum = static_cast<uint32_t>(
          DotInt8(weights, rows.quantized + r * rows.columns, matrix.columns));
      if (row.zero_point != 0) {
        sum -= static_cast<uint32_t>(SumInt8(weights, matrix.columns)) *
               static_cast<uint32_t>(row.zero_point);
      }
      out[r * out_stride + m] +=
          static_cast<float>(static_cast<int32_t>(sum)) * (row.scale * matrix.scale);
    }
  }
}

}  // namespace

void RecurrentRows::Quantize(bool asymmetric) {
  const DynamicScheme scheme =
      asymmetric ? DynamicScheme::kAsymmetricDouble : DynamicScheme::kSymmetric;
  for (int64_t r = 0; r < rows; ++r) {
    row_scales[r] = QuantizeRow(scheme, values + r * columns, static_cast<size_t>(columns),
                                quantized + r * columns);
  }
}

void MultiplyAccumulate(const RecurrentMatrix& matrix, const RecurrentRows& rows, float* out,
                        int64_t out_stride) {
  if (matrix.diagonal) return MultiplyDiagonal(matrix, rows, out, out_stride);
  if (matrix.floats != nullptr) return MultiplyFloat(matrix, rows, out, out_stride);
  MultiplyInt8(matrix, rows, out, out_stride);
}

int32_t DotInt8(const int8_t* a, const int8_t* b, int64_t count) {
  uint32_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    sum += static_cast<uint32_t>(int32_t{a[i]} * int32_t{b[i]});
  }
  return static_cast<int32_t>(sum);
}

float DotFloat(const float* a, const float* b, int64_t count) {
  // Sums of their own for each lane let the compiler use vectors.
  constexpr int64_t kLanes = 8;
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  float sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
              ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace octolite
