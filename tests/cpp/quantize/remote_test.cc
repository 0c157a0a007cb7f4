// Quantizing models whose large constants are not in memory.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "quantize/made_bytes.h"
#include "quantize/quantize.h"
#include "support/compare_models.h"
#include "support/memory_file.h"
#include "support/model_builder.h"
#include "support/shared_files.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

using testing::FirstDifference;
using testing::MemoryFile;
using testing::ModelBuilder;
using testing::ReadAll;
using testing::SharedModelFiles;

constexpr size_t kSmall = 64;

std::vector<OperatorConfig> Configs() {
  OperatorConfig dynamic;
  dynamic.mode = QuantMode::kDynamic;
  OperatorConfig asymmetric;
  asymmetric.mode = QuantMode::kWeightOnly;
  asymmetric.weights.symmetric = false;
  OperatorConfig four_bits = dynamic;
  four_bits.weights.bits = 4;
  OperatorConfig two_bits = asymmetric;
  two_bits.weights.bits = 2;
  two_bits.weights.granularity = Granularity::kPerTensor;
  OperatorConfig blocks = four_bits;
  blocks.weights.granularity = Granularity::kBlockwise;
  blocks.weights.block_size = 32;
  OperatorConfig clipped = four_bits;
  clipped.weights.clipping = WeightClipping::kOctav;
  OperatorConfig half;
  half.mode = QuantMode::kFloat16;
  return {dynamic, asymmetric, four_bits, two_bits, blocks, clipped, half};
}

// The file that becomes of a file, as a model, and the report.
struct Made {
  Model model;
  QuantizeReport report;
};

Result<Made> QuantizeWhole(const ByteVector& file, const OperatorConfig& config) {
  OCTO_ASSIGN_OR_RETURN(const Model model, ReadModel(file));
  OCTO_ASSIGN_OR_RETURN(QuantizeResult result,
                        Quantize(model, UniformConfig(model, config), nullptr));
  OCTO_ASSIGN_OR_RETURN(ByteVector bytes, WriteModel(result.model));
  OCTO_ASSIGN_OR_RETURN(Model made, ReadModel(std::move(bytes)));
  return Made{std::move(made), std::move(result.report)};
}

Result<Made> QuantizeInParts(const std::shared_ptr<const ByteSource>& file,
                             const OperatorConfig& config) {
  OCTO_ASSIGN_OR_RETURN(const Model model, ReadRemoteModel(file, kSmall));
  OCTO_ASSIGN_OR_RETURN(QuantizeResult result,
                        Quantize(model, UniformConfig(model, config), nullptr));
  OCTO_ASSIGN_OR_RETURN(const std::shared_ptr<const ByteSource> laid, LayOutModel(result.model));
  OCTO_ASSIGN_OR_RETURN(Model made, ReadModel(ReadAll(*laid)));
  return Made{std::move(made), std::move(result.report)};
}

void ExpectSameReport(const QuantizeReport& a, const QuantizeReport& b) {
  EXPECT_EQ(a.weight_bytes_before, b.weight_bytes_before);
  EXPECT_EQ(a.weight_bytes_after, b.weight_bytes_after);
  EXPECT_EQ(a.added_dequantize, b.added_dequantize);
  EXPECT_EQ(a.warnings, b.warnings);
  ASSERT_EQ(a.operators.size(), b.operators.size());
  for (size_t i = 0; i < a.operators.size(); ++i) {
    EXPECT_EQ(a.operators[i].got, b.operators[i].got);
    EXPECT_EQ(a.operators[i].reason, b.operators[i].reason);
    EXPECT_EQ(a.operators[i].weight_bytes_after, b.operators[i].weight_bytes_after);
  }
}

// Every model that we have, in every mode that needs no calibration.
TEST(RemoteQuantizeTest, EverySharedModelBecomesTheSameInParts) {
  const auto files = SharedModelFiles("models", "malformed");
  if (files.empty()) GTEST_SKIP() << "needs ../shared/models";
  size_t made = 0;
  for (const auto& path : files) {
    const ByteVector bytes = testing::ReadFileBytes(path);
    // The large ones add minutes under the sanitizers, and nothing else.
    if (bytes.size() > size_t{3} << 20) continue;
    const auto file = std::make_shared<const MemoryFile>(bytes);
    int index = 0;
    for (const OperatorConfig& config : Configs()) {
      SCOPED_TRACE(path.string() + ", config " + std::to_string(index++));
      const Result<Made> whole = QuantizeWhole(bytes, config);
      const Result<Made> parts = QuantizeInParts(file, config);
      ASSERT_EQ(whole.status().ToString(), parts.status().ToString());
      if (!whole.ok()) break;
      ++made;
      ASSERT_EQ(FirstDifference(parts->model, whole->model), "");
      ExpectSameReport(parts->report, whole->report);
    }
  }
  EXPECT_GT(made, 100u);
}

