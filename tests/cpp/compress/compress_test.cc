#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include "base/float16.h"
#include "base/rng.h"
#include "compress/cluster.h"
#include "compress/companding.h"
#include "compress/prune.h"
#include "compress/weights.h"
#include "support/compare_models.h"
#include "support/model_builder.h"

// Weights, clustering, pruning and the analysis of levels, on small models.

namespace octolite {
namespace {

using testing::FirstDifference;
using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;

std::vector<float> Normal(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    value = 0;
    for (int i = 0; i < 12; ++i) value += rng.Uniform();
    value = (value - 6) * 0.1f;
  }
  return values;
}

// x [1, 16] -> FULLY_CONNECTED(w [24, 16]) -> y, with the weights as given.
struct Layer {
  ModelBuilder builder;
  int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 16});
  int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 24});

  Model With(int32_t w) {
    builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y});
    return builder.Inputs({x}).Outputs({y}).Build();
  }
};

Model FloatLayer(const std::vector<float>& values) {
  Layer layer;
  return layer.With(layer.builder.AddConstant<float>("w", {24, 16}, values));
}

Model Int8Layer(const std::vector<int8_t>& values, std::vector<float> scales) {
  Layer layer;
  const int32_t w =
      layer.builder.AddConstant<int8_t>("w", {24, 16}, values, PerChannel(std::move(scales)));
  return layer.With(w);
}

std::vector<int8_t> Codes(uint64_t seed) {
  Rng rng(seed);
  std::vector<int8_t> codes(size_t{24} * 16);
  for (int8_t& code : codes) code = static_cast<int8_t>(rng.Integer(-127, 127));
  return codes;
}

std::vector<float> Scales() {
  std::vector<float> scales;
  for (int i = 0; i < 24; ++i) scales.push_back(0.001f * static_cast<float>(i + 1));
  return scales;
}

WeightValues Read(const Model& model) { return ReadWeights(model, FindWeights(model).at(0)); }

size_t Different(std::span<const float> values) {
  return std::set<float>(values.begin(), values.end()).size();
}

// --- Weights
// --------------------------------------------------------------------------------------

TEST(WeightsTest, ConstantsBehindDequantizeAreWeightsToo) {
  Layer layer;
  const int32_t halves = layer.builder.AddConstantBytes("w16", DataType::kFloat16, {24, 16},
                                                        ByteVector(size_t{24} * 16 * 2, 0));
  const int32_t w = layer.builder.AddTensor("w", DataType::kFloat32, {24, 16});
  layer.builder.AddOp(BuiltinOp::kDequantize, {halves}, {w});
  const std::vector<WeightTensor> found = FindWeights(layer.With(w));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].tensor, halves);
  EXPECT_EQ(found[0].axis, 0);
  EXPECT_EQ(found[0].user, (OperatorId{0, 1}));
  EXPECT_EQ(found[0].op_name, "FULLY_CONNECTED");
}

TEST(WeightsTest, WhatIsUsedOtherwiseTooIsLeftAlone) {
  Model model = FloatLayer(Normal(size_t{24} * 16, 1));
  ASSERT_EQ(FindWeights(model).size(), 1u);
  Tensor other = model.subgraphs[0].tensors[2];
  other.name = "the same content, not weights";
  model.subgraphs[0].tensors.push_back(other);
  EXPECT_TRUE(FindWeights(model).empty());
}

TEST(WeightsTest, CodesOfEveryTypeArePackedAsTheyWereRead) {
  Rng rng(4);
  for (const DataType type : {DataType::kFloat32, DataType::kFloat16, DataType::kInt8,
                              DataType::kUInt8, DataType::kInt4, DataType::kInt2}) {
    Layer layer;
    ByteVector bytes(*DataTypeBytes(type, size_t{24} * 16));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Integer(0, 255));
    if (type == DataType::kFloat32 || type == DataType::kFloat16) {
      for (size_t i = 1; i < bytes.size(); i += 2) bytes[i] &= 0x3Bu;  // finite
    }
    const int32_t w = layer.builder.AddConstantBytes("w", type, {24, 16}, bytes);
    layer.builder.tensor(w).quantization = PerTensor(0.5f, type == DataType::kInt2 ? 1 : 3);
    const WeightValues values = Read(layer.With(w));
    EXPECT_EQ(values.codes.size(), size_t{24} * 16);
    EXPECT_EQ(PackCodes(type, values.codes), bytes) << DataTypeName(type);
  }
}

// --- Clustering
// -----------------------------------------------------------------------------------

