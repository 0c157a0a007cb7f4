#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "kernels/elementwise/binary.h"
#include "kernels/elementwise/broadcast.h"

namespace octolite {
namespace {

// The element of a dense operand that output index `flat` reads.
int64_t BroadcastIndex(const Shape& operand, const Shape& output, int64_t flat) {
  int64_t at = 0, stride = 1;
  for (int d = output.rank() - 1, o = operand.rank() - 1; d >= 0; --d, --o) {
    const int64_t index = flat % output[d];
    flat /= output[d];
    if (o < 0) continue;
    if (operand[o] != 1) at += index * stride;
    stride *= operand[o];
  }
  return at;
}

// An output shape and two operands that broadcast to it.
struct Shapes {
  Shape a, b, output;
};

Shapes RandomShapes(Rng& rng) {
  Shapes shapes;
  const int rank = static_cast<int>(rng.Integer(0, 7));
  const int skip_a = static_cast<int>(rng.Integer(0, rank));
  for (int d = 0; d < rank; ++d) {
    const auto dim = static_cast<int32_t>(rng.Integer(1, 4));
    const int64_t kind = rng.Integer(0, 3);
    const int32_t a = d < skip_a || kind == 0 ? 1 : dim;
    if (d >= skip_a) shapes.a.Append(a);
    shapes.b.Append(kind == 1 && a == dim ? 1 : dim);
    shapes.output.Append(dim);
  }
  return shapes;
}

template <typename T>
std::vector<T> Values(Rng& rng, const Shape& shape) {
  std::vector<T> values(static_cast<size_t>(shape.num_elements()));
  for (T& value : values) {
    value =
        static_cast<T>(rng.Integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  return values;
}

void CheckBroadcast(const Shapes& s, Rng& rng) {
  const auto a = Values<int8_t>(rng, s.a);
  const auto b = Values<int8_t>(rng, s.b);
  std::vector<int32_t> out(static_cast<size_t>(s.output.num_elements()));
  MapBroadcast(MakeBroadcastPlan(s.a, s.b, s.output), a.data(), b.data(), out.data(),
               [](int8_t x, int8_t y) { return x * 1000 + y; });
  for (size_t i = 0; i < out.size(); ++i) {
    const auto flat = static_cast<int64_t>(i);
    const int8_t x = a[static_cast<size_t>(BroadcastIndex(s.a, s.output, flat))];
    const int8_t y = b[static_cast<size_t>(BroadcastIndex(s.b, s.output, flat))];
    ASSERT_EQ(out[i], x * 1000 + y) << s.a.ToString() << " with " << s.b.ToString() << " at " << i;
  }
}

TEST(Broadcast, EqualsIndexArithmetic) {
  Rng rng(3);
  for (int round = 0; round < 500; ++round) CheckBroadcast(RandomShapes(rng), rng);
}

// Tensors so large that short patterns are written out.
std::vector<Shapes> RepeatedPatterns() {
  std::vector<Shapes> all;
  for (const int32_t channels : {2, 3, 8, 16, 17, 24, 100, 128, 129}) {
    const Shape image = {2, 23, 31, channels};
    all.push_back({image, {channels}, image});
    all.push_back({{1, 1, 1, channels}, image, image});
    all.push_back({image, {2, 1, 1, channels}, image});
    all.push_back({{2, 1, 1, channels}, {23, 31, channels}, image});
    all.push_back({image, {2, 1, 31, channels}, image});
  }
  return all;
}

TEST(Broadcast, EqualsIndexArithmeticForRepeatedPatterns) {
  Rng rng(4);
  for (const Shapes& shapes : RepeatedPatterns()) CheckBroadcast(shapes, rng);
}

TEST(Broadcast, WritesShortPatternsOut) {
  const RepeatedPattern found =
      FindRepeatedPattern(MakeBroadcastPlan({2, 23, 31, 24}, {2, 1, 1, 24}, {2, 23, 31, 24}));
  EXPECT_TRUE(found.in_b);
  EXPECT_FALSE(found.in_a);
  EXPECT_EQ(found.period, 24);
  EXPECT_EQ(found.width % 48, 0);
  EXPECT_EQ(found.plan.rank, 2);
  EXPECT_EQ(found.plan.dims[1], 23 * 31 * 24);
}

TEST(QuantizedBroadcast, VectorsEqualScalarsForEveryRun) {
  Rng rng(6);
  AddLitertParams add = MakeAddLitertParams(0.3f, 5, 0.11f, -7, 0.4f, false);
  add.output = {3, -128, 127};
  const MulLitertParams mul = {5, -7, 0.013f, {3, -128, 127}};
  AddReferenceParams reference = MakeAddReferenceParams(0.3f, 0.0011f, 0.002f, true);
  reference.a_zero_point = 5;
  reference.b_zero_point = -7;
  reference.output = {3, -128, 127};
  const MulReferenceParams mul_reference = {5, -7, QuantizeMultiplier(0.013), {3, -128, 127}};
  const PreluParams prelu = {
      5, -7, QuantizeMultiplier(1.3), QuantizeMultiplier(0.013), {3, -128, 127}};
  std::vector<Shapes> all = RepeatedPatterns();
  for (int round = 0; round < 200; ++round) all.push_back(RandomShapes(rng));
  for (int32_t count = 1; count < 50; ++count) {
    all.push_back({{2, count}, {2, 1}, {2, count}});
    all.push_back({{2, 1}, {2, count}, {2, count}});
    all.push_back({{count}, {count}, {count}});
  }
  for (const Shapes& s : all) {
    const auto a = Values<int8_t>(rng, s.a);
    const auto b = Values<int8_t>(rng, s.b);
    const BroadcastPlan plan = MakeBroadcastPlan(s.a, s.b, s.output);
    std::vector<int8_t> vectors(static_cast<size_t>(s.output.num_elements()));
    std::vector<int8_t> scalars(vectors.size());
    AddLitert(add, plan, a.data(), b.data(), vectors.data());
    ref::AddLitert(add, plan, a.data(), b.data(), scalars.data());
    ASSERT_EQ(vectors, scalars) << s.a.ToString() << " + " << s.b.ToString();
    MulLitert(mul, plan, a.data(), b.data(), vectors.data());
    ref::MulLitert(mul, plan, a.data(), b.data(), scalars.data());
    ASSERT_EQ(vectors, scalars) << s.a.ToString() << " * " << s.b.ToString();
    AddReference(reference, plan, a.data(), b.data(), vectors.data());
    MapBroadcast(plan, a.data(), b.data(), scalars.data(), [&](int8_t x, int8_t y) {
      const auto rescaled = [](int32_t difference, FixedMultiplier multiplier) {
        return MultiplyByQuantizedMultiplier(difference * (1 << 20), multiplier);
      };
      const int32_t sum = rescaled(x - reference.a_zero_point, reference.a_multiplier) +
                          rescaled(y - reference.b_zero_point, reference.b_multiplier);
      return static_cast<int8_t>(
          RequantizeFixedPoint(sum, reference.output_multiplier, reference.output));
    });
    ASSERT_EQ(vectors, scalars) << s.a.ToString() << " + " << s.b.ToString();
    MulReference(mul_reference, plan, a.data(), b.data(), vectors.data());
    MapBroadcast(plan, a.data(), b.data(), scalars.data(), [&](int8_t x, int8_t y) {
      const int32_t product = (x - mul_reference.a_zero_point) * (y - mul_reference.b_zero_point);
      return static_cast<int8_t>(
          RequantizeFixedPoint(product, mul_reference.multiplier, mul_reference.output));
    });
    ASSERT_EQ(vectors, scalars) << s.a.ToString() << " * " << s.b.ToString();
    PreluQuantized(prelu, plan, a.data(), b.data(), vectors.data());
    MapBroadcast(plan, a.data(), b.data(), scalars.data(), [&](int8_t x, int8_t y) {
      const int32_t value = x - prelu.a_zero_point;
      return static_cast<int8_t>(value >= 0
                                     ? RequantizeFixedPoint(value, prelu.positive, prelu.output)
                                     : RequantizeFixedPoint(value * (y - prelu.slope_zero_point),
                                                            prelu.negative, prelu.output));
    });
    ASSERT_EQ(vectors, scalars) << s.a.ToString() << " slope " << s.b.ToString();
  }
}

TEST(Broadcast, WalksNothingWhenADimensionIsEmpty) {
  ForEachRow(MakeBroadcastPlan({0, 3}, {3}, {0, 3}),
             [](int64_t, int64_t, int64_t, int64_t, int64_t, int64_t) { FAIL(); });
  ForEachRow(
      MakeBroadcastPlan({2, 0}, {1, 1}, {2, 0}),
      [](int64_t, int64_t, int64_t, int64_t, int64_t, int64_t count) { EXPECT_EQ(count, 0); });
}

TEST(BinaryPlain, IntegersWrap) {
  const BroadcastPlan plan = MakeBroadcastPlan({1}, {1}, {1});
  const int32_t most = INT32_MAX, two = 2;
  int32_t out = 0;
  BinaryPlain<int32_t>(BinaryKind::kAdd, plan, &most, &two, &out, INT32_MIN, INT32_MAX);
  EXPECT_EQ(out, INT32_MIN + 1);
  BinaryPlain<int32_t>(BinaryKind::kMul, plan, &most, &two, &out, INT32_MIN, INT32_MAX);
  EXPECT_EQ(out, -2);
  BinaryPlain<int32_t>(BinaryKind::kSub, plan, &two, &most, &out, 0, 6);
  EXPECT_EQ(out, 0);
}

// Quantized kernels over every pair of 8-bit values, for zero points at both ends.
template <typename T>
class QuantizedPairs : public ::testing::Test {
 protected:
  QuantizedPairs() {
    for (int32_t x = kMin; x <= kMax; ++x) {
      for (int32_t y = kMin; y <= kMax; ++y) {
        a_.push_back(static_cast<T>(x));
        b_.push_back(static_cast<T>(y));
      }
    }
    out_.resize(a_.size());
  }

  static constexpr int32_t kMin = std::numeric_limits<T>::min();
  static constexpr int32_t kMax = std::numeric_limits<T>::max();
  static constexpr int32_t kZeroPoints[] = {kMin, kMin + 128, kMax};
  BroadcastPlan plan() const {
    const auto count = static_cast<int32_t>(a_.size());
    return MakeBroadcastPlan({count}, {count}, {count});
  }
  std::vector<T> a_, b_, out_;
};

using EightBits = ::testing::Types<int8_t, uint8_t>;
TYPED_TEST_SUITE(QuantizedPairs, EightBits);

TYPED_TEST(QuantizedPairs, AdditionIsWithinHalfAStepOfTheRealSum) {
  using Fixture = QuantizedPairs<TypeParam>;
  for (const bool subtract : {false, true}) {
    for (const int32_t zero : Fixture::kZeroPoints) {
      for (const float scale : {0.25f, 0.031f, 1.7f}) {
        const float b_scale = 0.11f, output_scale = 0.4f;
        AddLitertParams litert =
            MakeAddLitertParams(scale, zero, b_scale, zero, output_scale, subtract);
        litert.output = {zero, Fixture::kMin, Fixture::kMax};
        AddReferenceParams reference =
            MakeAddReferenceParams(scale, b_scale, output_scale, subtract);
        reference.a_zero_point = reference.b_zero_point = zero;
        reference.output = litert.output;
        for (const bool use_litert : {true, false}) {
          if (use_litert) {
            AddLitert(litert, this->plan(), this->a_.data(), this->b_.data(), this->out_.data());
          } else {
            AddReference(reference, this->plan(), this->a_.data(), this->b_.data(),
                         this->out_.data());
          }
          for (size_t i = 0; i < this->out_.size(); ++i) {
            const double second = (this->b_[i] - zero) * static_cast<double>(b_scale);
            const double real =
                (this->a_[i] - zero) * static_cast<double>(scale) + (subtract ? -second : second);
            const double exact = std::clamp<double>(real / static_cast<double>(output_scale) + zero,
                                                    Fixture::kMin, Fixture::kMax);
            ASSERT_LE(std::abs(this->out_[i] - exact), 0.501)
                << "a " << +this->a_[i] << " b " << +this->b_[i] << " litert " << use_litert;
          }
        }
      }
    }
  }
}

TYPED_TEST(QuantizedPairs, MultiplicationIsNearTheRealProduct) {
  using Fixture = QuantizedPairs<TypeParam>;
  for (const int32_t zero : Fixture::kZeroPoints) {
    for (const float scale : {0.0007f, 0.015625f, 0.9f}) {
      const MulLitertParams litert = {zero, zero, scale, {zero, Fixture::kMin, Fixture::kMax}};
      const MulReferenceParams reference = {
          zero, zero, QuantizeMultiplier(static_cast<double>(scale)), litert.output};
      for (const bool use_litert : {true, false}) {
        if (use_litert) {
          MulLitert(litert, this->plan(), this->a_.data(), this->b_.data(), this->out_.data());
        } else {
          MulReference(reference, this->plan(), this->a_.data(), this->b_.data(),
                       this->out_.data());
        }
        for (size_t i = 0; i < this->out_.size(); ++i) {
          const int32_t product = (this->a_[i] - zero) * (this->b_[i] - zero);
          const double exact = std::clamp<double>(product * static_cast<double>(scale) + zero,
                                                  Fixture::kMin, Fixture::kMax);
          // Fixed point rounds twice.
          ASSERT_LE(std::abs(this->out_[i] - exact), use_litert ? 0.501 : 0.76)
              << "a " << +this->a_[i] << " b " << +this->b_[i] << " litert " << use_litert;
        }
      }
    }
  }
}

// Broadcasting is another walk over the same arithmetic.
TYPED_TEST(QuantizedPairs, BroadcastRowsEqualFullOperands) {
  using Fixture = QuantizedPairs<TypeParam>;
  const auto side = Fixture::kMax - Fixture::kMin + 1;
  std::vector<TypeParam> values;
  for (int32_t x = Fixture::kMin; x <= Fixture::kMax; ++x) {
    values.push_back(static_cast<TypeParam>(x));
  }
  const BroadcastPlan outer = MakeBroadcastPlan({side, 1}, {1, side}, {side, side});
  AddLitertParams add = MakeAddLitertParams(0.02f, Fixture::kMin, 0.031f, 5, 0.04f, false);
  add.output = {3, Fixture::kMin, Fixture::kMax};
  std::vector<TypeParam> expected(this->out_.size());
  AddLitert(add, this->plan(), this->a_.data(), this->b_.data(), expected.data());
  AddLitert(add, outer, values.data(), values.data(), this->out_.data());
  EXPECT_EQ(this->out_, expected);
  const MulLitertParams mul = {5, -3, 0.0051f, {2, Fixture::kMin, Fixture::kMax}};
  MulLitert(mul, this->plan(), this->a_.data(), this->b_.data(), expected.data());
  MulLitert(mul, outer, values.data(), values.data(), this->out_.data());
  EXPECT_EQ(this->out_, expected);
}

// Lengths around the vector's, every kind of run, and parameters at their limits.
TYPED_TEST(QuantizedPairs, VectorsEqualScalars) {
  using Fixture = QuantizedPairs<TypeParam>;
  constexpr int32_t kMin = Fixture::kMin, kMax = Fixture::kMax;
  const OutputRange ranges[] = {
      {kMin, kMin, kMax}, {kMax, kMin, kMax}, {kMin + 128, kMin + 100, kMin + 200}};
  std::vector<AddLitertParams> adds;
  std::vector<MulLitertParams> muls;
  for (const OutputRange& range : ranges) {
    for (const int32_t zero : Fixture::kZeroPoints) {
      for (const float ratio : {0x1p-10f, 0.37f, 1.0f, 255.9f}) {
        for (const bool subtract : {false, true}) {
          adds.push_back(MakeAddLitertParams(ratio, zero, 0.61f, kMax, 1.0f, subtract));
          adds.back().output = range;
        }
        muls.push_back({zero, kMax, ratio * 0x1p-6f, range});
        muls.push_back({zero, kMin, ratio, range});
      }
    }
  }
  Rng rng(17);
  const auto check = [&](const Shape& a_shape, const Shape& b_shape, const Shape& output) {
    const BroadcastPlan plan = MakeBroadcastPlan(a_shape, b_shape, output);
    const auto a = Values<TypeParam>(rng, a_shape);
    const auto b = Values<TypeParam>(rng, b_shape);
    std::vector<TypeParam> expected(static_cast<size_t>(output.num_elements()) + 1, TypeParam{9});
    std::vector<TypeParam> actual = expected;
    for (const AddLitertParams& params : adds) {
      ref::AddLitert(params, plan, a.data(), b.data(), expected.data());
      AddLitert(params, plan, a.data(), b.data(), actual.data());
      ASSERT_EQ(actual, expected) << a_shape.ToString() << " + " << b_shape.ToString();
    }
    for (const MulLitertParams& params : muls) {
      ref::MulLitert(params, plan, a.data(), b.data(), expected.data());
      MulLitert(params, plan, a.data(), b.data(), actual.data());
      ASSERT_EQ(actual, expected) << a_shape.ToString() << " * " << b_shape.ToString();
    }
  };
  for (const int32_t length : {1, 2, 15, 16, 17, 31, 32, 33, 100}) {
    check({length}, {length}, {length});
    check({length}, {1}, {length});
    check({1}, {length}, {length});
    check({3, length}, {length}, {3, length});
    check({3, length}, {3, 1}, {3, length});
  }
  check({0}, {0}, {0});
  check({2, 1, 5}, {3, 1}, {2, 3, 5});
  // Every pair once, for the parameters that a network would have.
  std::vector<TypeParam> expected(this->out_.size());
  for (const size_t i : {size_t{2}, adds.size() / 2 + 3}) {
    ref::AddLitert(adds[i], this->plan(), this->a_.data(), this->b_.data(), expected.data());
    AddLitert(adds[i], this->plan(), this->a_.data(), this->b_.data(), this->out_.data());
    ASSERT_EQ(this->out_, expected);
    ref::MulLitert(muls[i], this->plan(), this->a_.data(), this->b_.data(), expected.data());
    MulLitert(muls[i], this->plan(), this->a_.data(), this->b_.data(), this->out_.data());
    ASSERT_EQ(this->out_, expected);
  }
}

TEST(AddReference, EqualsItsDefinition) {
  AddReferenceParams p = MakeAddReferenceParams(0.7f, 0.013f, 0.4f, true);
  p.a_zero_point = -128;
  p.b_zero_point = 127;
  p.output = {11, -100, 100};
  Rng rng(19);
  const auto a = Values<int8_t>(rng, {1000});
  const auto b = Values<int8_t>(rng, {1000});
  std::vector<int8_t> out(1000);
  AddReference(p, MakeBroadcastPlan({1000}, {1000}, {1000}), a.data(), b.data(), out.data());
  for (size_t i = 0; i < out.size(); ++i) {
    const int32_t x = MultiplyByQuantizedMultiplier((a[i] + 128) * (1 << 20), p.a_multiplier);
    const int32_t y = MultiplyByQuantizedMultiplier((b[i] - 127) * (1 << 20), p.b_multiplier);
    const int32_t sum = MultiplyByQuantizedMultiplier(x + y, p.output_multiplier) + 11;
    ASSERT_EQ(out[i], std::clamp(sum, -100, 100));
  }
}

TEST(AddLitert, RatiosThatXnnpackTakes) {
  EXPECT_TRUE(AddLitertTakes(1, 1, 1));
  EXPECT_TRUE(AddLitertTakes(0x1p-10f, 255, 1));
  EXPECT_FALSE(AddLitertTakes(0x1p-11f, 1, 1));
  EXPECT_FALSE(AddLitertTakes(1, 256, 1));
  EXPECT_TRUE(MulLitertTakes(0x1p-8f, 0x1p-8f, 1));
  EXPECT_FALSE(MulLitertTakes(0x1p-9f, 0x1p-8f, 1));
  EXPECT_FALSE(MulLitertTakes(16, 16, 1));
}

}  // namespace
}  // namespace octolite
