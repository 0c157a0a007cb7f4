// Sparse constants: what is refused. Their content is in the goldens of DENSIFY.

#include "runtime/densify.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace octolite {
namespace {

DimensionMetadata Dense(int32_t size) {
  DimensionMetadata dim;
  dim.dense_size = size;
  return dim;
}

DimensionMetadata Rows(std::vector<int32_t> segments, std::vector<int32_t> indices) {
  DimensionMetadata dim;
  dim.format = DimensionFormat::kSparseCsr;
  dim.segments = {SparseIndexType::kInt32, std::move(segments)};
  dim.indices = {SparseIndexType::kInt32, std::move(indices)};
  return dim;
}

// Two rows of three: 0 5 0, 6 0 7.
Sparsity Example() {
  Sparsity sparsity;
  sparsity.traversal_order = {0, 1};
  sparsity.dims = {Dense(2), Rows({0, 1, 3}, {1, 0, 2})};
  return sparsity;
}

Status RunDensify(const Sparsity& sparsity, std::vector<uint8_t> values,
                  std::vector<uint8_t>& dense) {
  dense.assign(6, 0);
  return Densify(sparsity, {2, 3}, 1, values, dense.data());
}

TEST(Densify, PutsElementsInTheirPlaces) {
  std::vector<uint8_t> dense;
  ASSERT_TRUE(RunDensify(Example(), {5, 6, 7}, dense).ok());
  EXPECT_EQ(dense, (std::vector<uint8_t>{0, 5, 0, 6, 0, 7}));
}

TEST(Densify, RefusesWhatDoesNotDescribeTheContent) {
  std::vector<uint8_t> dense;
  const auto refuse = [&](const Sparsity& sparsity, std::vector<uint8_t> values = {5, 6, 7}) {
    EXPECT_EQ(RunDensify(sparsity, std::move(values), dense).code(), StatusCode::kInvalidModel);
  };
  refuse(Example(), {5, 6});
  refuse(Example(), {5, 6, 7, 8});
  const auto changed = [](auto change) {
    Sparsity sparsity = Example();
    change(sparsity);
    return sparsity;
  };
  refuse(changed([](Sparsity& s) { s.traversal_order = {0, 0}; }));
  refuse(changed([](Sparsity& s) { s.traversal_order = {0, 2}; }));
  refuse(changed([](Sparsity& s) { s.traversal_order = {0}; }));
  refuse(changed([](Sparsity& s) { s.dims[0] = Dense(3); }));
  refuse(changed([](Sparsity& s) { s.dims[1] = Rows({0, 1, 3}, {1, 0, 3}); }));
  refuse(changed([](Sparsity& s) { s.dims[1] = Rows({0, 1, 3}, {1, 0, -1}); }));
  refuse(changed([](Sparsity& s) { s.dims[1] = Rows({0, 1, 4}, {1, 0, 2}); }));
  refuse(changed([](Sparsity& s) { s.dims[1] = Rows({0, 2, 1}, {1, 0, 2}); }));
  refuse(changed([](Sparsity& s) { s.dims[1] = Rows({0, 3}, {1, 0, 2}); }));
  refuse(changed([](Sparsity& s) {
    s.traversal_order = {0, 1, 2};
    s.block_map = {1};
    s.dims.push_back(Dense(2));  // does not divide 3
  }));
}

}  // namespace
}  // namespace octolite
