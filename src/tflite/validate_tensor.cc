#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "base/checked_math.h"
#include "base/data_type.h"
#include "tflite/validate.h"

namespace octolite {
namespace {

Status Invalid(std::string message) {
  return Status(StatusCode::kInvalidModel, std::move(message));
}

std::string ToText(const std::vector<int32_t>& dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) text += (i ? "," : "") + std::to_string(dims[i]);
  return text + "]";
}

// Elements of a tensor of these dimensions, none of them negative; nothing when the product does
// not fit.
std::optional<size_t> CountElements(const std::vector<int32_t>& dims) {
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return 0;
  std::optional<size_t> count = 1;
  for (const int32_t dim : dims) {
    count = CheckedMul(*count, static_cast<size_t>(dim));
    if (!count) return std::nullopt;
  }
  return count;
}

Status CheckShape(const Tensor& tensor) {
  if (!IsKnownDataType(static_cast<int>(tensor.type))) {
    return Status(StatusCode::kUnsupportedModel,
                  "unknown element type " + std::to_string(static_cast<int>(tensor.type)))
        .WithHint("the model may be of a newer version of the format");
  }
  for (const int32_t dim : tensor.shape) {
    if (dim < 0) return Invalid("negative dimension in shape " + ToText(tensor.shape));
  }
  const std::optional<size_t> count = CountElements(tensor.shape);
  if (!count || (DataTypeBits(tensor.type) > 0 && !DataTypeBytes(tensor.type, *count))) {
    return Invalid("shape " + ToText(tensor.shape) + " is too large to address");
  }
  if (tensor.shape_signature && !tensor.shape_signature->empty()) {
    const std::vector<int32_t>& signature = *tensor.shape_signature;
    if (signature.size() != tensor.shape.size()) {
      return Invalid("shape signature " + ToText(signature) + " has another rank than shape " +
                     ToText(tensor.shape));
    }
    for (const int32_t dim : signature) {
      if (dim < -1) return Invalid("dimension below -1 in shape signature " + ToText(signature));
    }
  }
  return Status::Ok();
}

// String data: the number of strings, where each of them begins and the last one ends, the bytes.
Status CheckStrings(std::span<const uint8_t> data, size_t expected) {
  const auto read = [&](size_t index) {
    int32_t value;
    std::memcpy(&value, data.data() + index * sizeof(value), sizeof(value));
    return static_cast<int64_t>(value);
  };
  if (data.size() < sizeof(int32_t) || read(0) < 0) {
    return Invalid("string data has no count of strings");
  }
  const auto count = static_cast<size_t>(read(0));
  if (data.size() / sizeof(int32_t) < 2 || count > data.size() / sizeof(int32_t) - 2) {
    return Invalid("string data is too short for " + std::to_string(count) + " strings");
  }
  if (count != expected) {
    return Invalid("string data holds " + std::to_string(count) + " strings, the shape has " +
                   std::to_string(expected));
  }
  auto previous = static_cast<int64_t>((count + 2) * sizeof(int32_t));
  for (size_t i = 0; i <= count; ++i) {
    const int64_t offset = read(1 + i);
    if (offset < previous || offset > static_cast<int64_t>(data.size())) {
      return Invalid("string " + std::to_string(i) + " lies outside the string data");
    }
    previous = offset;
  }
  return Status::Ok();
}

bool IsPermutation(std::vector<int32_t> values, size_t first) {
  std::sort(values.begin(), values.end());
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0 || static_cast<size_t>(values[i]) != first + i) return false;
  }
  return true;
}

Status CheckIndexWidth(const SparseIndices& indices) {
  const int32_t max = indices.type == SparseIndexType::kUInt8    ? 255
                      : indices.type == SparseIndexType::kUInt16 ? 65535
                                                                 : INT32_MAX;
  const bool fits = std::all_of(indices.values.begin(), indices.values.end(),
                                [&](int32_t value) { return value >= 0 && value <= max; });
  if (!fits || indices.type == SparseIndexType::kNone) {
    return Invalid("sparse indices are missing, negative, or too large for their type");
  }
  return Status::Ok();
}

// Compressed indices of a dimension of `size` below `parents` stored elements.
Status CheckCompressed(const DimensionMetadata& dim, size_t parents, int32_t size) {
  OCTO_RETURN_IF_ERROR(CheckIndexWidth(dim.segments));
  OCTO_RETURN_IF_ERROR(CheckIndexWidth(dim.indices));
  const std::vector<int32_t>& segments = dim.segments.values;
  const std::vector<int32_t>& indices = dim.indices.values;
  if (segments.empty() || segments.size() - 1 != parents) {
    return Invalid("sparse dimension has " + std::to_string(segments.size()) +
                   " segment bounds for " + std::to_string(parents) + " segments");
  }
  if (segments.front() != 0 || !std::is_sorted(segments.begin(), segments.end()) ||
      static_cast<size_t>(segments.back()) != indices.size()) {
    return Invalid("segments of a sparse dimension do not cover its indices");
  }
  for (const int32_t index : indices) {
    if (index >= size) {
      return Invalid("sparse index " + std::to_string(index) + " outside its dimension of " +
                     std::to_string(size));
    }
  }
  return Status::Ok();
}

