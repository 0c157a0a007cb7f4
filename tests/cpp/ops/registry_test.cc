// Walks the registry and demands of every operator what its file promises, so that an unfinished
// one fails by itself: goldens, in float and in every 8-bit mode that the quantizer may choose, and
// options that survive reading and writing. The README's table says what was found here;
// OCTOLITE_UPDATE_README=1 rewrites it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ops/op_def.h"
#include "support/golden.h"
#include "support/peerless_ops.h"
#include "support/reader_property.h"
#include "support/source_path.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

// What the goldens show of one operator.
struct Evidence {
  int cases = 0;
  std::set<DataType> types;  // of tensors that are not constant
  bool hybrid = false;       // float activations with 8-bit or 4-bit constants
  // Of constants with scales, by the type of the activations that they meet.
  std::map<DataType, std::set<DataType>> weights;
  std::set<DataType> hybrid_by_channel;  // of those with float activations and several scales
  bool hybrid_by_block = false;
  bool options = false;  // some case has a table of options
};

bool IsQuantizedWeight(const Model& model, const Tensor& tensor) {
  return model.is_constant(tensor) &&
         (tensor.type == DataType::kInt8 || tensor.type == DataType::kInt4 ||
          tensor.type == DataType::kInt2 || tensor.type == DataType::kUInt8);
}

void Add(const Model& model, const Subgraph& subgraph, const Operator& op, Evidence& evidence) {
  ++evidence.cases;
  evidence.options |= op.options.type != 0;
  bool float_activations = false;
  std::vector<const Tensor*> weights;
  const auto look = [&](int32_t index) {
    if (index == kNoTensor) return;
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
    if (IsQuantizedWeight(model, tensor)) weights.push_back(&tensor);
    if (model.is_constant(tensor)) return;
    evidence.types.insert(tensor.type);
    float_activations |= tensor.type == DataType::kFloat32;
  };
  for (const int32_t index : op.inputs) look(index);
  for (const int32_t index : op.outputs) look(index);
  evidence.hybrid |= float_activations && !weights.empty();
  if (op.outputs.empty()) return;
  const DataType output = subgraph.tensors[static_cast<size_t>(op.outputs[0])].type;
  for (const Tensor* tensor : weights) {
    evidence.weights[output].insert(tensor->type);
    if (output != DataType::kFloat32 || !tensor->quantization) continue;
    evidence.hybrid_by_block |= tensor->quantization->blockwise.has_value();
    if (tensor->quantization->per_channel()) evidence.hybrid_by_channel.insert(tensor->type);
  }
}

std::map<const OpDef*, Evidence> ReadEvidence() {
  std::map<const OpDef*, Evidence> evidence;
  for (const std::string& file : testing::GoldenFiles()) {
    for (const testing::GoldenCase& golden : testing::ReadGoldens(file)) {
      const auto model = ReadModel(golden.model);
      if (!model.ok()) {
        ADD_FAILURE() << file << "/" << golden.name << ": " << model.status().ToString();
        continue;
      }
      EXPECT_EQ(testing::CheckReaderProperty(golden.model), "") << file << "/" << golden.name;
      for (const Subgraph& subgraph : model->subgraphs) {
        for (const Operator& op : subgraph.operators) {
          const OperatorCode& code = model->code(op);
          const OpDef* def = FindOp(code.builtin, code.custom_code);
          if (def) Add(*model, subgraph, op, evidence[def]);
        }
      }
    }
  }
  return evidence;
}

const std::map<const OpDef*, Evidence>& AllEvidence() {
  static const auto* evidence = new std::map<const OpDef*, Evidence>(ReadEvidence());
  return *evidence;
}

TEST(Registry, EveryOperatorHasGoldens) {
  for (const OpDef* def : AllOps()) {
    const auto found = AllEvidence().find(def);
    const bool peerless = testing::FindPeerless(def->name()) != nullptr;
    EXPECT_NE(found != AllEvidence().end(), peerless)
        << def->name()
        << (peerless ? " is listed as unknown to LiteRT and has goldens" : " has no golden");
  }
}

