#pragma once

#include <cstddef>
#include <vector>

#include "compress/sorted_values.h"

namespace octolite {

// Up to this many different values the codebook is the best there is.
inline constexpr size_t kExactValues = 4096;

// At most `k` ascending numbers such that the weighted squared distance of the values to the
// nearest is least: k-means in one dimension, where clusters are ranges of the sorted values.
// Exact by dynamic programming up to kExactValues different values (Wang and Song, "Ckmeans.1d.dp",
// 2011; divide and conquer over the monotone choice of the last range). With more, the program runs
// over as many bins and Lloyd's iteration goes on from there over all values: a start that is
// better than a drawn one (k-means++) and the same every time. `values` are not empty, k is 1 or
// more.
std::vector<double> OptimalCodebook(const SortedValues& values, size_t k);

// The same with 0 for one of the numbers, so that zeros stay zeros.
std::vector<double> OptimalCodebookWithZero(const SortedValues& values, size_t k);

// Index of the nearest of ascending levels, the lower one of two that are as near.
size_t NearestLevel(const std::vector<double>& levels, double value);

}  // namespace octolite