TEST(ClusterTest, FloatWeightsTakeAsManyValuesAsAsked) {
  const Model model = FloatLayer(Normal(size_t{24} * 16, 2));
  double previous = 0;
  for (const int32_t clusters : {2, 4, 16, 64}) {
    const Result<ClusterResult> result = Cluster(model, {.clusters = clusters});
    ASSERT_TRUE(result.ok());
    const ClusteredTensor& tensor = result->tensors.at(0);
    EXPECT_EQ(Different(Read(result->model).codes), static_cast<size_t>(clusters));
    EXPECT_EQ(tensor.values_after, clusters);
    EXPECT_EQ(tensor.values_before, static_cast<int64_t>(Different(Read(model).codes)));
    EXPECT_EQ(tensor.codebooks, 1);
    // Twice the entries are worth 4 to 6 dB.
    EXPECT_GT(tensor.error.sqnr_db, previous + 3);
    previous = tensor.error.sqnr_db;
  }
}

TEST(ClusterTest, ChannelsHaveCodebooksOfTheirOwn) {
  const Model model = FloatLayer(Normal(size_t{24} * 16, 3));
  const Result<ClusterResult> result = Cluster(model, {.clusters = 4, .per_channel = true});
  ASSERT_TRUE(result.ok());
  const std::vector<float> codes = Read(result->model).codes;
  for (size_t row = 0; row < 24; ++row) {
    EXPECT_EQ(Different(std::span(codes).subspan(row * 16, 16)), 4u);
  }
  EXPECT_EQ(result->tensors[0].codebooks, 24);
  EXPECT_EQ(result->tensors[0].values_after, 4);
}

TEST(ClusterTest, EntriesForIntegersAreIntegersAndErrorsCountAsReals) {
  const Model model = Int8Layer(Codes(5), Scales());
  const Result<ClusterResult> result = Cluster(model, {.clusters = 16});
  ASSERT_TRUE(result.ok());
  const WeightValues before = Read(model);
  const WeightValues after = Read(result->model);
  EXPECT_EQ(Different(after.codes), 16u);
  EXPECT_EQ(after.scales, before.scales);
  EXPECT_EQ(after.type, DataType::kInt8);
  double signal = 0;
  double noise = 0;
  for (size_t i = 0; i < before.codes.size(); ++i) {
    const double scale = before.scales[i / 16];
    signal += std::pow(scale * before.codes[i], 2);
    noise += std::pow(scale * (after.codes[i] - before.codes[i]), 2);
  }
  EXPECT_NEAR(result->tensors[0].error.sqnr_db, 10 * std::log10(signal / noise), 1e-6);
  // 16 values over 255 codes, evenly: 24 dB.
  EXPECT_GT(result->tensors[0].error.sqnr_db, 23);
}

TEST(ClusterTest, ZerosStayZerosWhenAsked) {
  std::vector<float> values = Normal(size_t{24} * 16, 6);
  for (size_t i = 0; i < values.size(); i += 2) values[i] = 0;
  const Model model = FloatLayer(values);
  const Result<ClusterResult> result = Cluster(model, {.clusters = 5, .keep_zeros = true});
  ASSERT_TRUE(result.ok());
  const std::vector<float> codes = Read(result->model).codes;
  for (size_t i = 0; i < codes.size(); i += 2) EXPECT_EQ(codes[i], 0) << i;
}

TEST(ClusterTest, EntriesForHalvesAreHalves) {
  Layer layer;
  const std::vector<float> values = Normal(size_t{24} * 16, 7);
  ByteVector bytes(values.size() * 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t half = FloatToFloat16(values[i]);
    std::memcpy(&bytes[i * 2], &half, 2);
  }
  const int32_t halves = layer.builder.AddConstantBytes("w16", DataType::kFloat16, {24, 16}, bytes);
  const int32_t w = layer.builder.AddTensor("w", DataType::kFloat32, {24, 16});
  layer.builder.AddOp(BuiltinOp::kDequantize, {halves}, {w});
  const Result<ClusterResult> result = Cluster(layer.With(w), {.clusters = 8});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(Different(Read(result->model).codes), 8u);
}

TEST(ClusterTest, FewValuesKeptOperatorsAndSmallWeightsStayAsTheyAre) {
  const Model model = FloatLayer(Normal(size_t{24} * 16, 8));
  const Result<ClusterResult> clustered = Cluster(model, {.clusters = 16});
  ASSERT_TRUE(clustered.ok());
  const Result<ClusterResult> again = Cluster(clustered->model, {.clusters = 16});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(FirstDifference(again->model, clustered->model), "");
  for (const ClusterConfig& config :
       {ClusterConfig{.clusters = 4, .min_elements = 1000},
        ClusterConfig{.clusters = 4, .keep = {{.subgraph = 0, .op = 0}}}}) {
    const Result<ClusterResult> result = Cluster(model, config);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(FirstDifference(result->model, model), "");
    EXPECT_EQ(result->tensors.at(0).codebooks, 0);
  }
}

