#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "kernels/move/copy.h"

namespace octolite {
namespace {

std::vector<uint8_t> RandomBytes(Rng& rng, size_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Next());
  return bytes;
}

// The definition: every index of the block, one element at a time.
void NaiveCopy(const Shape& block, size_t element, const Strides& from_strides,
               const Strides& to_strides, const uint8_t* from, uint8_t* to) {
  const int64_t count = block.num_elements();
  for (int64_t flat = 0; flat < count; ++flat) {
    int64_t rest = flat, from_at = 0, to_at = 0;
    for (int d = block.rank() - 1; d >= 0; --d) {
      const int64_t index = rest % block[d];
      rest /= block[d];
      from_at += index * from_strides[static_cast<size_t>(d)];
      to_at += index * to_strides[static_cast<size_t>(d)];
    }
    std::copy_n(from + from_at, element, to + to_at);
  }
}

TEST(CopyPlan, EqualsIndexArithmeticForAnyPermutationAndElement) {
  Rng rng(7);
  for (int round = 0; round < 300; ++round) {
    const int rank = static_cast<int>(rng.Integer(0, 6));
    Shape from_shape;
    std::vector<int> order;
    for (int d = 0; d < rank; ++d) {
      from_shape.Append(static_cast<int32_t>(rng.Integer(1, 5)));
      order.push_back(d);
    }
    for (int d = rank - 1; d > 0; --d) {
      std::swap(order[static_cast<size_t>(d)], order[static_cast<size_t>(rng.Integer(0, d))]);
    }
    const size_t element =
        std::vector<size_t>{1, 2, 3, 4, 5, 8, 12, 16, 17, 56, 300}[rng.Next() % 11];
    const Strides dense = DenseStrides(from_shape, element);
    Shape block;
    Strides strides = {};
    for (size_t d = 0; d < order.size(); ++d) {
      strides[d] = dense[static_cast<size_t>(order[d])];
      block.Append(from_shape[order[d]]);
    }
    const auto bytes = static_cast<size_t>(block.num_elements()) * element;
    const std::vector<uint8_t> from = RandomBytes(rng, bytes);
    std::vector<uint8_t> expected(bytes), actual(bytes);
    const Strides to = DenseStrides(block, element);
    NaiveCopy(block, element, strides, to, from.data(), expected.data());
    RunCopy(MakeCopyPlan(block, element, strides, to), from.data(), actual.data());
    ASSERT_EQ(actual, expected) << from_shape.ToString() << " element " << element;
  }
}

TEST(CopyPlan, ReadsBackwardsFromAnOffset) {
  const std::vector<uint8_t> from = {0, 1, 2, 3, 4, 5};
  std::vector<uint8_t> to(3);
  RunCopy(MakeCopyPlan({3}, 1, {-2}, {1}, 5), from.data(), to.data());
  EXPECT_EQ(to, (std::vector<uint8_t>{5, 3, 1}));
}

TEST(CopyPlan, MergesDenseDimensionsIntoOneElement) {
  const Shape shape = {2, 3, 4};
  const Strides dense = DenseStrides(shape, 4);
  const CopyPlan plan = MakeCopyPlan(shape, 4, dense, dense);
  EXPECT_EQ(plan.rank, 0);
  EXPECT_EQ(plan.element_bytes, 96u);
}

TEST(CopyPlan, CopiesNothingOfAnEmptyBlock) {
  uint8_t untouched = 9;
  const Strides dense = DenseStrides({0, 4}, 1);
  RunCopy(MakeCopyPlan({0, 4}, 1, dense, dense), nullptr, &untouched);
  EXPECT_EQ(untouched, 9);
}

TEST(FillElements, RepeatsAnElementOfAnySize) {
  const uint8_t value[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (const size_t element : {1u, 2u, 4u, 8u}) {
    for (const size_t count : {0u, 1u, 2u, 7u, 33u}) {
      std::vector<uint8_t> filled(count * element + 1, 0xAA);
      FillElements(filled.data(), count, value, element);
      for (size_t i = 0; i < count * element; ++i) ASSERT_EQ(filled[i], value[i % element]);
      ASSERT_EQ(filled.back(), 0xAA) << "wrote past the end";
    }
  }
}

}  // namespace
}  // namespace octolite
