#include "tflite/validate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;

constexpr int32_t kInput = 0;
constexpr int32_t kWeights = 1;
constexpr int32_t kOutput = 2;

// y = FULLY_CONNECTED(x, w), in int8, with a signature and metadata.
Model ValidModel() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kInt8, {-1, 4}, PerTensor(0.5f, -1));
  const int32_t w =
      builder.AddConstant<int8_t>("w", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, PerChannel({0.25f, 0.5f}));
  const int32_t y = builder.AddTensor("y", DataType::kInt8, {-1, 2}, PerTensor(1.0f, 0));
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y});
  Model model = builder.Inputs({x}).Outputs({y}).Build();
  model.signatures.push_back({{{"x", 0}}, {{"y", 2}}, "serving_default", "", 0});
  model.metadata.push_back({"min_runtime_version", 0});
  return model;
}

struct Case {
  const char* name;
  std::function<void(Model&)> damage;
  const char* message;  // a part of it
  StatusCode code = StatusCode::kInvalidModel;
  int32_t tensor = -1;
  int32_t op = -1;
};

Tensor& TensorAt(Model& model, int32_t index) {
  return model.subgraphs[0].tensors[static_cast<size_t>(index)];
}
Operator& FirstOp(Model& model) { return model.subgraphs[0].operators[0]; }

