#include "calibrate/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

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
