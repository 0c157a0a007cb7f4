#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyze/compare.h"
#include "analyze/inspect.h"
#include "base/rng.h"
#include "calibrate/calibrator.h"
#include "quantize/graph_support.h"
#include "quantize/invariants.h"
#include "quantize/quantize.h"
#include "support/shared_files.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

// Quantization of other people's models, against what their quantizers made of them and against
// the rules of the format.

namespace octolite {
namespace {

using testing::BrokenInvariant;
using testing::Content;
using testing::Graph;
using testing::HasSharedFile;
using testing::Mode;
using testing::Named;
using testing::QuantizeAll;
using testing::SharedModelFiles;

Model Shared(const std::string& name) {
  Result<Model> model = ReadModel(testing::ReadSharedFile("models/" + name));
  EXPECT_TRUE(model.ok()) << name << ": " << model.status().ToString();
  return model.ok() ? std::move(model).value() : Model();
}

// Ranges for every float32 tensor, from a seed: what calibration would give of some data.
CalibrationStats SeededStats(const Model& model) {
  CalibrationStats stats;
  Rng rng(7);
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    SubgraphStatistics of_subgraph{static_cast<int32_t>(s), 1, {}};
    const std::vector<Tensor>& tensors = model.subgraphs[s].tensors;
    for (size_t t = 0; t < tensors.size(); ++t) {
      const std::vector<float> values = {-4 * rng.Uniform(), 8 * rng.Uniform()};
      if (tensors[t].type != DataType::kFloat32) continue;
      TensorRecord record{static_cast<int32_t>(t), tensors[t].name, {}};
      record.statistics.Add(values);
      of_subgraph.tensors.push_back(std::move(record));
    }
    stats.subgraphs.push_back(std::move(of_subgraph));
  }
  return stats;
}

// A maximum of [0, max] whose int8 scale is exactly `scale`.
float MaximumFor(float scale) {
  float max = scale * 255.0f;
  while (max / 255.0f < scale) max = std::nextafter(max, 2 * max);
  while (max / 255.0f > scale) max = std::nextafter(max, 0.0f);
  return max;
}

void ExpectSameTensor(const Model& golden_model, const Tensor& golden, const Model& model,
                      const Tensor& tensor) {
  EXPECT_EQ(tensor.type, golden.type) << golden.name;
  ASSERT_TRUE(tensor.quantization && golden.quantization) << golden.name;
  EXPECT_EQ(tensor.quantization->scale, golden.quantization->scale) << golden.name;
  EXPECT_EQ(tensor.quantization->zero_point, golden.quantization->zero_point) << golden.name;
  EXPECT_EQ(tensor.quantization->quantized_dimension, golden.quantization->quantized_dimension)
      << golden.name;
  EXPECT_EQ(Content<int8_t>(model, tensor), Content<int8_t>(golden_model, golden)) << golden.name;
}

class RealModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasSharedFile("models")) GTEST_SKIP() << "needs ../shared/models";
  }
};

TEST_F(RealModelsTest, WeightOnlyEqualsTheLiteRtQuantizer) {
  const Model golden = Shared("ops/mnist_quantized.tflite");
  OperatorConfig config = Mode(QuantMode::kWeightOnly);
  config.weights.symmetric = false;
  const Model made = QuantizeAll(Shared("mnist_conv_float.tflite"), config).model;
  for (const char* name : {"arith.constant", "arith.constant1", "sequential/conv2d/Conv2D"}) {
    ExpectSameTensor(golden, Named(golden, name), made, Named(made, name));
  }
  EXPECT_EQ(made.subgraphs[0].operators.size(), golden.subgraphs[0].operators.size());
  EXPECT_EQ(made.subgraphs[0].tensors.size(), golden.subgraphs[0].tensors.size());
  EXPECT_EQ(made.buffers.size(), golden.buffers.size());
}

