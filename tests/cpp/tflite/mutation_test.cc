#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "support/golden.h"
#include "support/reader_property.h"
#include "support/shared_files.h"

namespace octolite {
namespace {

constexpr size_t kMaxSeedBytes = 8192;

// Small real models of many operators: those of the goldens, and the shared ones where present.
std::vector<ByteVector> Seeds() {
  std::vector<ByteVector> seeds;
  for (const std::string& file : testing::GoldenFiles()) {
    for (testing::GoldenCase& golden : testing::ReadGoldens(file)) {
      if (golden.model.size() > kMaxSeedBytes) continue;
      seeds.push_back(std::move(golden.model));
      break;
    }
  }
  for (const char* folder : {"models/ops", "models/malformed"}) {
    for (const auto& path : testing::SharedModelFiles(folder)) {
      ByteVector bytes = testing::ReadFileBytes(path);
      if (bytes.size() <= kMaxSeedBytes) seeds.push_back(std::move(bytes));
    }
  }
  return seeds;
}

// One to four small changes. Most of them hit the structure, which the writers put first.
ByteVector Mutate(const ByteVector& seed, Rng& rng) {
  ByteVector bytes = seed;
  const int64_t changes = rng.Integer(1, 4);
  for (int64_t i = 0; i < changes && !bytes.empty(); ++i) {
    const auto position =
        static_cast<size_t>(rng.Integer(0, static_cast<int64_t>(bytes.size()) - 1));
    switch (rng.Integer(0, 5)) {
      case 0:
        bytes[position] ^= static_cast<uint8_t>(1u << rng.Integer(0, 7));
        break;
      case 1:
        bytes[position] = static_cast<uint8_t>(rng.Next());
        break;
      case 2:  // an offset, a length or an index that is far off
        for (size_t j = position & ~size_t{3}; j < std::min(bytes.size(), (position | 3) + 1);
             ++j) {
          bytes[j] = (j & 3) == 3 ? 0x7F : 0xFF;
        }
        break;
      case 3:  // or slightly off
        bytes[position & ~size_t{3}] = static_cast<uint8_t>(bytes[position & ~size_t{3}] + 1);
        break;
      case 4: {  // one table or vector in the place of another
        const auto source = static_cast<size_t>(rng.Next() % bytes.size());
        const size_t count = std::min<size_t>(4, bytes.size() - std::max(source, position));
        std::memmove(bytes.data() + position, bytes.data() + source, count);
        break;
      }
      default:
        if (rng.Integer(0, 3) == 0) bytes.resize(position);
        break;
    }
  }
  return bytes;
}

TEST(MutationTest, DamagedFilesEndInAStatus) {
  const std::vector<ByteVector> seeds = Seeds();
  ASSERT_FALSE(seeds.empty());
  constexpr int kCases = 30000;
  Rng rng(20240229);
  for (int i = 0; i < kCases; ++i) {
    const size_t seed = static_cast<size_t>(i) % seeds.size();
    EXPECT_EQ(testing::CheckReaderProperty(Mutate(seeds[seed], rng)), "")
        << "case " << i << " of seed " << seed;
    if (HasFailure()) return;
  }
}

TEST(MutationTest, EveryTruncationEndsInAStatus) {
  const std::vector<ByteVector> seeds = Seeds();
  ASSERT_FALSE(seeds.empty());
  const ByteVector& seed = *std::min_element(
      seeds.begin(), seeds.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  for (size_t size = 0; size < seed.size(); ++size) {
    const auto end = seed.begin() + static_cast<std::ptrdiff_t>(size);
    EXPECT_EQ(testing::CheckReaderProperty(ByteVector(seed.begin(), end)), "") << size << " bytes";
  }
}

}  // namespace
}  // namespace octolite
