#include "kernels/random/counter_random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace octolite {
namespace {

constexpr auto Low(uint64_t value) { return static_cast<uint32_t>(value); }
constexpr auto High(uint64_t value) { return static_cast<uint32_t>(value >> 32); }

}  // namespace

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 2> key, std::array<uint32_t, 4> counter) {
  constexpr uint64_t kMultipliers[] = {0xD2511F53, 0xCD9E8D57};
  constexpr uint32_t kWeyl[] = {0x9E3779B9, 0xBB67AE85};
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t a = kMultipliers[0] * counter[0];
    const uint64_t b = kMultipliers[1] * counter[2];
    counter = {High(b) ^ counter[1] ^ key[0], Low(b), High(a) ^ counter[3] ^ key[1], Low(a)};
    key[0] += kWeyl[0];
    key[1] += kWeyl[1];
  }
  return counter;
}

std::array<uint32_t, 2> Threefry2x32(std::array<uint32_t, 2> key, std::array<uint32_t, 2> counter) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  constexpr uint32_t kParity = 0x1BD11BDA;
  const uint32_t keys[] = {key[0], key[1], key[0] ^ key[1] ^ kParity};
  auto [x, y] = counter;
  x += keys[0];
  y += keys[1];
  // Four rounds between one key and the next.
  for (uint32_t i = 0; i < 5; ++i) {
    for (const int rotation : kRotations[i % 2]) {
      x += y;
      y = std::rotl(y, rotation) ^ x;
    }
    x += keys[(i + 1) % 3];
    y += keys[(i + 2) % 3] + i + 1;
  }
  return {x, y};
}

PhiloxRandom::PhiloxRandom(uint64_t seed, uint64_t seed2) : key_{Low(seed), High(seed)} {
  counter_[2] = Low(seed2);
  counter_[3] = High(seed2);
}

std::array<uint32_t, 4> PhiloxRandom::Next() {
  const auto numbers = Philox4x32(key_, counter_);
  Skip(1);
  return numbers;
}

void PhiloxRandom::Skip(uint64_t count) {
  const uint64_t before = uint64_t{counter_[1]} << 32 | counter_[0];
  const uint64_t after = before + count;
  counter_[0] = Low(after);
  counter_[1] = High(after);
  if (after < before && ++counter_[2] == 0) ++counter_[3];
}

float UniformFloat(uint32_t bits) {
  // The mantissa of a number in [1, 2).
  return std::bit_cast<float>(0x3F800000u | (bits & 0x7FFFFFu)) - 1.0f;
}

double UniformDouble(uint32_t high, uint32_t low) {
  const uint64_t mantissa = uint64_t{high & 0xFFFFFu} << 32 | low;
  return std::bit_cast<double>(0x3FF0000000000000u | mantissa) - 1.0;
}

void FillUniform(PhiloxRandom& random, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += 4) {
    const auto numbers = random.Next();
    for (int64_t j = i; j < std::min(i + 4, count); ++j) {
      out[j] = UniformFloat(numbers[static_cast<size_t>(j - i)]);
    }
  }
}

void FillStandardNormal(PhiloxRandom& random, int64_t count, float* out) {
  constexpr float kLeast = 1.0e-7f;  // its logarithm is finite
  for (int64_t i = 0; i < count; i += 4) {
    const auto numbers = random.Next();
    for (int64_t j = i; j < std::min(i + 4, count); j += 2) {
      const auto pair = static_cast<size_t>(j - i);
      const float uniform = std::max(UniformFloat(numbers[pair]), kLeast);
      const auto angle = static_cast<float>(2.0 * std::numbers::pi *
                                            static_cast<double>(UniformFloat(numbers[pair + 1])));
      const float radius = std::sqrt(-2.0f * std::log(uniform));
      out[j] = std::sin(angle) * radius;
      if (j + 1 < count) out[j + 1] = std::cos(angle) * radius;
    }
  }
}

template <typename T>
void FillMultinomial(PhiloxRandom& random, const MultinomialShape& shape, const float* logits,
                     T* out, double* sums) {
  PhiloxRandom used = random;
  const auto rounded = static_cast<uint64_t>((shape.samples + 3) / 4 * 4);
  random.Skip(static_cast<uint64_t>(shape.batch) * rounded * 2 * 256);

  std::array<uint32_t, 4> numbers = {};
  size_t taken = numbers.size();
  for (int64_t b = 0; b < shape.batch; ++b, logits += shape.classes, out += shape.samples) {
    float largest = std::numeric_limits<float>::lowest();
    for (int64_t i = 0; i < shape.classes; ++i) {
      if (std::isfinite(logits[i])) largest = std::max(largest, logits[i]);
    }
    double sum = 0;
    for (int64_t i = 0; i < shape.classes; ++i) {
      if (std::isfinite(logits[i])) {
        sum += std::exp(static_cast<double>(logits[i]) - static_cast<double>(largest));
      }
      sums[i] = sum;
    }
    for (int64_t i = 0; i < shape.samples; ++i) {
      if (taken == numbers.size()) {
        numbers = used.Next();
        taken = 0;
      }
      const double found = UniformDouble(numbers[taken], numbers[taken + 1]) * sum;
      taken += 2;
      out[i] = static_cast<T>(std::upper_bound(sums, sums + shape.classes, found) - sums);
    }
  }
}

template void FillMultinomial<int32_t>(PhiloxRandom&, const MultinomialShape&, const float*,
                                       int32_t*, double*);
template void FillMultinomial<int64_t>(PhiloxRandom&, const MultinomialShape&, const float*,
                                       int64_t*, double*);

}  // namespace octolite
