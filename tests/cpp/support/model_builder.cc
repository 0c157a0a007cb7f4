#include "support/model_builder.h"

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "tflite/option_tables.h"

namespace octolite::testing {
namespace {

// Operators whose option table is not named after them.
constexpr std::array<std::pair<BuiltinOp, std::string_view>, 18> kIrregularTables = {{
    {BuiltinOp::kAveragePool2D, "Pool2DOptions"},
    {BuiltinOp::kMaxPool2D, "Pool2DOptions"},
    {BuiltinOp::kL2Pool2D, "Pool2DOptions"},
    {BuiltinOp::kL2Normalization, "L2NormOptions"},
    {BuiltinOp::kUnidirectionalSequenceRnn, "SequenceRNNOptions"},
    {BuiltinOp::kMean, "ReducerOptions"},
    {BuiltinOp::kSum, "ReducerOptions"},
    {BuiltinOp::kReduceProd, "ReducerOptions"},
    {BuiltinOp::kReduceMax, "ReducerOptions"},
    {BuiltinOp::kReduceMin, "ReducerOptions"},
    {BuiltinOp::kReduceAny, "ReducerOptions"},
    {BuiltinOp::kReduceAll, "ReducerOptions"},
    {BuiltinOp::kMaximum, "MaximumMinimumOptions"},
    {BuiltinOp::kMinimum, "MaximumMinimumOptions"},
    {BuiltinOp::kConv3DTranspose, "Conv3DOptions"},
    {BuiltinOp::kRandomStandardNormal, "RandomOptions"},
    {BuiltinOp::kRandomUniform, "RandomOptions"},
    {BuiltinOp::kMultinomial, "RandomOptions"},
}};

// "CONV_2D" and "Conv2DOptions" both become "conv2d".
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  constexpr std::string_view kSuffix = "options";
  if (plain.ends_with(kSuffix)) plain.resize(plain.size() - kSuffix.size());
  return plain;
}

std::map<std::string, OptionTableId> TablesByPlainName() {
  std::map<std::string, OptionTableId> tables;
  for (const bool second : {false, true}) {
    for (int32_t type = 1; OptionTableType({type, second}) != nullptr; ++type) {
      tables[Plain(OptionTableName({type, second}))] = {type, second};
    }
  }
  return tables;
}

OptionTableId TableOf(BuiltinOp op) {
  for (const auto& [irregular, name] : kIrregularTables) {
    if (irregular == op) return *FindOptionTable(name);
  }
  static const std::map<std::string, OptionTableId> tables = TablesByPlainName();
  const auto found = tables.find(Plain(BuiltinOpName(static_cast<int32_t>(op))));
  return found == tables.end() ? OptionTableId() : found->second;
}

}  // namespace

Quantization PerTensor(float scale, int64_t zero_point) {
  Quantization quantization;
  quantization.scale = {scale};
  quantization.zero_point = {zero_point};
  return quantization;
}

Quantization PerChannel(std::vector<float> scales, int32_t dimension) {
  Quantization quantization;
  quantization.zero_point.assign(scales.size(), 0);
  quantization.scale = std::move(scales);
  quantization.quantized_dimension = dimension;
  return quantization;
}

ModelBuilder::ModelBuilder() {
  model_.buffers.emplace_back();
  AddSubgraph("main");
}

int32_t ModelBuilder::AddTensor(std::string_view name, DataType type, std::vector<int32_t> shape) {
  Tensor added;
  added.name = name;
  added.type = type;
  added.has_rank = true;
  bool free = false;
  for (const int32_t dim : shape) free |= dim < 0;
  if (free) {
    added.shape_signature = shape;
    for (int32_t& dim : shape) dim = dim < 0 ? 1 : dim;
  }
  added.shape = std::move(shape);
  subgraph().tensors.push_back(std::move(added));
  return static_cast<int32_t>(subgraph().tensors.size()) - 1;
}

int32_t ModelBuilder::AddTensor(std::string_view name, DataType type, std::vector<int32_t> shape,
                                Quantization quantization) {
  const int32_t id = AddTensor(name, type, std::move(shape));
  tensor(id).quantization = std::move(quantization);
  return id;
}

int32_t ModelBuilder::AddConstantBytes(std::string_view name, DataType type,
                                       std::vector<int32_t> shape, ByteVector bytes) {
  const int32_t id = AddTensor(name, type, std::move(shape));
  tensor(id).buffer = static_cast<uint32_t>(model_.buffers.size());
  model_.buffers.push_back({ByteSlice(std::move(bytes)), true});
  return id;
}

Tensor& ModelBuilder::tensor(int32_t id) { return subgraph().tensors[static_cast<size_t>(id)]; }

int32_t ModelBuilder::AddOp(BuiltinOp op, std::vector<int32_t> inputs, std::vector<int32_t> outputs,
                            Fields options, int32_t version) {
  Operator added;
  added.opcode_index = OpcodeIndex(static_cast<int32_t>(op), {}, version);
  added.options = OptionsOf(op, std::move(options));
  return Append(std::move(added), std::move(inputs), std::move(outputs));
}

int32_t ModelBuilder::AddCustomOp(std::string_view code, std::vector<int32_t> inputs,
                                  std::vector<int32_t> outputs, ByteVector options) {
  Operator added;
  added.opcode_index = OpcodeIndex(static_cast<int32_t>(BuiltinOp::kCustom), code, 1);
  if (!options.empty()) added.custom_options = ByteSlice(std::move(options));
  return Append(std::move(added), std::move(inputs), std::move(outputs));
}

ModelBuilder& ModelBuilder::Inputs(std::vector<int32_t> tensors) {
  subgraph().inputs = std::move(tensors);
  return *this;
}

ModelBuilder& ModelBuilder::Outputs(std::vector<int32_t> tensors) {
  subgraph().outputs = std::move(tensors);
  return *this;
}

int32_t ModelBuilder::AddSubgraph(std::string_view name) {
  Subgraph added;
  added.name = name;
  added.has_name = true;
  model_.subgraphs.push_back(std::move(added));
  return static_cast<int32_t>(model_.subgraphs.size()) - 1;
}

uint32_t ModelBuilder::OpcodeIndex(int32_t builtin, std::string_view custom_code, int32_t version) {
  OperatorCode code;
  code.builtin = builtin;
  code.custom_code = custom_code;
  code.has_custom_code = !custom_code.empty();
  code.version = version;
  for (size_t i = 0; i < model_.operator_codes.size(); ++i) {
    if (model_.operator_codes[i] == code) return static_cast<uint32_t>(i);
  }
  model_.operator_codes.push_back(std::move(code));
  return static_cast<uint32_t>(model_.operator_codes.size()) - 1;
}

int32_t ModelBuilder::Append(Operator op, std::vector<int32_t> inputs,
                             std::vector<int32_t> outputs) {
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  subgraph().operators.push_back(std::move(op));
  return static_cast<int32_t>(subgraph().operators.size()) - 1;
}

Options OptionsOf(BuiltinOp op, ModelBuilder::Fields fields) {
  const OptionTableId table = TableOf(op);
  if (table.type == 0 && !fields.empty()) {
    // A mistake in the test itself.
    std::fprintf(stderr, "%s has no option table\n",
                 std::string(BuiltinOpName(static_cast<int32_t>(op))).c_str());
    std::abort();
  }
  return {table.type, table.second_union, std::move(fields)};
}

}  // namespace octolite::testing