TEST_F(RealModelsTest, StaticBesideDynamicEqualsTheLiteRtQuantizer) {
  // There the first FULLY_CONNECTED is static, the second dynamic, all else float.
  const Model golden = Shared("ops/partly_quantized_mnist.tflite");
  const Model model = Shared("mnist_conv_float.tflite");
  const std::string input = "sequential/flatten/Reshape";
  const std::string output =
      "sequential/dense/MatMul;sequential/dense/Relu;sequential/dense/BiasAdd";
  const CalibrationStats stats = testing::StatsOf(
      model, {{input, {0, MaximumFor(Named(golden, input + "_quantized").quantization->scale[0])}},
              {output, {0, MaximumFor(Named(golden, output).quantization->scale[0])}}});
  QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kFloat));
  config.operators[0][3].mode = QuantMode::kStatic;
  config.operators[0][4].mode = QuantMode::kDynamic;
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  const Model& made = result->model;
  for (const std::string& name : {std::string("arith.constant"), std::string("arith.constant1"),
                                  std::string("arith.constant2"), input + "_quantized", output}) {
    ExpectSameTensor(golden, Named(golden, name), made, Named(made, name));
  }
  EXPECT_EQ(made.subgraphs[0].operators.size(), golden.subgraphs[0].operators.size());
  EXPECT_EQ(BrokenInvariant(model, made), "");
}

TEST_F(RealModelsTest, TwoSignaturesEqualTheLiteRtQuantizer) {
  const Model golden = Shared("ops/two_signatures_a8w8.tflite");
  const Model model = Shared("ops/two_signatures.tflite");
  // The ranges that give its parameters; calibration saw a hair more than [-2, 2].
  const float x_min = std::nextafter(-2.0f, -3.0f);
  const float y_min = std::nextafter(-20.0f, -21.0f);
  CalibrationStats stats =
      testing::StatsOf(model, {{"add_x:0", {x_min, 2}}, {"PartitionedCall:0", {-8, 12}}});
  const CalibrationStats second = testing::StatsOf(
      model, {{"multiply_x:0", {x_min, 2}}, {"PartitionedCall_1:0", {y_min, 20}}}, 1);
  ASSERT_TRUE(stats.Merge(second).ok());
  QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kStatic));
  config.input_type = config.output_type = DataType::kInt8;
  const Result<QuantizeResult> result = Quantize(model, config, &stats);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  for (const int32_t s : {0, 1}) {
    EXPECT_EQ(Graph(result->model, s), Graph(golden, s));
    for (const Tensor& tensor : golden.subgraphs[static_cast<size_t>(s)].tensors) {
      ExpectSameTensor(golden, tensor, result->model, Named(result->model, tensor.name, s));
    }
  }
  EXPECT_EQ(result->model.buffers.size(), golden.buffers.size());
  EXPECT_EQ(BrokenInvariant(model, result->model), "");
}

TEST_F(RealModelsTest, RangesInTheFileServeAsCalibration) {
  // Files whose tensors carry min and max, and what each becomes with int8 edges.
  const std::map<std::string, std::string> graphs = {
      {"add_with_const_input", "ADD(input,Const)->output"},
      {"concat", "CONCATENATION(input0,input1)->output"},
      {"fc",
       "FULLY_CONNECTED(input,fully_connected/Tensordot/Reshape_1/transpose,"
       "fully_connected/Tensordot/MatMul_bias)->fully_connected/Tensordot "
       "RESHAPE(fully_connected/Tensordot,fully_connected/Tensordot/shape)->fully_connected/Relu"},
      {"maximum", "MAXIMUM(input,output/y)->output"},
      {"minimum", "MINIMUM(input,output/y)->output"},
      {"multi_input_add_reshape",
       "ADD(input1,input2)->add_output RESHAPE(add_output,output/shape)->output"},
      {"pack", "PACK(input_1,input_2,input_3)->Identity"},
  };
  for (const auto& [name, graph] : graphs) {
    const Model model = Shared("ops/quant_testdata_" + name + ".bin");
    QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kStatic));
    config.input_type = config.output_type = DataType::kInt8;
    const Result<QuantizeResult> result = Quantize(model, config, nullptr);
    ASSERT_TRUE(result.ok()) << name << ": " << result.status().ToString();
    EXPECT_EQ(Graph(result->model), graph);
    EXPECT_EQ(BrokenInvariant(model, result->model), "") << name;
    EXPECT_EQ(Inspect(result->model, 0).kind, "full int8") << name;
  }
}