// Checks the structure, and returns the number of elements that are stored.
Result<size_t> CountSparseElements(const Sparsity& sparsity, const std::vector<int32_t>& shape) {
  const size_t rank = shape.size();
  const size_t blocks = sparsity.block_map.size();
  const std::vector<int32_t>& order = sparsity.traversal_order;
  if (order.size() != rank + blocks || sparsity.dims.size() != order.size() || blocks > rank) {
    return Invalid("sparsity describes " + std::to_string(sparsity.dims.size()) +
                   " dimensions of a tensor of rank " + std::to_string(rank) + " with " +
                   std::to_string(blocks) + " block dimensions");
  }
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(rank);
  if (!IsPermutation({order.begin(), middle}, 0) || !IsPermutation({middle, order.end()}, rank)) {
    return Invalid("sparse traversal order is not a permutation of the dimensions");
  }
  // The size of each dimension in its own numbering: a blocked one counts its blocks.
  std::vector<int32_t> sizes(shape);
  sizes.resize(order.size());
  for (size_t i = rank; i < order.size(); ++i) {
    const auto block = static_cast<size_t>(order[i]);
    const int32_t mapped = sparsity.block_map[block - rank];
    const int32_t size = sparsity.dims[i].dense_size;
    if (sparsity.dims[i].format != DimensionFormat::kDense || size <= 0) {
      return Invalid("a block dimension of a sparse tensor is not dense");
    }
    if (mapped < 0 || static_cast<size_t>(mapped) >= rank) {
      return Invalid("sparse block maps to dimension " + std::to_string(mapped));
    }
    int32_t& outer = sizes[static_cast<size_t>(mapped)];
    if (outer % size != 0) {
      return Invalid("sparse block of " + std::to_string(size) +
                     " does not divide a dimension of " + std::to_string(outer));
    }
    outer /= size;
    sizes[block] = size;
  }
  size_t count = 1;
  for (size_t i = 0; i < order.size(); ++i) {
    const DimensionMetadata& dim = sparsity.dims[i];
    const int32_t size = sizes[static_cast<size_t>(order[i])];
    if (dim.format == DimensionFormat::kSparseCsr) {
      OCTO_RETURN_IF_ERROR(CheckCompressed(dim, count, size));
      count = dim.indices.values.size();
    } else if (dim.format == DimensionFormat::kDense && dim.dense_size == size) {
      const std::optional<size_t> product = CheckedMul(count, static_cast<size_t>(size));
      if (!product) return Invalid("sparse tensor is too large to address");
      count = *product;
    } else {
      return Invalid("dense dimension of a sparse tensor has size " +
                     std::to_string(dim.dense_size) + ", the shape asks for " +
                     std::to_string(size));
    }
  }
  return count;
}

Status CheckData(const Model& model, const Tensor& tensor) {
  const size_t size = model.data_size(tensor);
  size_t count = *CountElements(tensor.shape);
  if (tensor.sparsity) {
    OCTO_ASSIGN_OR_RETURN(count, CountSparseElements(*tensor.sparsity, tensor.shape));
  }
  if (size == 0) return Status::Ok();
  if (tensor.external_buffer != 0) {
    return Invalid("the tensor has data both inside and outside the file");
  }
  if (tensor.type == DataType::kString) return CheckStrings(model.data(tensor), count);
  if (DataTypeBits(tensor.type) == 0 || tensor.type == DataType::kResource) {
    return Invalid("constant data for the run-time type " + std::string(DataTypeName(tensor.type)));
  }
  const std::optional<size_t> needed = DataTypeBytes(tensor.type, count);
  if (needed != size) {
    return Invalid("buffer " + std::to_string(tensor.buffer) + " has " + std::to_string(size) +
                   " bytes, " + ToText(tensor.shape) + " of " +
                   std::string(DataTypeName(tensor.type)) + " needs " +
                   (needed ? std::to_string(*needed) : "more than can be addressed"))
        .WithHint("the file is damaged, or its converter wrote a wrong shape");
  }
  return Status::Ok();
}

struct IntegerRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
};

