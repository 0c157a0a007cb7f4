// A short run, the same everywhere, of what tests/fuzz does without end: models that no converter
// writes end in a Status, whatever they ask for.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "support/golden.h"
#include "support/model_mutator.h"
#include "support/reader_property.h"
#include "support/run_property.h"
#include "support/shared_files.h"
#include "support/source_path.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

constexpr size_t kMaxSeedBytes = 16384;
constexpr int kMutationsOfEach = 12;

class HostileTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HostileTest, MutatedGoldensEndInAStatus) {
  uint64_t seed = 1;
  for (const testing::GoldenCase& golden : testing::ReadGoldens(GetParam())) {
    if (golden.model.size() > kMaxSeedBytes) continue;
    const auto original = ReadModel(golden.model);
    ASSERT_TRUE(original.ok()) << golden.name;
    for (int i = 0; i < kMutationsOfEach; ++i, ++seed) {
      Model mutated = *original;
      Rng rng(seed);
      testing::MutateModel(mutated, rng);
      std::shared_ptr<const Model> model;
      ASSERT_EQ(testing::CheckWriterProperty(mutated, &model), "")
          << golden.name << ", seed " << seed;
      if (!model) continue;
      ASSERT_EQ(testing::CheckRunProperty(model, seed), "") << golden.name << ", seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, HostileTest, ::testing::ValuesIn(testing::GoldenFiles()),
                         [](const auto& info) { return info.param; });

// Files that once crashed, hung or took all memory, and what they were.
TEST(Hostile, FindingsOfTheFuzzers) {
  const std::filesystem::path folder = testing::SourcePath("tests/fuzz/findings");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    const auto& path = entry.path();
    const ByteVector bytes = testing::ReadFileBytes(path);
    EXPECT_EQ(testing::CheckReaderProperty(bytes), "") << path;
    auto model = ReadModel(bytes);
    if (!model.ok()) continue;
    const auto shared = std::make_shared<const Model>(std::move(*model));
    EXPECT_EQ(testing::CheckRunProperty(shared, bytes.size()), "") << path;
    EXPECT_EQ(testing::CheckRunProperty(shared, bytes.size() + 1), "") << path;
  }
}

}  // namespace
}  // namespace octolite
