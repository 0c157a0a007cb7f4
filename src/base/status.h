#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace octolite {

// What went wrong, as a stable contract: JavaScript sees the name (StatusCodeName), and each has a
// line of cause and remedy in the documentation.
enum class StatusCode : int32_t {
  kOk = 0,
  kInvalidModel,         // the bytes are not a well-formed .tflite file
  kUnsupportedModel,     // well-formed, but something in it is beyond this library
  kUnsupportedOperator,  // an operator, or an operator's types, that cannot run
  kInvalidArgument,      // the caller passed something wrong
  kShapeMismatch,        // a tensor's shape or size is not what is needed
  kTypeMismatch,         // a tensor's element type is not what is needed
  kOutOfMemory,          // more memory is needed than can be had
  kCancelled,            // the caller asked to stop
  kNotCalibrated,        // static quantization without statistics for a tensor
  kAlreadyQuantized,     // the model is quantized as it came
  kInvalidRecipe,        // a recipe that asks for what is not possible
  kInternal,             // a defect of this library
};

std::string_view StatusCodeName(StatusCode code);

// Where it went wrong; a negative number or an empty name means "does not apply".
struct StatusWhere {
  int32_t subgraph = -1;
  int32_t op = -1;  // index of the operator in the subgraph
  std::string op_name;
  int32_t tensor = -1;
  std::string tensor_name;
  int64_t byte_offset = -1;  // in the file
};

// The outcome of a call that can be refused. Cheap when ok: one pointer-sized code and empty
// strings are never allocated.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return Status(); }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const StatusWhere& where() const { return where_; }
  const std::string& hint() const { return hint_; }

  // Adders return the status itself, so that one expression builds it. Places already known are
  // kept: the innermost caller knows best.
  Status& AtOp(int32_t index, std::string_view name);
  Status& AtTensor(int32_t index, std::string_view name);
  Status& AtSubgraph(int32_t index);
  Status& AtByte(int64_t offset);
  Status& WithHint(std::string hint);
  Status& WithMessage(std::string message);

  // One line: code, message, place, hint.
  std::string ToString() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
  std::string hint_;
  StatusWhere where_;
};

// A value, or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  Status& status() { return status_; }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

#define OCTO_CONCAT_INNER(a, b) a##b
#define OCTO_CONCAT(a, b) OCTO_CONCAT_INNER(a, b)

#define OCTO_RETURN_IF_ERROR(expression)           \
  do {                                             \
    ::octolite::Status octo_status = (expression); \
    if (!octo_status.ok()) return octo_status;     \
  } while (false)

// OCTO_ASSIGN_OR_RETURN(Model model, ReadModel(bytes));
#define OCTO_ASSIGN_OR_RETURN(declaration, expression) \
  OCTO_ASSIGN_OR_RETURN_INNER(OCTO_CONCAT(octo_result_, __LINE__), declaration, expression)
#define OCTO_ASSIGN_OR_RETURN_INNER(name, declaration, expression) \
  auto name = (expression);                                        \
  if (!name.ok()) return std::move(name.status());                 \
  declaration = std::move(name).value()

}  // namespace octolite
