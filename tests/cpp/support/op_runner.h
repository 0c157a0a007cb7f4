#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/arithmetic.h"
#include "base/shape.h"
#include "base/status.h"
#include "support/model_builder.h"

namespace octolite::testing {

// A tensor by value: what an operator made.
struct TensorValue {
  DataType type = DataType::kFloat32;
  Shape shape;
  ByteVector bytes;

  template <typename T>
  std::vector<T> as() const {
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
};

// One operator, its inputs and the types of its outputs, run through the plan and the interpreter:
//
//   OneOp op(BuiltinOp::kAdd);
//   op.Input<float>({2}, {1, 2}).Constant<float>({1}, {3}).Output(DataType::kFloat32);
//   EXPECT_EQ(op.Floats(), (std::vector<float>{4, 5}));
class OneOp {
 public:
  explicit OneOp(BuiltinOp op, ModelBuilder::Fields options = {});

  template <typename T>
  OneOp& Input(std::vector<int32_t> shape, const std::vector<T>& values,
               std::optional<Quantization> quantization = std::nullopt) {
    return Input(kDataTypeOf<T>, std::move(shape), BytesOf(values), std::move(quantization));
  }
  // An input of any type, by its bytes.
  OneOp& Input(DataType type, std::vector<int32_t> shape, ByteVector bytes,
               std::optional<Quantization> quantization = std::nullopt);
  template <typename T>
  OneOp& Constant(std::vector<int32_t> shape, const std::vector<T>& values,
                  std::optional<Quantization> quantization = std::nullopt) {
    return Constant(kDataTypeOf<T>, std::move(shape), BytesOf(values), std::move(quantization));
  }
  OneOp& Constant(DataType type, std::vector<int32_t> shape, ByteVector bytes,
                  std::optional<Quantization> quantization = std::nullopt);
  // An input that is not given.
  OneOp& Skip();
  OneOp& Output(DataType type, std::optional<Quantization> quantization = std::nullopt);

  Result<std::vector<TensorValue>> Run(Arithmetic arithmetic = Arithmetic::kLitert) const;

  // The one output, of a run that must succeed.
  TensorValue Value(Arithmetic arithmetic = Arithmetic::kLitert) const;
  std::vector<float> Floats() const { return Value().as<float>(); }
  std::vector<int8_t> Int8s(Arithmetic arithmetic = Arithmetic::kLitert) const {
    return Value(arithmetic).as<int8_t>();
  }
  // The refusal of a run that must fail.
  Status Refusal(Arithmetic arithmetic = Arithmetic::kLitert) const;

  template <typename T>
  static ByteVector BytesOf(const std::vector<T>& values) {
    ByteVector bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }

 private:
  BuiltinOp op_;
  ModelBuilder::Fields options_;
  ModelBuilder builder_;
  std::vector<int32_t> op_inputs_, op_outputs_, model_inputs_;
  std::vector<ByteVector> contents_;
};

// Expects a refusal with `code`, located at the operator, that says `text`.
void ExpectRefusal(const OneOp& op, StatusCode code, const std::string& text);

}  // namespace octolite::testing