TEST_F(RealModelsTest, RecordedRangesGiveTheKnownParameters) {
  const auto quantized = [](const std::string& name) {
    const Model model = Shared("ops/quant_testdata_" + name + ".bin");
    QuantizeConfig config = UniformConfig(model, Mode(QuantMode::kStatic));
    config.input_type = config.output_type = DataType::kInt8;
    Result<QuantizeResult> result = Quantize(model, config, nullptr);
    EXPECT_TRUE(result.ok()) << name << ": " << result.status().ToString();
    EXPECT_EQ(BrokenInvariant(model, result->model), "") << name;
    return std::move(result).value().model;
  };
  // Ranges of [0, 5] and [0, 10] meet in [0, 10].
  const Model concat = quantized("concat");
  for (const char* name : {"input0", "input1", "output"}) {
    EXPECT_EQ(Named(concat, name).quantization->scale[0], 10.0f / 255.0f) << name;
    EXPECT_EQ(Named(concat, name).quantization->zero_point[0], -128) << name;
  }
  const Model softmax = quantized("single_softmax_min_minus_5_max_plus_5");
  const Subgraph& subgraph = softmax.subgraphs[0];
  const Tensor& input = subgraph.tensors[static_cast<size_t>(subgraph.inputs[0])];
  const Tensor& output = subgraph.tensors[static_cast<size_t>(subgraph.outputs[0])];
  // Recorded: [-4.9994464, 4.9989729].
  EXPECT_EQ(input.quantization->scale[0], (4.9989729f + 4.9994464f) / 255.0f);
  EXPECT_EQ(input.quantization->zero_point[0], 0);
  EXPECT_EQ(output.quantization->scale[0], 1.0f / 256.0f);
  EXPECT_EQ(output.quantization->zero_point[0], -128);
  const Model fc = quantized("fc");
  EXPECT_EQ(Named(fc, "input").quantization->scale[0], 1.0f);
  EXPECT_EQ(Named(fc, "input").quantization->zero_point[0], 0);
  EXPECT_EQ(testing::VersionAt(fc, 0), 4);
  const Model convolution = quantized("single_conv_weights_min_minus_127_max_plus_127");
  EXPECT_EQ(testing::VersionAt(convolution, 0), 3);
}

TEST_F(RealModelsTest, RulesHoldForEveryModelAndMode) {
  int quantized = 0;
  for (const std::filesystem::path& path : SharedModelFiles("models", "malformed")) {
    const std::string name = path.filename().string();
    Result<Model> model = ReadModel(testing::ReadFileBytes(path));
    if (!model.ok()) continue;  // the reader's tests say which
    const CalibrationStats stats = SeededStats(*model);
    const bool quantizable = Inspect(*model, 0).quantizable;
    for (const QuantMode mode :
         {QuantMode::kStatic, QuantMode::kDynamic, QuantMode::kWeightOnly, QuantMode::kFloat16}) {
      for (const DataType edge : {DataType::kFloat32, DataType::kInt8, DataType::kUInt8}) {
        if (mode != QuantMode::kStatic && edge != DataType::kFloat32) continue;
        QuantizeConfig config = UniformConfig(*model, Mode(mode));
        config.input_type = config.output_type = edge;
        const Result<QuantizeResult> result = Quantize(*model, config, &stats);
        if (!quantizable) {
          ASSERT_EQ(result.status().code(), StatusCode::kAlreadyQuantized) << name;
          continue;
        }
        const std::string what =
            name + " " + std::string(QuantModeName(mode)) + " " + std::string(DataTypeName(edge));
        ASSERT_TRUE(result.ok()) << what << ": " << result.status().ToString();
        ASSERT_EQ(BrokenInvariant(*model, result->model), "") << what;
        // A constant that a float operator and an int8 one read is there in both forms.
        const int64_t before = result->report.weight_bytes_before;
        EXPECT_LE(result->report.weight_bytes_after,
                  mode == QuantMode::kStatic ? before * 5 / 4 : before)
            << what;
        for (const OperatorReport& line : result->report.operators) {
          EXPECT_TRUE(line.got == line.asked || !line.reason.empty()) << what << " " << line.op;
        }
        if (!result->model.unknown_parts.empty()) continue;
        Result<ByteVector> bytes = WriteModel(result->model);
        ASSERT_TRUE(bytes.ok()) << what << ": " << bytes.status().ToString();
        ++quantized;
      }
    }
  }
  EXPECT_GT(quantized, 300);
}

// The samples of a network with one float32 input.
struct Samples {
  std::vector<std::vector<float>> inputs;
};

// CIFAR-10 pictures, 0 to 255, height x width x channel.
Samples Cifar10(size_t count) {
  constexpr size_t kRecord = 3073;
  const ByteVector bytes = testing::ReadSharedFile("data/cifar10/cifar10_test_500.bin");
  Samples samples;
  // The records are sorted by class: every eleventh takes all of them.
  for (size_t i = 0; i < count; ++i) {
    const size_t record = i * 11 % 500;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(record * kRecord + 1);
    samples.inputs.emplace_back(begin, begin + kRecord - 1);
  }
  return samples;
}

