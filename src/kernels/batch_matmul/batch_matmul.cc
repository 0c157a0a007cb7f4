#include "kernels/batch_matmul/batch_matmul.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <variant>

#include "kernels/gemm/gemm.h"

namespace octolite {
namespace {

// The rows of a matrix that is stored column by column.
class ColumnSource final : public RowSource {
 public:
  ColumnSource(const uint8_t* data, int64_t rows, int64_t depth, int64_t element)
      : data_(data), rows_(rows), depth_(depth), element_(element) {}

  Rows Get(int64_t first, int64_t count, uint8_t* scratch, int64_t stride) const override {
    const auto bytes = static_cast<size_t>(element_);
    const uint8_t* from = data_ + first * element_;
    for (int64_t d = 0; d < depth_; ++d, from += rows_ * element_) {
      for (int64_t i = 0; i < count; ++i) {
        std::memcpy(scratch + i * stride + d * element_, from + i * element_, bytes);
      }
    }
    return {scratch, stride};
  }

 private:
  const uint8_t* data_;
  int64_t rows_, depth_, element_;
};

// Calls matrix(left matrix, right matrix, output matrix) for every matrix of the output in order.
template <typename Matrix>
void ForEachBatch(const BatchMatMulShape& shape, const Matrix& matrix) {
  std::array<int64_t, Shape::kMaxRank> position = {};
  int64_t left = 0;
  int64_t right = 0;
  int64_t count = 1;
  for (int i = 0; i < shape.batch_rank; ++i) count *= shape.dims[static_cast<size_t>(i)];
  for (int64_t index = 0; index < count; ++index) {
    matrix(left, right, index);
    for (auto i = static_cast<size_t>(shape.batch_rank); i-- > 0;) {
      left += shape.left_step[i];
      right += shape.right_step[i];
      if (++position[i] < shape.dims[i]) break;
      left -= shape.left_step[i] * shape.dims[i];
      right -= shape.right_step[i] * shape.dims[i];
      position[i] = 0;
    }
  }
}

// The result of one matrix of several.
MatrixResult OfMatrix(MatrixResult result, int64_t first_output, int64_t first_row) {
  std::visit(
      [&](auto& r) {
        r.output += first_output;
        if constexpr (std::is_same_v<std::decay_t<decltype(r)>, DynamicResult>) {
          r.params += first_row;
        }
      },
      result);
  return result;
}

}  // namespace

WeightsView BatchMatMul::ViewOf(int64_t right_batch) const {
  WeightsView view;
  view.first = right_batch * shape_.n * shape_.k;
  view.inner = shape_.k;
  view.channel_stride = shape_.adj_y ? shape_.k : 1;
  view.inner_stride = shape_.adj_y ? 1 : shape_.n;
  return view;
}

Result<BatchMatMul> BatchMatMul::Make(const BatchMatMulShape& shape, const WeightsSource& right) {
  BatchMatMul family;
  family.shape_ = shape;
  family.layout_ = right.Layout(static_cast<int32_t>(shape.n), shape.k, shape.m);
  // Small matrices are mostly padding when they are packed.
  const int64_t bytes = shape.right_batches * family.layout_.bytes();
  if (right.data != nullptr && bytes <= 16 * shape.right_batches * shape.n * shape.k + 65536) {
    for (int64_t b = 0; b < shape.right_batches; ++b) {
      family.packed_.Add(family.layout_, family.ViewOf(b));
    }
    OCTO_RETURN_IF_ERROR(family.packed_.Finish(right.data));
  }
  return family;
}

int64_t BatchMatMul::scratch_bytes(int threads) const {
  const int64_t packed = packed_.count() > 0 ? 0 : layout_.bytes();
  return packed + MatrixScratch(layout_, threads);
}

void BatchMatMul::Run(const void* left, const void* right, const MatrixResult& result,
                      uint8_t* scratch, const Parallel& parallel) const {
  const bool constant = packed_.count() > 0;
  const uint8_t* packed = constant ? packed_.Get(right, scratch) : scratch;
  int64_t packed_batch = -1;  // in scratch
  const int64_t element = ElementBytes(result);
  const int64_t left_bytes = shape_.m * shape_.k * element;
  ForEachBatch(shape_, [&](int64_t left_batch, int64_t right_batch, int64_t index) {
    if (!constant && right_batch != packed_batch) {
      PackMatrix(layout_, ViewOf(right_batch), right, scratch);
      packed_batch = right_batch;
    }
    const uint8_t* data = static_cast<const uint8_t*>(left) + left_batch * left_bytes;
    const MatrixSource rows(data, shape_.k * element);
    const ColumnSource columns(data, shape_.m, shape_.k, element);
    MatrixProduct product;
    product.m = shape_.m;
    product.rows = shape_.adj_x ? static_cast<const RowSource*>(&columns) : &rows;
    product.layout = &layout_;
    product.packed = constant ? packed + packed_.offset(static_cast<size_t>(right_batch)) : packed;
    product.output_stride = shape_.n;
    product.scratch = constant ? scratch : scratch + layout_.bytes();
    product.parallel = parallel;
    Multiply(product, OfMatrix(result, index * shape_.m * shape_.n, left_batch * shape_.m));
  });
}

void BatchMatMulInt32(const BatchMatMulShape& shape, const int8_t* left, const int8_t* right,
                      int32_t* output) {
  const int64_t row = shape.adj_x ? 1 : shape.k;
  const int64_t left_depth = shape.adj_x ? shape.m : 1;
  const int64_t column = shape.adj_y ? shape.k : 1;
  const int64_t right_depth = shape.adj_y ? 1 : shape.n;
  ForEachBatch(shape, [&](int64_t left_batch, int64_t right_batch, int64_t) {
    for (int64_t m = 0; m < shape.m; ++m) {
      const int8_t* a = left + left_batch * shape.m * shape.k + m * row;
      for (int64_t n = 0; n < shape.n; ++n) {
        const int8_t* b = right + right_batch * shape.n * shape.k + n * column;
        uint32_t sum = 0;
        for (int64_t d = 0; d < shape.k; ++d) {
          sum += static_cast<uint32_t>(a[d * left_depth] * b[d * right_depth]);
        }
        *output++ = static_cast<int32_t>(sum);
      }
    }
  });
}

}  // namespace octolite
