#include "tflite/option_tables.h"

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/compare_models.h"
#include "support/model_builder.h"
#include "support/shared_files.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

using testing::FirstDifference;
using testing::ModelBuilder;
using testing::OptionsOf;

std::vector<OptionTableId> AllTables() {
  std::vector<OptionTableId> tables;
  for (const bool second : {false, true}) {
    for (int32_t type = 1; OptionTableType({type, second}) != nullptr; ++type) {
      tables.push_back({type, second});
    }
  }
  return tables;
}

// The largest value of an integer field, so that a width taken for another one shows.
int64_t Largest(flatbuffers::ElementaryType type) {
  switch (type) {
    case flatbuffers::ET_BOOL:
      return 1;
    case flatbuffers::ET_CHAR:
      return std::numeric_limits<int8_t>::max();
    case flatbuffers::ET_UCHAR:
      return std::numeric_limits<uint8_t>::max();
    case flatbuffers::ET_INT:
      return std::numeric_limits<int32_t>::max();
    case flatbuffers::ET_UINT:
      return std::numeric_limits<uint32_t>::max();
    case flatbuffers::ET_LONG:
      return std::numeric_limits<int64_t>::min();
    default:
      ADD_FAILURE() << "the schema has a field of a kind that this test does not know";
      return 0;
  }
}

bool IsSubgraphField(const std::string& name) {
  return name.find("subgraph") != std::string::npos || name == "called_computations";
}

OptionValue ExampleValue(const std::string& name, flatbuffers::TypeCode code) {
  const auto type = static_cast<flatbuffers::ElementaryType>(code.base_type);
  if (type == flatbuffers::ET_STRING) return std::string("text of ") + name;
  if (type == flatbuffers::ET_FLOAT) {
    if (code.is_repeating) return std::vector<double>{0.0, -0.5};
    return 0.25;
  }
  const int64_t value = IsSubgraphField(name) ? 0 : Largest(type);
  if (code.is_repeating) return std::vector<int64_t>{value, 0, value};
  return value;
}

Options Filled(OptionTableId table) {
  Options options{table.type, table.second_union, {}};
  const flatbuffers::TypeTable& type = *OptionTableType(table);
  for (size_t i = 0; i < type.num_elems; ++i) {
    options.fields.push_back({type.names[i], ExampleValue(type.names[i], type.type_codes[i])});
  }
  return options;
}

// A model with one operator, which has these options.
Model ModelWith(Options options) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {2});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {2});
  builder.AddOp(BuiltinOp::kAbs, {x}, {y});
  Model model = builder.Inputs({x}).Outputs({y}).Build();
  model.subgraphs[0].operators[0].options = std::move(options);
  return model;
}

Result<Model> WriteAndRead(const Model& model) {
  OCTO_ASSIGN_OR_RETURN(ByteVector bytes, WriteModel(model));
  return ReadModel(std::move(bytes));
}

TEST(OptionTablesTest, SchemaHasEveryTable) {
  const std::vector<OptionTableId> tables = AllTables();
  EXPECT_EQ(tables.size(), 149u);
  for (const OptionTableId table : tables) {
    EXPECT_EQ(FindOptionTable(OptionTableName(table)), table);
  }
  // Numbers of the format at both ends of the unions.
  EXPECT_EQ(FindOptionTable("Conv2DOptions"), (OptionTableId{1, false}));
  EXPECT_EQ(FindOptionTable("RightShiftOptions"), (OptionTableId{126, false}));
  EXPECT_EQ(FindOptionTable("StablehloConcatenateOptions"), (OptionTableId{1, true}));
  EXPECT_EQ(FindOptionTable("StablehloCaseOptions"), (OptionTableId{23, true}));
  EXPECT_EQ(FindOptionTable("NoOptions"), std::nullopt);
}

TEST(OptionTablesTest, EveryFieldOfEveryTableIsKept) {
  for (const OptionTableId table : AllTables()) {
    SCOPED_TRACE(OptionTableName(table));
    const Model model = ModelWith(Filled(table));
    Result<Model> again = WriteAndRead(model);
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    EXPECT_EQ(FirstDifference(model, *again), "");
  }
}

TEST(OptionTablesTest, AbsentFieldsStayAbsent) {
  for (const OptionTableId table : AllTables()) {
    SCOPED_TRACE(OptionTableName(table));
    Result<Model> again = WriteAndRead(ModelWith({table.type, table.second_union, {}}));
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    const Options& options = again->subgraphs[0].operators[0].options;
    EXPECT_EQ(options, (Options{table.type, table.second_union, {}}));
  }
}

TEST(OptionTablesTest, FieldEqualToItsDefaultStaysPresent) {
  const Options options =
      OptionsOf(BuiltinOp::kConv2D, {{"dilation_w_factor", int64_t{1}}, {"stride_w", int64_t{0}}});
  Result<Model> again = WriteAndRead(ModelWith(options));
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  const Options& kept = again->subgraphs[0].operators[0].options;
  EXPECT_EQ(kept.Int("dilation_w_factor", -1), 1);
  EXPECT_EQ(kept.Int("stride_w", -1), 0);
  EXPECT_EQ(kept.Int("dilation_h_factor", -1), -1);
}

TEST(OptionTablesTest, FieldsThatDoNotFitAreRefused) {
  const Options unknown_field = OptionsOf(BuiltinOp::kConv2D, {{"stride", int64_t{1}}});
  const Options text_for_number = OptionsOf(BuiltinOp::kConv2D, {{"stride_w", std::string("1")}});
  const Options list_for_number =
      OptionsOf(BuiltinOp::kConv2D, {{"stride_w", std::vector<int64_t>{1}}});
  const Options number_for_list = OptionsOf(BuiltinOp::kReshape, {{"new_shape", int64_t{1}}});
  const Options too_large = OptionsOf(BuiltinOp::kConv2D, {{"stride_w", int64_t{1} << 31}});
  const Options too_large_in_list =
      OptionsOf(BuiltinOp::kReshape, {{"new_shape", std::vector<int64_t>{int64_t{1} << 31}}});
  const Options too_large_float = OptionsOf(BuiltinOp::kSoftmax, {{"beta", 1e300}});
  const Options table_without_number{0, false, {{"beta", 1.0}}};
  for (const Options& options :
       {unknown_field, text_for_number, list_for_number, number_for_list, too_large,
        too_large_in_list, too_large_float, table_without_number}) {
    const Result<ByteVector> written = WriteModel(ModelWith(options));
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(written.status().where().op, 0);
    EXPECT_EQ(written.status().where().op_name, "ABS");
  }
}

// The table that the tests' builder gives an operator is the one that converters give it.
TEST(OptionTablesTest, OperatorsHaveTheTablesOfRealModels) {
  const auto files = testing::SharedModelFiles("models", "malformed");
  if (files.empty()) GTEST_SKIP() << "needs ../shared/models";
  for (const auto& path : files) {
    Result<Model> model = ReadModel(testing::ReadFileBytes(path));
    if (!model.ok()) continue;
    for (const Subgraph& subgraph : model->subgraphs) {
      for (const Operator& op : subgraph.operators) {
        if (op.options.type == 0) continue;
        const Options expected = OptionsOf(static_cast<BuiltinOp>(model->code(op).builtin));
        EXPECT_EQ(OptionTableName({op.options.type, op.options.second_union}),
                  OptionTableName({expected.type, expected.second_union}))
            << path << " " << OperatorName(*model, op);
      }
    }
  }
}

}  // namespace
}  // namespace octolite
