#pragma once

#include <array>
#include <cstdint>

namespace octolite {

// Generators that scramble a counter with a key (Salmon et al. 2011, "Parallel random numbers: as
// easy as 1, 2, 3"): the same numbers on every machine.
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 2> key, std::array<uint32_t, 4> counter);
std::array<uint32_t, 2> Threefry2x32(std::array<uint32_t, 2> key, std::array<uint32_t, 2> counter);

// Philox with its counter, keyed with two seeds as TensorFlow does.
class PhiloxRandom {
 public:
  PhiloxRandom(uint64_t seed, uint64_t seed2);

  // The next four numbers.
  std::array<uint32_t, 4> Next();
  // Passes over `count` calls of Next.
  void Skip(uint64_t count);

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_ = {};
};

// Uniform in [0, 1), of 23 and 52 random bits.
float UniformFloat(uint32_t bits);
double UniformDouble(uint32_t high, uint32_t low);

void FillUniform(PhiloxRandom& random, int64_t count, float* out);
// Of mean 0 and standard deviation 1, in pairs (Box and Muller).
void FillStandardNormal(PhiloxRandom& random, int64_t count, float* out);

// out[i] = a class of 0 to classes - 1 with probability exp(logit) over their sum; logits that are
// not finite have none, and without any finite one the result is `classes`. `sums`: room for the
// classes. `random` is left far behind what was used, as TensorFlow leaves it.
struct MultinomialShape {
  int64_t batch = 0, classes = 0, samples = 0;
};
template <typename T>
void FillMultinomial(PhiloxRandom& random, const MultinomialShape& shape, const float* logits,
                     T* out, double* sums);

}  // namespace octolite