const Case kCases[] = {
    {"version", [](Model& m) { m.version = 2; }, "version 2", StatusCode::kUnsupportedModel},
    {"no subgraph", [](Model& m) { m.subgraphs.clear(); }, "no subgraph"},
    {"no buffers", [](Model& m) { m.buffers.clear(); }, "no buffers"},
    {"buffer", [](Model& m) { TensorAt(m, kInput).buffer = 2; }, "buffer 2 of 2",
     StatusCode::kInvalidModel, kInput},
    {"type", [](Model& m) { TensorAt(m, kInput).type = static_cast<DataType>(23); },
     "element type 23", StatusCode::kUnsupportedModel, kInput},
    {"negative dimension", [](Model& m) { TensorAt(m, kInput).shape = {-1, 4}; }, "[-1,4]",
     StatusCode::kInvalidModel, kInput},
    {"signature rank", [](Model& m) { TensorAt(m, kInput).shape_signature = {{-1, 4, 1}}; },
     "another rank", StatusCode::kInvalidModel, kInput},
    {"signature dimension", [](Model& m) { TensorAt(m, kInput).shape_signature = {{-2, 4}}; },
     "below -1", StatusCode::kInvalidModel, kInput},
    {"element count",
     [](Model& m) {
       TensorAt(m, kOutput).shape = std::vector<int32_t>(5, INT32_MAX);
       TensorAt(m, kOutput).shape_signature.reset();
     },
     "too large", StatusCode::kInvalidModel, kOutput},
    {"short data", [](Model& m) { TensorAt(m, kWeights).shape = {2, 5}; }, "8 bytes",
     StatusCode::kInvalidModel, kWeights},
    {"long data", [](Model& m) { TensorAt(m, kWeights).shape = {2, 3}; }, "needs 6",
     StatusCode::kInvalidModel, kWeights},
    {"data of a handle", [](Model& m) { TensorAt(m, kWeights).type = DataType::kResource; },
     "run-time type", StatusCode::kInvalidModel, kWeights},
    {"scales",
     [](Model& m) { TensorAt(m, kWeights).quantization = PerChannel({1.0f, 1.0f, 1.0f}); },
     "3 scales for 2 channels", StatusCode::kInvalidModel, kWeights},
    {"zero points", [](Model& m) { TensorAt(m, kWeights).quantization->zero_point = {0}; },
     "1 zero points for 2 scales", StatusCode::kInvalidModel, kWeights},
    {"quantized dimension",
     [](Model& m) { TensorAt(m, kWeights).quantization->quantized_dimension = 2; },
     "quantized dimension 2", StatusCode::kInvalidModel, kWeights},
    {"negative quantized dimension",
     [](Model& m) { TensorAt(m, kWeights).quantization->quantized_dimension = -1; },
     "quantized dimension -1", StatusCode::kInvalidModel, kWeights},
    {"infinite scale", [](Model& m) { TensorAt(m, kInput).quantization->scale = {INFINITY}; },
     "scale inf", StatusCode::kInvalidModel, kInput},
    {"scale that is no number", [](Model& m) { TensorAt(m, kInput).quantization->scale = {NAN}; },
     "not a positive number", StatusCode::kInvalidModel, kInput},
    {"negative scale", [](Model& m) { TensorAt(m, kInput).quantization->scale = {-1.0f}; },
     "not a positive number", StatusCode::kInvalidModel, kInput},
    {"zero point out of range",
     [](Model& m) { TensorAt(m, kInput).quantization->zero_point = {128}; }, "zero point 128",
     StatusCode::kInvalidModel, kInput},
    {"blockwise scales",
     [](Model& m) {
       TensorAt(m, kWeights).quantization->blockwise = BlockwiseQuantization{3, kNoTensor, 4};
     },
     "tensor 3 of 3", StatusCode::kInvalidModel, kWeights},
    {"block size",
     [](Model& m) {
       TensorAt(m, kWeights).quantization->blockwise = BlockwiseQuantization{0, kNoTensor, 0};
     },
     "blocks of 0", StatusCode::kInvalidModel, kWeights},
    {"multi-axis dimension",
     [](Model& m) {
       TensorAt(m, kWeights).quantization->multi_axis = MultiAxisQuantization{0, kNoTensor, 0, {2}};
     },
     "quantized dimension 2", StatusCode::kInvalidModel, kWeights},
    {"two kinds of quantization",
     [](Model& m) {
       TensorAt(m, kWeights).quantization->custom.emplace();
       TensorAt(m, kWeights).quantization->blockwise = BlockwiseQuantization{0, kNoTensor, 4};
     },
     "several kinds", StatusCode::kInvalidModel, kWeights},
    {"external buffer", [](Model& m) { TensorAt(m, kInput).external_buffer = 7; },
     "external buffer 7", StatusCode::kInvalidModel, kInput},
    {"external buffer group", [](Model& m) { m.external_buffers.push_back({1, 0, 0, 4, ""}); },
     "group 0 of 0"},
    {"external buffer twice",
     [](Model& m) {
       m.external_buffer_groups.push_back({"weights.bin"});
       m.external_buffers.assign(2, {1, 0, 0, 4, ""});
     },
     "two external buffers"},
    {"data inside and outside",
     [](Model& m) {
       m.external_buffer_groups.push_back({"weights.bin"});
       m.external_buffers.push_back({1, 0, 0, 8, ""});
       TensorAt(m, kWeights).external_buffer = 1;
     },
     "both inside and outside", StatusCode::kInvalidModel, kWeights},
    {"graph input", [](Model& m) { m.subgraphs[0].inputs = {3}; }, "tensor 3 of 3"},
    {"graph output", [](Model& m) { m.subgraphs[0].outputs = {kNoTensor}; }, "tensor -1 of 3"},
    {"operator code", [](Model& m) { FirstOp(m).opcode_index = 1; }, "operator code 1 of 1",
     StatusCode::kInvalidModel, -1, 0},
    {"negative builtin", [](Model& m) { m.operator_codes[0].builtin = -1; }, "code -1"},
    {"operator input", [](Model& m) { FirstOp(m).inputs = {0, 3}; }, "input is tensor 3",
     StatusCode::kInvalidModel, -1, 0},
    {"operator output", [](Model& m) { FirstOp(m).outputs = {kNoTensor}; }, "output is tensor -1",
     StatusCode::kInvalidModel, -1, 0},
    {"intermediate", [](Model& m) { FirstOp(m).intermediates = {5}; }, "intermediate is tensor 5",
     StatusCode::kInvalidModel, -1, 0},
    {"mutating flags", [](Model& m) { FirstOp(m).mutating_variable_inputs = {true}; },
     "1 mutating-input flags for 3", StatusCode::kInvalidModel, -1, 0},
    {"writes a constant", [](Model& m) { FirstOp(m).outputs = {kWeights}; }, "to a constant",
     StatusCode::kInvalidModel, kWeights, 0},
    {"second writer",
     [](Model& m) { m.subgraphs[0].operators.push_back(m.subgraphs[0].operators[0]); },
     "another operator writes", StatusCode::kInvalidModel, kOutput, 1},
    {"writes a graph input", [](Model& m) { FirstOp(m).outputs = {kInput}; }, "to a graph input",
     StatusCode::kInvalidModel, kInput, 0},
    {"reads what nothing writes", [](Model& m) { FirstOp(m).inputs = {kOutput}; },
     "neither data nor", StatusCode::kInvalidModel, kOutput, 0},
    {"subgraph in an option",
     [](Model& m) {
       FirstOp(m).options = testing::OptionsOf(
           BuiltinOp::kWhile,
           {{"cond_subgraph_index", int64_t{0}}, {"body_subgraph_index", int64_t{1}}});
     },
     "body_subgraph_index is subgraph 1 of 1", StatusCode::kInvalidModel, -1, 0},
    {"signature subgraph", [](Model& m) { m.signatures[0].subgraph = 1; }, "subgraph 1 of 1"},
    {"signature tensor", [](Model& m) { m.signatures[0].inputs[0].tensor = 3; },
     "'x' is tensor 3 of 3"},
    {"metadata", [](Model& m) { m.metadata[0].buffer = 2; }, "buffer 2 of 2"},
    {"old metadata", [](Model& m) { m.metadata_buffer = {-1}; }, "buffer -1 of 2"},
};

