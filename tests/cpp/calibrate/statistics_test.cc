#include "calibrate/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "calibrate/fingerprint.h"

namespace octolite {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TensorStatistics Of(const std::vector<float>& values) {
  TensorStatistics statistics;
  statistics.Add(values);
  return statistics;
}

CalibrationStats StatsOf(int32_t tensor, const std::string& name,
                         const std::vector<float>& values) {
  CalibrationStats stats;
  stats.subgraphs.push_back({0, 1, {{tensor, name, Of(values)}}});
  return stats;
}

TEST(TensorStatisticsTest, CountsNonFiniteApart) {
  const TensorStatistics statistics = Of({1, NAN, -2, kInfinity, -kInfinity, NAN, 3});
  EXPECT_EQ(statistics.count, 3u);
  EXPECT_EQ(statistics.nan_count, 2u);
  EXPECT_EQ(statistics.infinite_count, 2u);
  EXPECT_EQ(statistics.min, -2.0f);
  EXPECT_EQ(statistics.max, 3.0f);
  EXPECT_EQ(statistics.histogram.total(), 3u);
}

TEST(TensorStatisticsTest, MasksDoNotWidenTheRange) {
  const TensorStatistics statistics = Of({1, -3.4e38f, -2, 1e30f, 9e29f});
  EXPECT_EQ(statistics.count, 3u);
  EXPECT_EQ(statistics.infinite_count, 2u);
  EXPECT_EQ(statistics.min, -2.0f);
  EXPECT_EQ(statistics.max, 9e29f);
}

TEST(TensorStatisticsTest, MergeEqualsAddingAll) {
  const std::vector<float> a = {0.5f, -0.0f, 7.0f};
  const std::vector<float> b = {-3.0f, kInfinity, 0.0f};
  TensorStatistics all = Of(a);
  all.Add(b);
  TensorStatistics ab = Of(a);
  ab.Merge(Of(b));
  TensorStatistics ba = Of(b);
  ba.Merge(Of(a));
  EXPECT_EQ(ab, all);
  EXPECT_EQ(ba, all);
}

TEST(TensorStatisticsTest, ChannelMeansAreOfSamplesWithoutMasks) {
  TensorStatistics statistics;
  statistics.Add(std::vector<float>{1, 2, 3, 4}, 2);
  statistics.Add(std::vector<float>{9, kInfinity}, 2);
  statistics.Add(std::vector<float>{-4, 0}, 2);
  EXPECT_EQ(statistics.ChannelMeans(), (std::vector<double>{0, 2}));
  EXPECT_EQ(statistics.count, 7u);
  EXPECT_TRUE(Of({1, 2}).ChannelMeans().empty());
}

TEST(TensorStatisticsTest, MovingRangesMergeByTheirSamples) {
  TensorStatistics one = Of({0, 10});
  TensorStatistics three = Of({-4, 2});
  three.Add(std::vector<float>{-4, 2});
  three.Add(std::vector<float>{-4, 2});
  one.Merge(three);
  EXPECT_EQ(one.moving_range.updates, 4u);
  EXPECT_FLOAT_EQ(one.moving_range.min, -3);
  EXPECT_FLOAT_EQ(one.moving_range.max, 4);
  TensorStatistics none;
  none.Merge(one);
  EXPECT_EQ(none.moving_range.max, one.moving_range.max);
}

TEST(TensorStatisticsTest, DoNotGrowWithSamples) {
  TensorStatistics statistics;
  std::vector<float> values(64);
  Rng rng(1);
  const auto bytes = [&] {
    return statistics.histogram.counts().size_bytes() + statistics.channels.sums().size_bytes();
  };
  size_t after_one = 0;
  for (int sample = 0; sample < 500; ++sample) {
    for (float& value : values) value = rng.Uniform() * static_cast<float>(sample);
    statistics.Add(values, 8);
    if (sample == 0) after_one = bytes();
  }
  EXPECT_EQ(bytes(), after_one);
  EXPECT_EQ(after_one, 4096 * sizeof(uint64_t) + 8 * sizeof(FixedSum));
}

TEST(CalibrationStatsTest, MergeSumsByTensor) {
  CalibrationStats stats = StatsOf(3, "a", {1, 2});
  CalibrationStats other = StatsOf(3, "a", {-5});
  other.subgraphs[0].tensors.insert(other.subgraphs[0].tensors.begin(), {1, "first", Of({9})});
  other.subgraphs.push_back({2, 4, {}});
  ASSERT_TRUE(stats.Merge(other).ok());
  ASSERT_EQ(stats.subgraphs.size(), 2u);
  EXPECT_EQ(stats.subgraphs[0].samples, 2u);
  EXPECT_EQ(stats.subgraphs[1].samples, 4u);
  ASSERT_EQ(stats.subgraphs[0].tensors.size(), 2u);
  EXPECT_EQ(stats.subgraphs[0].tensors[0].tensor, 1);
  EXPECT_EQ(stats.Find(0, 3)->statistics, Of({1, 2, -5}));
  EXPECT_EQ(stats.Find(0, 2), nullptr);
  EXPECT_EQ(stats.Find(1, 3), nullptr);
}

TEST(CalibrationStatsTest, MergeRefusesAnotherModelAndChangesNothing) {
  CalibrationStats stats = StatsOf(3, "a", {1});
  const CalibrationStats before = stats;
  const Status status = stats.Merge(StatsOf(3, "b", {1}));
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.where().tensor_name, "a");
  EXPECT_EQ(stats, before);
}

