#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/aligned_buffer.h"
#include "kernels/move/copy.h"
#include "ops/op_def.h"

// Operators that only move elements treat every element type alike: those of whole bytes as they
// are, smaller ones one to a byte, strings by their number.

namespace octolite {

// Bytes of an element while it is moved. Errors: UNSUPPORTED_OPERATOR for types without a size.
Result<size_t> MovedBytes(const PrepareContext& ctx, const TensorSpec& tensor);

// A tensor of elements smaller than a byte, one to a byte.
Result<AlignedBuffer> UnpackElements(const RuntimeTensor& tensor);

// The opposite, for all elements of a tensor whose shape and type are set.
void PackElements(const uint8_t* unpacked, RuntimeTensor& tensor);

// The shape of output i; for strings it waits until their bytes are known, when the operator runs.
void SetMovedShape(PrepareContext& ctx, int i, const Shape& shape);

// Copies elements of one tensor to their places in another. Elements of an output of strings that
// it does not write are empty.
using Move = std::function<Status(const uint8_t* from, uint8_t* to)>;

// Runs `move` from input `input` to output `output` of this shape. Allocates outputs of strings;
// others are there.
Status MoveElements(EvalContext& eval, int input, int output, const Shape& shape, const Move& move);

Status MoveElements(EvalContext& eval, int input, int output, const Shape& shape,
                    const CopyPlan& copy);

// Makes output i, of type string: `string(n)` is its element n. `string` is called twice for each.
Status WriteStrings(EvalContext& eval, int i, const Shape& shape,
                    const std::function<std::string_view(int64_t)>& string);

// Whether the tensor may hold indices: int32 or int64, or int16 where `with_int16`.
Status ExpectIndices(const PrepareContext& ctx, int input, bool with_int16);

// The numbers of a tensor that ExpectIndices accepts, without a copy.
class IndexReader {
 public:
  explicit IndexReader(const RuntimeTensor& tensor) : type_(tensor.type), data_(tensor.data) {}

  int64_t operator[](int64_t i) const {
    switch (type_) {
      case DataType::kInt16:
        return reinterpret_cast<const int16_t*>(data_)[i];
      case DataType::kInt64:
        return reinterpret_cast<const int64_t*>(data_)[i];
      default:
        return reinterpret_cast<const int32_t*>(data_)[i];
    }
  }

 private:
  DataType type_;
  const uint8_t* data_;
};

}  // namespace octolite
