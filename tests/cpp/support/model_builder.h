#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/data_type.h"
#include "model/builtin_op.h"
#include "model/model.h"

namespace octolite::testing {

// Affine quantization of a whole tensor.
Quantization PerTensor(float scale, int64_t zero_point = 0);

// One scale for each index of `dimension`; all zero points 0.
Quantization PerChannel(std::vector<float> scales, int32_t dimension = 0);

// Makes models for tests, part by part:
//
//   ModelBuilder builder;
//   const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 4});
//   const int32_t w = builder.AddConstant<float>("w", {2, 4}, weights);
//   const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 2});
//   builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y},
//                 {{"fused_activation_function", 1}});
//   const Model model = builder.Inputs({x}).Outputs({y}).Build();
//
// Ids are tensor indices of the subgraph that is being built, the main one at first.
class ModelBuilder {
 public:
  // A field of the operator's option table: numbers, text and lists.
  using Fields = std::vector<OptionField>;

  ModelBuilder();

  // A tensor that the model computes or takes as input. A dimension of -1 is free: 1 in the
  // shape, -1 in the shape signature.
  int32_t AddTensor(std::string_view name, DataType type, std::vector<int32_t> shape);
  int32_t AddTensor(std::string_view name, DataType type, std::vector<int32_t> shape,
                    Quantization quantization);

  // A constant tensor, with the bytes as the file stores them.
  int32_t AddConstantBytes(std::string_view name, DataType type, std::vector<int32_t> shape,
                           ByteVector bytes);

  // A constant tensor of the C++ type's element type.
  template <typename T>
  int32_t AddConstant(std::string_view name, std::vector<int32_t> shape,
                      const std::vector<T>& values) {
    ByteVector bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return AddConstantBytes(name, kDataTypeOf<T>, std::move(shape), std::move(bytes));
  }
  template <typename T>
  int32_t AddConstant(std::string_view name, std::vector<int32_t> shape,
                      const std::vector<T>& values, Quantization quantization) {
    const int32_t id = AddConstant(name, std::move(shape), values);
    tensor(id).quantization = std::move(quantization);
    return id;
  }

  // The tensor, to change what the adders do not.
  Tensor& tensor(int32_t id);

  // An operator with the option table that belongs to it; returns its index. Operators that have
  // no table take no fields.
  int32_t AddOp(BuiltinOp op, std::vector<int32_t> inputs, std::vector<int32_t> outputs,
                Fields options = {}, int32_t version = 1);
  int32_t AddCustomOp(std::string_view code, std::vector<int32_t> inputs,
                      std::vector<int32_t> outputs, ByteVector options = {});

  ModelBuilder& Inputs(std::vector<int32_t> tensors);
  ModelBuilder& Outputs(std::vector<int32_t> tensors);

  // Begins another subgraph, and builds it from here on; returns its index.
  int32_t AddSubgraph(std::string_view name);

  Model Build() const { return model_; }

 private:
  Subgraph& subgraph() { return model_.subgraphs.back(); }
  uint32_t OpcodeIndex(int32_t builtin, std::string_view custom_code, int32_t version);
  int32_t Append(Operator op, std::vector<int32_t> inputs, std::vector<int32_t> outputs);

  Model model_;
};

// The option table of an operator, with these fields.
Options OptionsOf(BuiltinOp op, ModelBuilder::Fields fields = {});

}  // namespace octolite::testing