TEST(CalibrationStatsTest, MergeRefusesAnotherFingerprint) {
  CalibrationStats stats = StatsOf(3, "a", {1});
  CalibrationStats other = stats;
  other.model = 7;
  ASSERT_TRUE(stats.Merge(other).ok());  // of an unknown model until then
  EXPECT_EQ(stats.model, 7u);
  const CalibrationStats before = stats;
  other.model = 8;
  EXPECT_EQ(stats.Merge(other).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(stats, before);
}

TEST(ModelFingerprintTest, DependsOnWhatStatisticsDependOn) {
  Model model;
  model.operator_codes.push_back({0, "", false, 1});
  model.buffers.resize(2);
  model.buffers[1].data = ByteSlice(ByteVector{1, 2, 3, 4, 5, 6, 7, 8, 9});
  Subgraph& subgraph = model.subgraphs.emplace_back();
  subgraph.tensors.resize(2);
  subgraph.tensors[1].buffer = 1;
  subgraph.operators.push_back({0, {0, 1}, {0}, {}, {}, {}, {}, 0, -1});
  const uint64_t fingerprint = ModelFingerprint(model);
  Model described = model;
  described.description = "another";
  EXPECT_EQ(ModelFingerprint(described), fingerprint);
  const auto differs = [&](auto change) {
    Model changed = model;
    change(changed);
    return ModelFingerprint(changed) != fingerprint;
  };
  EXPECT_TRUE(differs([](Model& m) { m.subgraphs[0].tensors[0].name = "x"; }));
  EXPECT_TRUE(differs([](Model& m) { m.subgraphs[0].tensors[0].shape = {1}; }));
  EXPECT_TRUE(differs([](Model& m) { m.subgraphs[0].operators[0].inputs = {1, 0}; }));
  EXPECT_TRUE(differs([](Model& m) { m.operator_codes[0].builtin = 1; }));
  EXPECT_TRUE(differs(
      [](Model& m) { m.buffers[1].data = ByteSlice(ByteVector{1, 2, 3, 4, 5, 6, 7, 8, 10}); }));
}

TEST(StatisticsFromModelTest, TakesRecordedRangesOnly) {
  Model model;
  Subgraph& subgraph = model.subgraphs.emplace_back();
  const auto add = [&](DataType type, std::vector<float> min, std::vector<float> max,
                       std::vector<float> scale) {
    Tensor& tensor = subgraph.tensors.emplace_back();
    tensor.name = "t" + std::to_string(subgraph.tensors.size() - 1);
    tensor.type = type;
    tensor.quantization.emplace();
    tensor.quantization->min = std::move(min);
    tensor.quantization->max = std::move(max);
    tensor.quantization->scale = std::move(scale);
  };
  add(DataType::kFloat32, {-1}, {2}, {});
  add(DataType::kInt32, {-1}, {2}, {});
  add(DataType::kFloat32, {-1}, {2}, {0.5f});
  add(DataType::kFloat32, {}, {}, {});
  add(DataType::kFloat32, {-1, -4}, {2, 1}, {});
  add(DataType::kFloat32, {-1, -4}, {2}, {});
  const CalibrationStats stats = StatisticsFromModel(model);
  ASSERT_EQ(stats.subgraphs.size(), 1u);
  ASSERT_EQ(stats.subgraphs[0].tensors.size(), 2u);
  EXPECT_EQ(stats.Find(0, 0)->statistics.max, 2.0f);
  EXPECT_EQ(stats.Find(0, 4)->statistics.min, -4.0f);
  EXPECT_EQ(stats.Find(0, 4)->name, "t4");
}

}  // namespace
}  // namespace octolite