// Zero points lie in the range of the stored integers; other types have no use for them.
IntegerRange ZeroPointRange(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return {-128, 127};
    case DataType::kUInt8:
      return {0, 255};
    case DataType::kInt16:
      return {-32768, 32767};
    case DataType::kUInt16:
      return {0, 65535};
    case DataType::kInt4:
      return {-8, 7};
    case DataType::kUInt4:
      return {0, 15};
    case DataType::kInt2:
      return {-2, 1};
    default:
      return {};
  }
}

Status CheckReference(const Subgraph& subgraph, int32_t tensor, const char* what, bool optional) {
  if (optional && tensor == kNoTensor) return Status::Ok();
  if (tensor < 0 || static_cast<size_t>(tensor) >= subgraph.tensors.size()) {
    return Invalid(std::string("quantization ") + what + " are in tensor " +
                   std::to_string(tensor) + " of " + std::to_string(subgraph.tensors.size()));
  }
  return Status::Ok();
}

Status CheckDetails(const Quantization& quantization, const Subgraph& subgraph, size_t rank) {
  if (quantization.custom.has_value() + quantization.blockwise.has_value() +
          quantization.multi_axis.has_value() >
      1) {
    return Invalid("quantization of several kinds at once");
  }
  if (const auto& blocks = quantization.blockwise) {
    OCTO_RETURN_IF_ERROR(CheckReference(subgraph, blocks->scales, "scales", false));
    OCTO_RETURN_IF_ERROR(CheckReference(subgraph, blocks->zero_points, "zero points", true));
    if (blocks->block_size <= 0) {
      return Invalid("quantization in blocks of " + std::to_string(blocks->block_size));
    }
  }
  if (const auto& axes = quantization.multi_axis) {
    OCTO_RETURN_IF_ERROR(CheckReference(subgraph, axes->scales, "scales", false));
    OCTO_RETURN_IF_ERROR(CheckReference(subgraph, axes->zero_points, "zero points", true));
    if (axes->block_size < 0) {
      return Invalid("quantization in blocks of " + std::to_string(axes->block_size));
    }
    for (const int32_t dimension : axes->quantized_dimensions) {
      if (dimension < 0 || static_cast<size_t>(dimension) >= rank) {
        return Invalid("quantized dimension " + std::to_string(dimension) +
                       " of a tensor of rank " + std::to_string(rank));
      }
    }
  }
  return Status::Ok();
}

Status CheckQuantization(const Tensor& tensor, const Subgraph& subgraph) {
  if (!tensor.quantization) return Status::Ok();
  const Quantization& quantization = *tensor.quantization;
  const size_t rank = tensor.shape.size();
  OCTO_RETURN_IF_ERROR(CheckDetails(quantization, subgraph, rank));
  const bool details = quantization.custom || quantization.blockwise || quantization.multi_axis;
  if (quantization.scale.empty() || details) return Status::Ok();

  const size_t scales = quantization.scale.size();
  const int32_t dimension = quantization.quantized_dimension;
  if (dimension < 0 || (dimension > 0 && static_cast<size_t>(dimension) >= rank)) {
    return Invalid("quantized dimension " + std::to_string(dimension) + " of a tensor of rank " +
                   std::to_string(rank));
  }
  if (scales != 1) {
    const size_t channels =
        rank == 0 ? 1 : static_cast<size_t>(tensor.shape[static_cast<size_t>(dimension)]);
    if (scales != channels) {
      return Invalid(std::to_string(scales) + " scales for " + std::to_string(channels) +
                     " channels (dimension " + std::to_string(dimension) + " of " +
                     ToText(tensor.shape) + ")");
    }
  }
  if (quantization.zero_point.size() != scales) {
    return Invalid(std::to_string(quantization.zero_point.size()) + " zero points for " +
                   std::to_string(scales) + " scales");
  }
  for (const float scale : quantization.scale) {
    if (!std::isfinite(scale) || scale < 0) {
      return Invalid("scale " + std::to_string(scale) + " is not a positive number");
    }
  }
  const IntegerRange range = ZeroPointRange(tensor.type);
  for (const int64_t zero_point : quantization.zero_point) {
    if (zero_point < range.min || zero_point > range.max) {
      return Invalid("zero point " + std::to_string(zero_point) + " outside the range of " +
                     std::string(DataTypeName(tensor.type)));
    }
  }
  return Status::Ok();
}

}  // namespace

Status ValidateTensor(const Model& model, const Subgraph& subgraph, const Tensor& tensor) {
  if (tensor.buffer >= model.buffers.size()) {
    return Invalid("buffer " + std::to_string(tensor.buffer) + " of " +
                   std::to_string(model.buffers.size()));
  }
  OCTO_RETURN_IF_ERROR(CheckShape(tensor));
  OCTO_RETURN_IF_ERROR(CheckData(model, tensor));
  return CheckQuantization(tensor, subgraph);
}

}  // namespace octolite
