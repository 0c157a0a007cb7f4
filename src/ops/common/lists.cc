#include "ops/common/lists.h"

#include <cstring>

namespace octolite {
namespace {

template <typename T>
IntList Read(size_t count, const uint8_t* data) {
  IntList list(count);
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data + i * sizeof(T), sizeof(T));
    list[i] = value;
  }
  return list;
}

}  // namespace

Status ExpectList(const PrepareContext& ctx, int input) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(input));
  const TensorSpec& tensor = ctx.input(input);
  if (tensor.type != DataType::kInt32 && tensor.type != DataType::kInt64) {
    return ctx.InputError(
        input, StatusCode::kInvalidModel,
        "is " + std::string(DataTypeName(tensor.type)) + " where int32 or int64 is needed");
  }
  return Status::Ok();
}

IntList ReadList(DataType type, const Shape& shape, const uint8_t* data) {
  const auto count = static_cast<size_t>(shape.num_elements());
  return type == DataType::kInt64 ? Read<int64_t>(count, data) : Read<int32_t>(count, data);
}

IntList RuntimeList(const RuntimeTensor& tensor) {
  return ReadList(tensor.type, tensor.shape, tensor.data);
}

Result<Shape> ShapeFromList(const IntList& dims) {
  std::vector<int32_t> narrow;
  for (const int64_t dim : dims) {
    if (dim < 0 || dim > INT32_MAX) {
      return Status(StatusCode::kInvalidModel,
                    "makes a shape with dimension " + std::to_string(dim));
    }
    narrow.push_back(static_cast<int32_t>(dim));
  }
  const auto shape = Shape::Make(narrow);
  if (shape) return *shape;
  return Status(StatusCode::kInvalidModel, "makes a shape that is too large");
}

std::optional<int> ResolveAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Result<size_t> MovableBytes(const PrepareContext& ctx, const TensorSpec& tensor) {
  const int bits = DataTypeBits(tensor.type);
  if (bits <= 0 || bits % 8 != 0) return ctx.UnsupportedType(tensor);
  return static_cast<size_t>(bits / 8);
}

}  // namespace octolite