Samples Seeded(size_t count, size_t elements) {
  Rng rng(11);
  Samples samples;
  for (size_t i = 0; i < count; ++i) {
    std::vector<float>& input = samples.inputs.emplace_back();
    for (size_t k = 0; k < elements; ++k) input.push_back(rng.Uniform());
  }
  return samples;
}

std::span<const uint8_t> AsBytes(const std::vector<float>& values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

// Calibrates on the first half of the samples and compares on the others.
CompareReport QuantizeAndCompare(const std::string& name, const Samples& samples,
                                 const OperatorConfig& config) {
  const auto model = std::make_shared<const Model>(Shared(name));
  auto calibrator = Calibrator::Create(model, {});
  EXPECT_TRUE(calibrator.ok()) << calibrator.status().ToString();
  const size_t half = samples.inputs.size() / 2;
  for (size_t i = 0; i < half; ++i) {
    EXPECT_TRUE((*calibrator)->interpreter().SetInput(0, AsBytes(samples.inputs[i])).ok());
    EXPECT_TRUE((*calibrator)->Step().ok());
  }
  const QuantizeResult result = QuantizeAll(*model, config, &(*calibrator)->stats());
  EXPECT_EQ(BrokenInvariant(*model, result.model), "");
  auto comparator = ModelComparator::Create(model, std::make_shared<const Model>(result.model), {});
  EXPECT_TRUE(comparator.ok()) << comparator.status().ToString();
  for (size_t i = half; i < samples.inputs.size(); ++i) {
    EXPECT_TRUE((*comparator)->reference().SetInput(0, AsBytes(samples.inputs[i])).ok());
    EXPECT_TRUE((*comparator)->Step().ok());
  }
  return (*comparator)->report();
}

// Bounds a little below what was measured when these tests were written.
TEST_F(RealModelsTest, Cifar10NetworkKeepsItsAnswers) {
  if (!HasSharedFile("data/cifar10")) GTEST_SKIP() << "needs ../shared/data/cifar10";
  const Samples samples = Cifar10(60);
  for (const QuantMode mode : {QuantMode::kStatic, QuantMode::kDynamic}) {
    const CompareReport report =
        QuantizeAndCompare("resnet8_cifar10_float.tflite", samples, Mode(mode));
    EXPECT_GT(report.outputs[0].error.sqnr_db, 16) << QuantModeName(mode);
    EXPECT_GE(report.outputs[0].top1_equal, 27u) << QuantModeName(mode);
    EXPECT_EQ(report.outputs[0].rows, 30u);
  }
}

TEST_F(RealModelsTest, PaddingWithTheLowestFloatDoesNotSpoilTheRange) {
  const CompareReport report = QuantizeAndCompare("ops/padv2_inf_max_pool_2d.tflite",
                                                  Seeded(20, 48), Mode(QuantMode::kStatic));
  EXPECT_GT(report.outputs[0].error.sqnr_db, 40);
}

TEST_F(RealModelsTest, RecurrentNetworkKeepsItsAnswers) {
  const Samples samples = Seeded(40, 28 * 28);
  const std::map<QuantMode, double> least_sqnr = {
      {QuantMode::kStatic, 20}, {QuantMode::kDynamic, 20}, {QuantMode::kWeightOnly, 20}};
  for (const auto& [mode, least] : least_sqnr) {
    const CompareReport report = QuantizeAndCompare("mnist_lstm_float.tflite", samples, Mode(mode));
    EXPECT_GT(report.outputs[0].error.sqnr_db, least) << QuantModeName(mode);
    EXPECT_GE(report.outputs[0].top1_equal, 18u) << QuantModeName(mode);
  }
}

TEST_F(RealModelsTest, MnistNetworkKeepsItsAnswers) {
  const Samples samples = Seeded(40, 28 * 28);
  const std::map<QuantMode, double> least_sqnr = {{QuantMode::kStatic, 25},
                                                  {QuantMode::kDynamic, 25},
                                                  {QuantMode::kWeightOnly, 30},
                                                  {QuantMode::kFloat16, 60}};
  for (const auto& [mode, least] : least_sqnr) {
    const CompareReport report = QuantizeAndCompare("mnist_conv_float.tflite", samples, Mode(mode));
    EXPECT_GT(report.outputs[0].error.sqnr_db, least) << QuantModeName(mode);
  }
}

}  // namespace
}  // namespace octolite