// Several pieces of weights, of sizes that no piece divides.
Model LargeModel() {
  constexpr int32_t kRows = 1201;
  constexpr int32_t kDepth = 512;
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, kDepth});
  std::vector<float> weights(static_cast<size_t>(kRows) * kDepth);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<float>((i * 7919) % 1009) / 500.0f - 1.0f;
  }
  const int32_t w = builder.AddConstant<float>("w", {kRows, kDepth}, weights);
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, kRows});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

TEST(RemoteQuantizeTest, PiecesMeet) {
  const ByteVector bytes = *WriteModel(LargeModel());
  const auto file = std::make_shared<const MemoryFile>(bytes);
  for (const OperatorConfig& config : Configs()) {
    const Result<Made> whole = QuantizeWhole(bytes, config);
    const Result<Made> parts = QuantizeInParts(file, config);
    ASSERT_TRUE(whole.ok() && parts.ok()) << parts.status().ToString();
    EXPECT_EQ(FirstDifference(parts->model, whole->model), "");
  }
}

TEST(RemoteQuantizeTest, ReadsInSmallPieces) {
  const auto file = std::make_shared<MemoryFile>(*WriteModel(LargeModel()));
  ASSERT_TRUE(QuantizeInParts(file, Configs()[0]).ok());
  EXPECT_LE(file->largest_read(), size_t{1} << 20);
}

// What differs in float16 alone is found in the last piece too.
TEST(RemoteQuantizeTest, WhatFloat16CannotHoldStays) {
  Model model = LargeModel();
  ByteVector weights(model.buffers[1].data.bytes().begin(), model.buffers[1].data.bytes().end());
  const float large = 1e6f;
  std::memcpy(weights.data() + weights.size() - sizeof(large), &large, sizeof(large));
  model.buffers[1].data = ByteSlice(std::move(weights));
  const auto file = std::make_shared<const MemoryFile>(*WriteModel(model));
  OperatorConfig half;
  half.mode = QuantMode::kFloat16;
  const Result<Made> parts = QuantizeInParts(file, half);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(parts->report.warnings.size(), 1u);
  EXPECT_EQ(FirstDifference(parts->model, model), "");
}

TEST(RemoteQuantizeTest, RefusesStatic) {
  const auto file = std::make_shared<const MemoryFile>(*WriteModel(LargeModel()));
  OperatorConfig config;
  config.mode = QuantMode::kStatic;
  const Result<Made> parts = QuantizeInParts(file, config);
  EXPECT_EQ(parts.status().code(), StatusCode::kInvalidRecipe);
}

TEST(RemoteQuantizeTest, SaysThatTheFileCannotBeRead) {
  const auto file = std::make_shared<MemoryFile>(*WriteModel(LargeModel()));
  const Result<Model> model = ReadRemoteModel(file, kSmall);
  ASSERT_TRUE(model.ok());
  file->FailAfter(2);
  const Result<QuantizeResult> result =
      Quantize(*model, UniformConfig(*model, Configs()[0]), nullptr);
  EXPECT_EQ(result.status().message(), "cannot be read");
}

TEST(MadeBytesTest, AreMadeOfThePartThatIsRead) {
  const auto file = std::make_shared<const MemoryFile>(ByteVector{1, 2, 3, 4, 5, 6, 7});
  std::vector<size_t> firsts;
  const ByteSlice made =
      MakeBytes(ByteSlice(file, 1, 6), 8, 4, [&](std::span<const uint8_t> source, size_t first) {
        firsts.push_back(first);
        ByteVector packed;
        for (size_t i = 0; i < source.size(); i += 2) {
          packed.push_back(static_cast<uint8_t>(source[i] | source[i + 1] << 4));
        }
        return packed;
      });
  ASSERT_EQ(made.size(), 3u);
  ByteVector two(2);
  ASSERT_TRUE(made.Read(1, two).ok());
  EXPECT_EQ(two, (ByteVector{0x54, 0x76}));
  EXPECT_EQ(firsts, std::vector<size_t>{2});
}

}  // namespace
}  // namespace octolite