TEST(ClusterTest, WhatCannotBeClusteredIsRefused) {
  std::vector<float> values = Normal(size_t{24} * 16, 9);
  for (const int32_t clusters : {-1, 0, 1, kMaxClusters + 1}) {
    EXPECT_EQ(Cluster(FloatLayer(values), {.clusters = clusters}).status().code(),
              StatusCode::kInvalidArgument);
  }
  values[7] = NAN;
  const Status status = Cluster(FloatLayer(values), {.clusters = 4}).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.where().tensor_name, "w");
}

// --- Pruning
// --------------------------------------------------------------------------------------

TEST(PruneTest, TheLeastMagnitudesBecomeZero) {
  const std::vector<float> values = Normal(size_t{24} * 16, 10);
  const Model model = FloatLayer(values);
  for (const double share : {0.0, 0.25, 0.5, 0.9}) {
    const Result<PruneResult> result = Prune(model, {.share = share, .min_elements = 1});
    ASSERT_TRUE(result.ok());
    const auto expected = static_cast<int64_t>(std::llround(share * 384));
    std::vector<float> magnitudes;
    for (const float value : values) magnitudes.push_back(std::abs(value));
    std::sort(magnitudes.begin(), magnitudes.end());
    const std::vector<float> codes = Read(result->model).codes;
    EXPECT_EQ(std::count(codes.begin(), codes.end(), 0.0f), expected);
    EXPECT_EQ(result->tensors.at(0).zeros_after, expected);
    for (size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] != 0) {
        EXPECT_EQ(codes[i], values[i]);
        EXPECT_GE(std::abs(codes[i]), magnitudes[static_cast<size_t>(expected)]);
      }
    }
  }
}

TEST(PruneTest, OfEqualMagnitudesTheFirstGo) {
  const Model model = FloatLayer(std::vector<float>(size_t{24} * 16, -2.0f));
  const Result<PruneResult> result = Prune(model, {.share = 0.25, .min_elements = 1});
  ASSERT_TRUE(result.ok());
  const std::vector<float> codes = Read(result->model).codes;
  for (size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(codes[i], i < 96 ? 0.0f : -2.0f);
}

TEST(PruneTest, IntegersGoByTheirRealMagnitude) {
  const Model model = Int8Layer(Codes(11), Scales());
  const Result<PruneResult> result = Prune(model, {.share = 0.5, .min_elements = 1});
  ASSERT_TRUE(result.ok());
  const std::vector<float> codes = Read(result->model).codes;
  // The first channel has the least scale.
  EXPECT_GT(std::count(codes.begin(), codes.begin() + 16, 0.0f), 12);
  EXPECT_LT(std::count(codes.end() - 16, codes.end(), 0.0f), 8);
}

TEST(PruneTest, GlobalPruningTakesFromTensorsOfSmallWeights) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 16});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 16});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1, 16});
  std::vector<float> small = Normal(256, 12);
  for (float& value : small) value *= 1e-3f;
  const int32_t w = builder.AddConstant<float>("large", {16, 16}, Normal(256, 13));
  const int32_t v = builder.AddConstant<float>("small", {16, 16}, small);
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y});
  builder.AddOp(BuiltinOp::kFullyConnected, {y, v, kNoTensor}, {z});
  const Model model = builder.Inputs({x}).Outputs({z}).Build();
  const Result<PruneResult> result =
      Prune(model, {.share = 0.5, .global = true, .min_elements = 1});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->tensors[0].zeros_after + result->tensors[1].zeros_after, 256);
  EXPECT_GT(result->tensors[1].zeros_after, 240);
}

TEST(PruneTest, ProtectedWeightsStayAndWrongSharesAreRefused) {
  const Model model = FloatLayer(Normal(size_t{24} * 16, 14));
  for (const PruneConfig& config :
       {PruneConfig{.min_elements = 385},
        PruneConfig{.min_elements = 1, .keep = {{.subgraph = 0, .op = 0}}}}) {
    const Result<PruneResult> result = Prune(model, config);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(FirstDifference(result->model, model), "");
    EXPECT_TRUE(result->tensors.at(0).kept);
  }
  for (const double share : {-0.1, 1.0, 2.0, static_cast<double>(NAN)}) {
    EXPECT_EQ(Prune(model, {.share = share}).status().code(), StatusCode::kInvalidArgument);
  }
}

// --- Companding
// -----------------------------------------------------------------------------------