TEST(Registry, OperatorsThatTheQuantizerTouchesHaveGoldensInEveryMode) {
  for (const OpDef* def : AllOps()) {
    const auto found = AllEvidence().find(def);
    if (found == AllEvidence().end()) continue;
    const Evidence& evidence = found->second;
    if (def->quant.int8_version > 0) {
      EXPECT_TRUE(evidence.types.contains(DataType::kFloat32)) << def->name() << ": no float case";
      EXPECT_TRUE(evidence.types.contains(DataType::kInt8)) << def->name() << ": no int8 case";
    }
    if (def->quant.int16_version > 0) {
      EXPECT_TRUE(evidence.types.contains(DataType::kInt16)) << def->name() << ": no int16 case";
    }
    if (def->quant.dynamic_version > 0) {
      EXPECT_TRUE(evidence.hybrid) << def->name() << ": no case of int8 weights alone";
    }
    if (def->quant.dynamic_per_channel_version > 0) {
      EXPECT_TRUE(evidence.hybrid_by_channel.contains(DataType::kInt8))
          << def->name() << ": no case of int8 weights per channel alone";
    }
    const auto has_weights = [&](DataType output, DataType weights) {
      const auto of_output = evidence.weights.find(output);
      return of_output != evidence.weights.end() && of_output->second.contains(weights);
    };
    if (def->quant.int4_version > 0) {
      EXPECT_TRUE(has_weights(DataType::kFloat32, DataType::kInt4)) << def->name();
      EXPECT_TRUE(def->quant.int8_version == 0 || has_weights(DataType::kInt8, DataType::kInt4))
          << def->name();
      EXPECT_TRUE(!def->quant.int4_with_int16 || has_weights(DataType::kInt16, DataType::kInt4))
          << def->name();
    }
    if (def->quant.int2_version > 0) {
      EXPECT_TRUE(has_weights(DataType::kFloat32, DataType::kInt2)) << def->name();
    }
    if (def->quant.dynamic_blockwise) EXPECT_TRUE(evidence.hybrid_by_block) << def->name();
  }
}

// What the quantizer reads of a rule must fit together.
TEST(Registry, QuantRulesAreWhole) {
  for (const OpDef* def : AllOps()) {
    const QuantRule& rule = def->quant;
    const bool is_static = rule.int8_version > 0 || rule.int16_version > 0;
    const bool dynamic = rule.dynamic_version > 0 || rule.dynamic_per_channel_version > 0;
    EXPECT_TRUE(!is_static || rule.activation_inputs != 0) << def->name();
    EXPECT_TRUE(!dynamic || rule.weight_input >= 0) << def->name();
    EXPECT_TRUE(rule.dynamic_per_channel_version == 0 || rule.channel_axis >= 0) << def->name();
    EXPECT_TRUE(rule.bias_input < 0 || rule.weight_input >= 0) << def->name();
    EXPECT_TRUE(rule.int4_version > 0 || !(rule.int4_with_int16 || rule.dynamic_blockwise))
        << def->name();
    EXPECT_TRUE(rule.scale != ScaleRule::kFixedOutput || rule.fixed_scale > 0) << def->name();
  }
}

std::string OtherTypes(const std::set<DataType>& types) {
  std::string text;
  for (const DataType type : types) {
    if (type == DataType::kFloat32 || type == DataType::kInt8 || type == DataType::kUInt8 ||
        type == DataType::kInt16) {
      continue;
    }
    text += (text.empty() ? "" : ", ") + std::string(DataTypeName(type));
  }
  return text;
}

// A Markdown table with its columns aligned.
std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows[0].size(), 3);
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t i = 0; i < widths.size(); ++i) {
      text += "| " + rows[r][i] + std::string(widths[i] - rows[r][i].size(), ' ') + " ";
    }
    text += "|\n";
    if (r > 0) continue;
    for (const size_t width : widths) text += "| " + std::string(width, '-') + " ";
    text += "|\n";
  }
  return text;
}

std::string OperatorTable() {
  std::vector<std::vector<std::string>> rows = {
      {"Operator", "float32", "int8 weights", "int8", "uint8", "int16", "other types"}};
  std::vector<const OpDef*> defs(AllOps().begin(), AllOps().end());
  std::ranges::sort(defs, {}, [](const OpDef* def) {
    return std::pair(def->op == BuiltinOp::kCustom, def->name());
  });
  for (const OpDef* def : defs) {
    const auto mark = [](bool yes) { return std::string(yes ? "yes" : ""); };
    Evidence evidence;
    if (const testing::PeerlessOp* peerless = testing::FindPeerless(def->name())) {
      evidence.types.insert(peerless->type);
    } else if (AllEvidence().contains(def)) {
      evidence = AllEvidence().at(def);
    }
    const auto has = [&](DataType type) { return mark(evidence.types.contains(type)); };
    rows.push_back({(def->op == BuiltinOp::kCustom ? "custom " : "") + std::string(def->name()),
                    has(DataType::kFloat32), mark(evidence.hybrid), has(DataType::kInt8),
                    has(DataType::kUInt8), has(DataType::kInt16), OtherTypes(evidence.types)});
  }
  return Table(rows);
}

TEST(Registry, ReadmeTableSaysWhatTheGoldensShow) {
  constexpr std::string_view kBegin = "<!-- operators -->\n\n";
  constexpr std::string_view kEnd = "\n<!-- /operators -->";
  const std::string path = testing::SourcePath("README.md");
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const size_t begin = text.find(kBegin);
  const size_t end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t start = begin + kBegin.size();
  const std::string table = OperatorTable();
  if (std::getenv("OCTOLITE_UPDATE_README") != nullptr) {
    std::ofstream(path) << text.substr(0, start) << table << text.substr(end);
    return;
  }
  EXPECT_EQ(text.substr(start, end - start), table)
      << "run this test with OCTOLITE_UPDATE_README=1";
}

}  // namespace
}  // namespace octolite