TEST(ValidateTest, ValidModelPasses) {
  const Status status = ValidateModel(ValidModel());
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST(ValidateTest, EveryContradictionIsNamed) {
  for (const Case& entry : kCases) {
    SCOPED_TRACE(entry.name);
    Model model = ValidModel();
    entry.damage(model);
    const Status status = ValidateModel(model);
    EXPECT_EQ(status.code(), entry.code) << status.ToString();
    EXPECT_NE(status.message().find(entry.message), std::string::npos) << status.ToString();
    EXPECT_EQ(status.where().tensor, entry.tensor) << status.ToString();
    EXPECT_EQ(status.where().op, entry.op) << status.ToString();
  }
}

TEST(ValidateTest, PlaceOfAFailureHasNames) {
  Model model = ValidModel();
  TensorAt(model, kInput).buffer = 2;
  EXPECT_EQ(ValidateModel(model).where().tensor_name, "x");
  model = ValidModel();
  FirstOp(model).outputs = {kWeights};
  EXPECT_EQ(ValidateModel(model).where().op_name, "FULLY_CONNECTED");
  EXPECT_EQ(ValidateModel(model).where().subgraph, 0);
}

// Real models have these, so they pass.
TEST(ValidateTest, HarmlessOdditiesPass) {
  const std::function<void(Model&)> oddities[] = {
      [](Model& m) { TensorAt(m, kOutput).quantization->scale = {0.0f}; },
      [](Model& m) {  // recorded ranges alone
        TensorAt(m, kOutput).quantization = Quantization{};
        TensorAt(m, kOutput).quantization->min = {-1.0f};
        TensorAt(m, kOutput).quantization->max = {1.0f};
      },
      [](Model& m) { TensorAt(m, kOutput).shape_signature = std::vector<int32_t>(); },
      [](Model& m) { TensorAt(m, kOutput).shape = {0, 2}; },
      [](Model& m) { m.operator_codes[0].builtin = 5000; },  // newer than the schema
  };
  for (const auto& oddity : oddities) {
    Model model = ValidModel();
    oddity(model);
    const Status status = ValidateModel(model);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

// A constant of this type, shape and data, alone in a model.
Status ValidateConstant(DataType type, std::vector<int32_t> shape, ByteVector bytes,
                        std::optional<Sparsity> sparsity = std::nullopt) {
  ModelBuilder builder;
  const int32_t id = builder.AddConstantBytes("c", type, std::move(shape), std::move(bytes));
  builder.tensor(id).sparsity = std::move(sparsity);
  return ValidateModel(builder.Build());
}

TEST(ValidateTest, PackedConstantsAreMeasuredInBits) {
  EXPECT_TRUE(ValidateConstant(DataType::kInt4, {3, 3}, ByteVector(5)).ok());
  EXPECT_FALSE(ValidateConstant(DataType::kInt4, {3, 3}, ByteVector(4)).ok());
  EXPECT_FALSE(ValidateConstant(DataType::kInt4, {3, 3}, ByteVector(9)).ok());
  EXPECT_TRUE(ValidateConstant(DataType::kInt2, {9}, ByteVector(3)).ok());
  EXPECT_FALSE(ValidateConstant(DataType::kInt2, {9}, ByteVector(2)).ok());
}

TEST(ValidateTest, StringConstantsAreWalked) {
  // "ab" and "": count, two begins and the end, the bytes.
  const ByteVector good = {2, 0, 0, 0, 16, 0, 0, 0, 18, 0, 0, 0, 18, 0, 0, 0, 'a', 'b'};
  EXPECT_TRUE(ValidateConstant(DataType::kString, {2}, good).ok());
  EXPECT_FALSE(ValidateConstant(DataType::kString, {3}, good).ok());
  for (const size_t position : {0u, 4u, 8u, 12u}) {
    ByteVector bad = good;
    bad[position] = 19;
    EXPECT_FALSE(ValidateConstant(DataType::kString, {2}, bad).ok()) << position;
    bad[position + 3] = 0xFF;
    EXPECT_FALSE(ValidateConstant(DataType::kString, {2}, bad).ok()) << position;
  }
  EXPECT_FALSE(ValidateConstant(DataType::kString, {2}, {2, 0, 0}).ok());
}

// A 4 x 4 matrix in blocks of 2 x 2: the blocks at (0, 1) and (1, 0), as CSR over the rows.
Sparsity BlockSparsity() {
  Sparsity sparsity;
  sparsity.traversal_order = {0, 1, 2, 3};
  sparsity.block_map = {0, 1};
  sparsity.dims.resize(4);
  sparsity.dims[0].dense_size = 2;
  sparsity.dims[1].format = DimensionFormat::kSparseCsr;
  sparsity.dims[1].segments = {SparseIndexType::kUInt8, {0, 1, 2}};
  sparsity.dims[1].indices = {SparseIndexType::kUInt16, {1, 0}};
  sparsity.dims[2].dense_size = 2;
  sparsity.dims[3].dense_size = 2;
  return sparsity;
}

TEST(ValidateTest, SparseConstantsAreMeasuredByTheirIndices) {
  EXPECT_TRUE(ValidateConstant(DataType::kInt8, {4, 4}, ByteVector(8), BlockSparsity()).ok());
  EXPECT_FALSE(ValidateConstant(DataType::kInt8, {4, 4}, ByteVector(16), BlockSparsity()).ok());
}

TEST(ValidateTest, SparsityThatContradictsItselfIsRefused) {
  const std::function<void(Sparsity&)> damages[] = {
      [](Sparsity& s) { s.traversal_order = {0, 1, 2}; },
      [](Sparsity& s) { s.traversal_order = {0, 0, 2, 3}; },
      [](Sparsity& s) { s.traversal_order = {2, 1, 0, 3}; },
      [](Sparsity& s) { s.traversal_order = {0, 1, 2, -3}; },
      [](Sparsity& s) { s.block_map = {0, 2}; },
      [](Sparsity& s) { s.block_map = {0, -1}; },
      [](Sparsity& s) { s.block_map.clear(); },
      [](Sparsity& s) { s.dims.pop_back(); },
      [](Sparsity& s) { s.dims[0].dense_size = 4; },
      [](Sparsity& s) { s.dims[0].format = static_cast<DimensionFormat>(2); },
      [](Sparsity& s) { s.dims[2].dense_size = 3; },
      [](Sparsity& s) { s.dims[2].dense_size = 0; },
      [](Sparsity& s) { s.dims[1].segments.values = {0, 2}; },
      [](Sparsity& s) { s.dims[1].segments.values = {0, 1, 3}; },
      [](Sparsity& s) { s.dims[1].segments.values = {0, 3, 2}; },
      [](Sparsity& s) { s.dims[1].segments.values = {1, 1, 2}; },
      [](Sparsity& s) { s.dims[1].segments.type = SparseIndexType::kNone; },
      [](Sparsity& s) { s.dims[1].indices.values = {2, 0}; },
      [](Sparsity& s) { s.dims[1].indices.values = {-1, 0}; },
      [](Sparsity& s) { s.dims[1].segments.values = {0, 256, 256}; },
  };
  for (size_t i = 0; i < std::size(damages); ++i) {
    Sparsity sparsity = BlockSparsity();
    damages[i](sparsity);
    EXPECT_FALSE(ValidateConstant(DataType::kInt8, {4, 4}, ByteVector(8), sparsity).ok()) << i;
  }
}

}  // namespace
}  // namespace octolite