TEST(CompandingTest, LevelsAreSymmetricAndReachOne) {
  for (const Companding companding :
       {Companding::kLinear, Companding::kPowerOfTwo, Companding::kMuLaw, Companding::kSigmoid}) {
    for (const int32_t bits : {2, 4, 8}) {
      const std::vector<double> levels = CompandingLevels(companding, bits, 5);
      ASSERT_EQ(levels.size(), (size_t{1} << static_cast<unsigned>(bits)) - 1);
      EXPECT_TRUE(std::is_sorted(levels.begin(), levels.end()));
      EXPECT_NEAR(levels.back(), 1, 1e-12);
      for (size_t i = 0; i < levels.size(); ++i) {
        EXPECT_EQ(levels[i], -levels[levels.size() - 1 - i]);
      }
    }
  }
  EXPECT_EQ(CompandingLevels(Companding::kPowerOfTwo, 3, 0),
            (std::vector<double>{-1, -0.5, -0.25, 0, 0.25, 0.5, 1}));
  // mu = 255 halfway: (256^0.5 - 1) / 255.
  EXPECT_NEAR(CompandingLevels(Companding::kMuLaw, 2, 255)[2], 1, 1e-12);
  EXPECT_NEAR(CompandingLevels(Companding::kMuLaw, 4, 255)[7 + 1],
              (std::pow(256, 1.0 / 7) - 1) / 255, 1e-12);
}

double Sqnr(const CompandingReport& report, Companding companding) {
  return report.errors[static_cast<size_t>(companding)].sqnr_db;
}

TEST(CompandingTest, WeightsOnTheLinearGridAreBestThere) {
  std::vector<float> values;
  for (int i = 0; i < 384; ++i) values.push_back(static_cast<float>(i % 15 - 7));
  const auto reports = AnalyzeCompanding(FloatLayer(values), {.bits = 4, .per_channel = false});
  ASSERT_TRUE(reports.ok());
  const CompandingReport& report = reports->at(0);
  EXPECT_EQ(Sqnr(report, Companding::kLinear), 300);
  EXPECT_LT(Sqnr(report, Companding::kPowerOfTwo), 40);
  EXPECT_EQ(report.elements, 384);
  EXPECT_EQ(report.name, "w");
}

TEST(CompandingTest, WeightsOnAPowerOfTwoGridAreBestThere) {
  std::vector<float> values;
  for (int i = 0; i < 384; ++i) {
    values.push_back(std::ldexp(i % 2 == 0 ? 1.0f : -1.0f, -(i / 2 % 7)));
  }
  const auto reports = AnalyzeCompanding(FloatLayer(values), {.bits = 4, .per_channel = false});
  ASSERT_TRUE(reports.ok());
  EXPECT_EQ(Sqnr(reports->at(0), Companding::kPowerOfTwo), 300);
  EXPECT_LT(Sqnr(reports->at(0), Companding::kLinear), 30);
}

TEST(CompandingTest, NothingBeatsTheCodebookAndFittingDoesNotHarm) {
  std::vector<float> values = Normal(size_t{24} * 16, 15);
  for (float& value : values) value = value * std::abs(value);  // long tails
  for (const bool per_channel : {false, true}) {
    for (const int32_t bits : {3, 4, 8}) {
      const auto reports =
          AnalyzeCompanding(FloatLayer(values), {.bits = bits, .per_channel = per_channel});
      ASSERT_TRUE(reports.ok());
      const CompandingReport& report = reports->at(0);
      const double bound = Sqnr(report, Companding::kKMeans);
      for (const Companding companding :
           {Companding::kLinear, Companding::kClipped, Companding::kPowerOfTwo, Companding::kMuLaw,
            Companding::kSigmoid}) {
        EXPECT_LT(Sqnr(report, companding), bound);
      }
      EXPECT_GE(Sqnr(report, Companding::kClipped), Sqnr(report, Companding::kLinear));
      // With tails like these, the logarithm pays.
      EXPECT_GT(Sqnr(report, Companding::kMuLaw), Sqnr(report, Companding::kClipped) + 0.5);
    }
  }
}

TEST(CompandingTest, WrongBitsAndContentAreRefused) {
  std::vector<float> values = Normal(size_t{24} * 16, 16);
  for (const int32_t bits : {1, 9}) {
    EXPECT_EQ(AnalyzeCompanding(FloatLayer(values), {.bits = bits}).status().code(),
              StatusCode::kInvalidArgument);
  }
  values[3] = INFINITY;
  EXPECT_EQ(AnalyzeCompanding(FloatLayer(values), {.bits = 4}).status().where().tensor_name, "w");
}

}  // namespace
}  // namespace octolite
