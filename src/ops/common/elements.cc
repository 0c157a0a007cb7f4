#include "ops/common/elements.h"

#include <cstring>
#include <string>

#include "ops/common/strings.h"

namespace octolite {
namespace {

Status MovePacked(EvalContext& eval, int input, int output, const Shape& shape, const Move& move) {
  const int64_t to_count = shape.num_elements();
  OCTO_ASSIGN_OR_RETURN(const AlignedBuffer unpacked, UnpackElements(eval.input_tensor(input)));
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer moved,
                        AlignedBuffer::Allocate(static_cast<size_t>(to_count)));
  OCTO_RETURN_IF_ERROR(move(unpacked.data(), moved.data()));
  PackElements(moved.data(), eval.output_tensor(output));
  return Status::Ok();
}

Status MoveStrings(EvalContext& eval, int input, int output, const Shape& shape, const Move& move) {
  const RuntimeTensor& from = eval.input_tensor(input);
  const int64_t from_count = from.shape.num_elements();
  const std::span<const uint8_t> bytes(from.data, from.bytes);
  OCTO_RETURN_IF_ERROR(CheckStrings(bytes, from_count));
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer numbers,
                        AlignedBuffer::Allocate(static_cast<size_t>(from_count) * sizeof(int32_t)));
  // The offsets alone, so that an impossible size is refused before anything else is allocated.
  const auto count = static_cast<size_t>(shape.num_elements());
  OCTO_RETURN_IF_ERROR(eval.AllocateOutput(output, shape, (count + 2) * sizeof(int32_t)));
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer moved, AlignedBuffer::Allocate(count * sizeof(int32_t)));
  // 0 stands for the empty string.
  for (int64_t i = 0; i < from_count; ++i) {
    numbers.as<int32_t>()[i] = static_cast<int32_t>(i + 1);
  }
  OCTO_RETURN_IF_ERROR(move(numbers.data(), moved.data()));
  return WriteStrings(eval, output, shape, [&](int64_t i) {
    const int32_t number = moved.as<int32_t>()[i];
    return number == 0 ? std::string_view() : StringAt(bytes, number - 1);
  });
}

}  // namespace

Result<size_t> MovedBytes(const PrepareContext& ctx, const TensorSpec& tensor) {
  if (tensor.type == DataType::kString) return sizeof(int32_t);
  const int bits = DataTypeBits(tensor.type);
  if (bits <= 0) return ctx.UnsupportedType(tensor);
  return static_cast<size_t>(bits < 8 ? 1 : bits / 8);
}

// Several to a byte, the first in the lowest bits.
Result<AlignedBuffer> UnpackElements(const RuntimeTensor& tensor) {
  const int64_t count = tensor.shape.num_elements();
  const int bits = DataTypeBits(tensor.type);
  const int per_byte = 8 / bits;
  const int mask = (1 << bits) - 1;
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer unpacked,
                        AlignedBuffer::Allocate(static_cast<size_t>(count)));
  for (int64_t i = 0; i < count; ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    unpacked.data()[i] = static_cast<uint8_t>((tensor.data[i / per_byte] >> shift) & mask);
  }
  return unpacked;
}

void PackElements(const uint8_t* unpacked, RuntimeTensor& tensor) {
  const int bits = DataTypeBits(tensor.type);
  const int per_byte = 8 / bits;
  for (int64_t i = 0; i < tensor.shape.num_elements(); ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    uint8_t& byte = tensor.data[i / per_byte];
    byte = static_cast<uint8_t>((shift == 0 ? 0 : byte) | unpacked[i] << shift);
  }
}

void SetMovedShape(PrepareContext& ctx, int i, const Shape& shape) {
  if (ctx.output(i).type == DataType::kString) {
    ctx.SetOutputDynamic(i);
  } else {
    ctx.SetOutputShape(i, shape);
  }
}

Status MoveElements(EvalContext& eval, int input, int output, const Shape& shape,
                    const Move& move) {
  const RuntimeTensor& from = eval.input_tensor(input);
  if (from.type == DataType::kString) return MoveStrings(eval, input, output, shape, move);
  if (DataTypeBits(from.type) < 8) return MovePacked(eval, input, output, shape, move);
  return move(from.data, eval.output<uint8_t>(output));
}

Status MoveElements(EvalContext& eval, int input, int output, const Shape& shape,
                    const CopyPlan& copy) {
  return MoveElements(eval, input, output, shape, [&](const uint8_t* from, uint8_t* to) {
    RunCopy(copy, from, to);
    return Status::Ok();
  });
}

Status WriteStrings(EvalContext& eval, int i, const Shape& shape,
                    const std::function<std::string_view(int64_t)>& string) {
  const int64_t count = shape.num_elements();
  const int64_t header = static_cast<int64_t>(sizeof(int32_t)) * (count + 2);
  int64_t total = header;
  for (int64_t n = 0; n < count && total <= INT32_MAX; ++n) {
    total += static_cast<int64_t>(string(n).size());
  }
  if (total > INT32_MAX) {
    return Status(StatusCode::kOutOfMemory, "makes strings of more than 2 GiB");
  }
  OCTO_RETURN_IF_ERROR(eval.AllocateOutput(i, shape, static_cast<size_t>(total)));
  auto* const bytes = eval.output<uint8_t>(i);
  const auto put = [&](int64_t place, int64_t value) {
    const auto number = static_cast<int32_t>(value);
    std::memcpy(bytes + place * static_cast<int64_t>(sizeof(number)), &number, sizeof(number));
  };
  put(0, count);
  int64_t at = header;
  for (int64_t n = 0; n < count; ++n) {
    put(n + 1, at);
    const std::string_view text = string(n);
    if (!text.empty()) std::memcpy(bytes + at, text.data(), text.size());
    at += static_cast<int64_t>(text.size());
  }
  put(count + 1, at);
  return Status::Ok();
}

Status ExpectIndices(const PrepareContext& ctx, int input, bool with_int16) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(input));
  const DataType type = ctx.input(input).type;
  if (type == DataType::kInt32 || type == DataType::kInt64 ||
      (with_int16 && type == DataType::kInt16)) {
    return Status::Ok();
  }
  return ctx.InputError(
      input, StatusCode::kInvalidModel,
      "is " + std::string(DataTypeName(type)) + " where integers of 32 or 64 bits are needed");
}

}  // namespace octolite
