#include "base/status.h"

namespace octolite {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "OK";
    case StatusCode::kInvalidModel:
      return "INVALID_MODEL";
    case StatusCode::kUnsupportedModel:
      return "UNSUPPORTED_MODEL";
    case StatusCode::kUnsupportedOperator:
      return "UNSUPPORTED_OPERATOR";
    case StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case StatusCode::kShapeMismatch:
      return "SHAPE_MISMATCH";
    case StatusCode::kTypeMismatch:
      return "TYPE_MISMATCH";
    case StatusCode::kOutOfMemory:
      return "OUT_OF_MEMORY";
    case StatusCode::kCancelled:
      return "CANCELLED";
    case StatusCode::kNotCalibrated:
      return "NOT_CALIBRATED";
    case StatusCode::kAlreadyQuantized:
      return "ALREADY_QUANTIZED";
    case StatusCode::kInvalidRecipe:
      return "INVALID_RECIPE";
    case StatusCode::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

Status& Status::AtOp(int32_t index, std::string_view name) {
  if (where_.op < 0) {
    where_.op = index;
    where_.op_name = name;
  }
  return *this;
}

Status& Status::AtTensor(int32_t index, std::string_view name) {
  if (where_.tensor < 0) {
    where_.tensor = index;
    where_.tensor_name = name;
  }
  return *this;
}

Status& Status::AtSubgraph(int32_t index) {
  if (where_.subgraph < 0) where_.subgraph = index;
  return *this;
}

Status& Status::AtByte(int64_t offset) {
  if (where_.byte_offset < 0) where_.byte_offset = offset;
  return *this;
}

Status& Status::WithHint(std::string hint) {
  if (hint_.empty()) hint_ = std::move(hint);
  return *this;
}

Status& Status::WithMessage(std::string message) {
  message_ = std::move(message);
  return *this;
}

std::string Status::ToString() const {
  std::string text(StatusCodeName(code_));
  if (ok()) return text;
  text += ": " + message_;
  std::string place;
  if (where_.op >= 0) {
    place += "operator " + std::to_string(where_.op) + " " + where_.op_name;
  }
  if (where_.tensor >= 0) {
    if (!place.empty()) place += ", ";
    place += "tensor " + std::to_string(where_.tensor) + " '" + where_.tensor_name + "'";
  }
  if (where_.subgraph > 0) {
    if (!place.empty()) place += ", ";
    place += "subgraph " + std::to_string(where_.subgraph);
  }
  if (where_.byte_offset >= 0) {
    if (!place.empty()) place += ", ";
    place += "byte " + std::to_string(where_.byte_offset);
  }
  if (!place.empty()) text += " (" + place + ")";
  if (!hint_.empty()) text += "; " + hint_;
  return text;
}

}  // namespace octolite
