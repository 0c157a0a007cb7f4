#include "ops/op_def.h"

#include <cmath>

namespace octolite {
namespace {

// The values a zero point may have with a type; false for types that are not quantized.
bool ZeroPointFits(DataType type, int64_t zero_point) {
  switch (type) {
    case DataType::kInt8:
      return zero_point >= -128 && zero_point <= 127;
    case DataType::kUInt8:
      return zero_point >= 0 && zero_point <= 255;
    case DataType::kInt16:
    case DataType::kInt32:
    case DataType::kInt4:
      return zero_point == 0;
    default:
      return false;
  }
}

}  // namespace

const Quantization* PrepareContext::intermediate(int i) const {
  const int32_t index = node_.op->intermediates[static_cast<size_t>(i)];
  if (index == kNoTensor) return nullptr;
  const Tensor& tensor = node_.subgraph->tensors[static_cast<size_t>(index)];
  return tensor.quantization ? &*tensor.quantization : nullptr;
}

Status PrepareContext::Error(StatusCode code, std::string message) const {
  Status status(code, std::move(message));
  status.AtOp(node_.index, node_.name);
  return status;
}

Status PrepareContext::InputError(int i, StatusCode code, std::string message) const {
  Status status = Error(code, std::move(message));
  if (has_input(i)) status.AtTensor(input(i).index, input(i).name);
  return status;
}

Status PrepareContext::OutputError(int i, StatusCode code, std::string message) const {
  Status status = Error(code, std::move(message));
  status.AtTensor(output(i).index, output(i).name);
  return status;
}

Status PrepareContext::ExpectCounts(int min_inputs, int max_inputs, int outputs) const {
  if (num_inputs() < min_inputs || num_inputs() > max_inputs) {
    std::string wanted = std::to_string(min_inputs);
    if (max_inputs != min_inputs) wanted += " to " + std::to_string(max_inputs);
    return Error(StatusCode::kInvalidModel,
                 "has " + std::to_string(num_inputs()) + " inputs where it takes " + wanted);
  }
  if (num_outputs() != outputs) {
    return Error(StatusCode::kInvalidModel, "has " + std::to_string(num_outputs()) +
                                                " outputs where it makes " +
                                                std::to_string(outputs));
  }
  for (int i = 0; i < min_inputs; ++i) OCTO_RETURN_IF_ERROR(ExpectInput(i));
  return Status::Ok();
}

Status PrepareContext::ExpectInput(int i) const {
  if (has_input(i)) return Status::Ok();
  return Error(StatusCode::kInvalidModel, "input " + std::to_string(i) + " is missing");
}

Status PrepareContext::ExpectType(const TensorSpec& tensor, DataType type) const {
  if (tensor.type == type) return Status::Ok();
  Status status =
      Error(StatusCode::kInvalidModel, "is " + std::string(DataTypeName(tensor.type)) + " where " +
                                           std::string(DataTypeName(type)) + " is needed");
  return status.AtTensor(tensor.index, tensor.name);
}

Status PrepareContext::ExpectSameType(const TensorSpec& a, const TensorSpec& b) const {
  return ExpectType(b, a.type);
}

Status PrepareContext::ExpectPerTensorQuantization(const TensorSpec& tensor) const {
  const Quantization* quantization = tensor.quantization;
  std::string problem;
  if (quantization == nullptr || quantization->scale.size() != 1) {
    problem = "needs exactly one scale";
  } else if (!(quantization->scale[0] > 0) || !std::isfinite(quantization->scale[0])) {
    problem = "has a scale that is not a positive number";
  } else if (!ZeroPointFits(tensor.type, quantization->zero_point_at(0))) {
    problem = "has a zero point that does not fit " + std::string(DataTypeName(tensor.type));
  } else {
    return Status::Ok();
  }
  Status status = Error(StatusCode::kInvalidModel, problem);
  return status.AtTensor(tensor.index, tensor.name);
}

Status PrepareContext::UnsupportedType(const TensorSpec& tensor) const {
  Status status = Error(StatusCode::kUnsupportedOperator,
                        "does not run with " + std::string(DataTypeName(tensor.type)));
  return status.AtTensor(tensor.index, tensor.name);
}

}  // namespace octolite
