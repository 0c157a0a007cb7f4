// Tables, softmax, quantization: kernels of one operand.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "base/rng.h"
#include "kernels/activation/activation.h"
#include "kernels/activation/float_math.h"
#include "kernels/activation/lut.h"
#include "kernels/quantize/quantize.h"
#include "kernels/simd/exp.h"
#include "kernels/simd/map.h"
#include "kernels/softmax/softmax.h"

namespace octolite {
namespace {

constexpr Arithmetic kBoth[] = {Arithmetic::kLitert, Arithmetic::kReference};

// Every value of the input type with its real value and the real value that the table gives.
template <typename Check>
void ForEachEntry(const Lut8& table, const QuantizedType& input, const QuantizedType& output,
                  Check check) {
  for (int32_t q = input.min(); q <= input.max(); ++q) {
    const uint8_t bits = table[static_cast<uint8_t>(q)];
    const int32_t out = output.type == DataType::kInt8 ? static_cast<int8_t>(bits) : bits;
    check(static_cast<double>(input.scale) * (q - input.zero_point),
          static_cast<double>(output.scale) * (out - output.zero_point));
  }
}

// What the output can hold, of a real value.
double Bounded(double real, const QuantizedType& output) {
  const double scale = static_cast<double>(output.scale);
  return std::clamp(real, scale * (output.min() - output.zero_point),
                    scale * (output.max() - output.zero_point));
}

TEST(Lut8, FunctionsAreWithinHalfAStep) {
  const QuantizedType inputs[] = {{DataType::kInt8, 0.05f, -7}, {DataType::kUInt8, 0.11f, 128}};
  for (const QuantizedType& input : inputs) {
    const QuantizedType logistic = {input.type, 1.0f / 256, input.min()};
    const QuantizedType tanh = {input.type, 1.0f / 128, input.min() + 128};
    for (const Arithmetic arithmetic : kBoth) {
      ForEachEntry(MakeFloatLut8(input, logistic, arithmetic, LogisticOf), input, logistic,
                   [&](double x, double y) {
                     EXPECT_NEAR(y, Bounded(1 / (1 + std::exp(-x)), logistic), 0.501 / 256) << x;
                   });
      ForEachEntry(MakeFloatLut8(input, tanh, arithmetic, TanhOf), input, tanh,
                   [&](double x, double y) {
                     EXPECT_NEAR(y, Bounded(std::tanh(x), tanh), 0.501 / 128) << x;
                   });
    }
  }
}

TEST(Lut8, LinearFunctionsAreWithinHalfAStep) {
  const QuantizedType input = {DataType::kInt8, 0.05f, -7};
  for (const QuantizedType& output :
       {QuantizedType{DataType::kInt8, 0.04f, 11}, QuantizedType{DataType::kUInt8, 0.07f, 128}}) {
    const double step = static_cast<double>(output.scale);
    for (const Arithmetic arithmetic : kBoth) {
      // XNNPACK's 8-bit multiplier is off by up to 1/512 of the input's steps.
      ForEachEntry(MakeRequantizeLut8(input, output, arithmetic), input, output,
                   [&](double x, double y) { EXPECT_NEAR(y, Bounded(x, output), step); });
      ForEachEntry(
          MakeLeakyReluLut8(input, output, 0.3f, arithmetic), input, output,
          [&](double x, double y) { EXPECT_NEAR(y, Bounded(x < 0 ? 0.3 * x : x, output), step); });
      ForEachEntry(
          MakeLeakyReluLut8(input, output, -0.5f, arithmetic), input, output,
          [&](double x, double y) { EXPECT_NEAR(y, Bounded(x < 0 ? -0.5 * x : x, output), step); });
    }
    ForEachEntry(MakeReluLut8(input, output, 0, 6), input, output, [&](double x, double y) {
      EXPECT_NEAR(y, Bounded(std::clamp(x, 0.0, 6.0), output), step * 0.51);
    });
    ForEachEntry(MakeHardSwishLut8(input, output), input, output, [&](double x, double y) {
      EXPECT_NEAR(y, Bounded(x * std::clamp(x + 3, 0.0, 6.0) / 6, output), step);
    });
  }
}

TEST(Lut8, ExtremeScalesStayInTheType) {
  for (const float scale : {1e-30f, 1e-6f, 1.0f, 1e6f, 1e30f}) {
    for (const float output_scale : {1e-30f, 1.0f, 1e30f}) {
      const QuantizedType input = {DataType::kInt8, scale, 127};
      const QuantizedType output = {DataType::kInt8, output_scale, -128};
      for (const Arithmetic arithmetic : kBoth) {
        const Lut8 relu = MakeReluLut8(input, output, 0, 6);
        if (output_scale == 1.0f) {
          for (const uint8_t bits : relu) EXPECT_LE(static_cast<int8_t>(bits), -122);
        }
        MakeRequantizeLut8(input, output, arithmetic);
        MakeLeakyReluLut8(input, output, 1e30f, arithmetic);
        MakeFloatLut8(input, output, arithmetic, TanhOf);
      }
      MakeHardSwishLut8(input, output);
    }
  }
}

TEST(Lut8, AppliesToEveryLength) {
  Lut8 table;
  for (size_t i = 0; i < 256; ++i) table[i] = static_cast<uint8_t>(i * 167 + 13);
  Rng rng(11);
  for (size_t count = 0; count < 150; ++count) {
    std::vector<uint8_t> in(count), out(count + 1, 0x5A);
    for (uint8_t& byte : in) byte = static_cast<uint8_t>(rng.Next());
    ApplyLut8(table, in.data(), out.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i], table[in[i]]) << i << " of " << count;
    ASSERT_EQ(out[count], 0x5A) << "wrote past the end";
    ApplyLut8(table, in.data(), in.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(in[i], out[i]) << "in place";
  }
}

TEST(Requantize, VectorsEqualTheTable) {
  for (const DataType type : {DataType::kInt8, DataType::kUInt8}) {
    const int32_t lowest = type == DataType::kInt8 ? -128 : 0;
    std::vector<uint8_t> all(256 + 5), out(all.size() + 1);
    std::iota(all.begin(), all.end(), uint8_t{0});
    for (const float ratio : {0.00390625f, 0.1f, 0.99f, 1.0f, 1.7f, 100.0f, 128.0f}) {
      for (const int32_t in_zero : {lowest, lowest + 128, lowest + 255}) {
        for (const int32_t out_zero : {lowest, lowest + 100, lowest + 255}) {
          const QuantizedType input = {type, ratio, in_zero};
          const QuantizedType output = {type, 1.0f, out_zero};
          const auto multiplier = XnnpackMultiplier(input, output);
          ASSERT_TRUE(multiplier.has_value());
          const Lut8 table = MakeRequantizeLut8(input, output, Arithmetic::kLitert);
          for (const size_t count : {size_t{0}, size_t{7}, size_t{16}, all.size()}) {
            std::fill(out.begin(), out.end(), uint8_t{77});
            RequantizeXnnpack(*multiplier, input, output, all.data(), out.data(), count);
            for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i], table[all[i]]) << ratio;
            EXPECT_EQ(out[count], 77);
          }
        }
      }
    }
  }
  EXPECT_FALSE(XnnpackMultiplier({DataType::kInt8, 129.0f, 0}, {DataType::kInt8, 1.0f, 0}));
  EXPECT_FALSE(XnnpackMultiplier({DataType::kInt8, 1.0f, 0}, {DataType::kUInt8, 1.0f, 0}));
}

TEST(Activation, FloatFunctions) {
  std::vector<float> x(257), y(257);
  for (size_t i = 0; i < x.size(); ++i) x[i] = (static_cast<float>(i) - 128) * 0.17f;
  x[0] = -1e30f;
  x[1] = 1e30f;
  const auto expect = [&](auto f) {
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = f(static_cast<double>(x[i]));
      ASSERT_NEAR(y[i], expected, 1e-6 * std::max(1.0, std::abs(expected))) << x[i];
    }
  };
  LogisticFloat(x.data(), y.data(), x.size());
  expect([](double v) { return 1 / (1 + std::exp(-v)); });
  TanhFloat(x.data(), y.data(), x.size());
  expect([](double v) { return std::tanh(v); });
  HardSwishFloat(x.data(), y.data(), x.size());
  expect([](double v) { return v * std::clamp(v + 3, 0.0, 6.0) / 6; });
  LeakyReluFloat(x.data(), y.data(), x.size(), 0.2f);
  expect([](double v) { return v < 0 ? 0.2 * v : v; });
  ClampFloat(x.data(), y.data(), x.size(), -1, 6);
  expect([](double v) { return std::clamp(v, -1.0, 6.0); });
}

// A function of vectors at one place.
float At(v128_t (*function)(v128_t), float x) {
  float y = 0;
  simd::MapFloats(&x, &y, 1, function);
  return y;
}

TEST(SimdExp, IsCloseOverTheWholeRange) {
  for (float x = -120; x < 100; x += 0.0137f) {
    const auto exact = static_cast<double>(x);
    if (x >= -87.33f && x <= 88.37f) {
      ASSERT_NEAR(At(simd::Exp, x) / std::exp(exact), 1.0, 3e-7) << x;
    }
    if (x < 0) ASSERT_NEAR(At(simd::ExpMinusOne, x) / std::expm1(exact), 1.0, 4e-7) << x;
    ASSERT_NEAR(At(simd::Logistic, x), 1 / (1 + std::exp(-exact)), 1.5e-7) << x;
    ASSERT_NEAR(At(simd::Tanh, x), std::tanh(exact), 1.5e-7) << x;
  }
  EXPECT_EQ(At(simd::Exp, 0), 1.0f);
  EXPECT_EQ(At(simd::Exp, -88), 0.0f);
  EXPECT_EQ(At(simd::Exp, -1e30f), 0.0f);
  EXPECT_EQ(At(simd::Exp, 1e30f), At(simd::Exp, 88.37f));
  EXPECT_EQ(At(simd::ExpMinusOne, 0), 0.0f);
  EXPECT_EQ(At(simd::Logistic, 0), 0.5f);
  EXPECT_EQ(At(simd::Logistic, 1e30f), 1.0f);
  EXPECT_EQ(At(simd::Tanh, 0), 0.0f);
  EXPECT_FALSE(std::signbit(At(simd::Tanh, 0)));
  EXPECT_TRUE(std::signbit(At(simd::Tanh, -0.0f)));
  EXPECT_EQ(At(simd::Tanh, 1e30f), 1.0f);
  EXPECT_EQ(At(simd::Tanh, -1e30f), -1.0f);
  EXPECT_EQ(At(simd::Tanh, 1e-20f), 1e-20f);
  for (const auto function : {simd::Exp, simd::ExpMinusOne, simd::Logistic, simd::Tanh}) {
    EXPECT_TRUE(std::isnan(At(function, NAN)));
  }
}

TEST(SimdMap, EveryTailTouchesItsOwnElementsAlone) {
  for (size_t count = 0; count < 20; ++count) {
    std::vector<float> in(count), out(count + 1, 7.0f);
    std::iota(in.begin(), in.end(), 1.0f);
    simd::MapFloats(in.data(), out.data(), count, [](v128_t x) { return wasm_f32x4_add(x, x); });
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(out[i], 2 * in[i]) << count;
    EXPECT_EQ(out[count], 7.0f);
  }
}

TEST(FloatMath, RoundsHalfAway) {
  for (const float x :
       {0.0f, 0.5f, -0.5f, 1.5f, -2.5f, 0.49999997f, -0.49999997f, 8388607.5f, -3.7f, 1e20f}) {
    EXPECT_EQ(RoundHalfAway(x), std::round(x)) << x;
  }
}

TEST(Softmax, FloatRowsAreDistributions) {
  Rng rng(5);
  for (const int64_t depth : {1, 2, 3, 7, 8, 33, 1001}) {
    std::vector<float> in(static_cast<size_t>(2 * depth)), out(in.size());
    for (float& value : in) value = rng.Uniform() * 40 - 20;
    in[0] = 500;  // exp would overflow
    SoftmaxFloat(in.data(), out.data(), 2, depth, 0.7f);
    for (size_t row = 0; row < 2; ++row) {
      const size_t at = row * static_cast<size_t>(depth);
      const double largest = *std::max_element(
          in.begin() + static_cast<ptrdiff_t>(at),
          in.begin() + static_cast<ptrdiff_t>(at) + static_cast<ptrdiff_t>(depth));
      double sum = 0;
      for (size_t i = 0; i < static_cast<size_t>(depth); ++i) {
        sum += std::exp((static_cast<double>(in[at + i]) - largest) * 0.7);
      }
      for (size_t i = 0; i < static_cast<size_t>(depth); ++i) {
        const double expected = std::exp((static_cast<double>(in[at + i]) - largest) * 0.7) / sum;
        ASSERT_NEAR(out[at + i], expected, 1e-6 + expected * 1e-5) << depth;
      }
    }
  }
}

template <typename T>
void CheckQuantizedSoftmax() {
  Rng rng(9);
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  for (const float scale : {0.001f, 0.1f, 1.5f, 100.0f}) {
    for (const int64_t depth : {1, 2, 10, 256, 300}) {
      std::vector<T> in(static_cast<size_t>(depth)), litert(in.size()), reference(in.size());
      for (T& value : in) value = static_cast<T>(rng.Integer(kMin, kMin + 255));
      SoftmaxTable table = MakeSoftmaxTable(1.0f, scale);
      table.output_zero_point = kMin;
      SoftmaxLitert(table, in.data(), litert.data(), 1, depth);
      SoftmaxReference(MakeSoftmaxFixed(1.0f, scale), in.data(), reference.data(), 1, depth);
      const double largest = *std::max_element(in.begin(), in.end());
      const double sum = std::accumulate(in.begin(), in.end(), 0.0, [&](double total, T value) {
        return total + std::exp((value - largest) * static_cast<double>(scale));
      });
      for (size_t i = 0; i < in.size(); ++i) {
        const double p = std::exp((in[i] - largest) * static_cast<double>(scale)) / sum;
        const double expected = std::min(p * 256 + kMin, kMin + 255.0);
        ASSERT_NEAR(litert[i], expected, 0.51) << scale << " " << depth;
        ASSERT_NEAR(reference[i], expected, 1.01) << scale << " " << depth;
      }
    }
  }
}

// Rows that are computed together are the same as alone.
TEST(Softmax, RowsDoNotMix) {
  Rng rng(10);
  for (const int64_t depth : {1, 3, 255, 256, 301}) {
    constexpr int64_t kRows = 7;
    const auto size = static_cast<size_t>(kRows * depth);
    std::vector<int8_t> in(size), together(size), alone(size);
    for (int8_t& value : in) value = static_cast<int8_t>(rng.Integer(-128, 127));
    const SoftmaxTable table = MakeSoftmaxTable(1.0f, 0.1f);
    SoftmaxLitert(table, in.data(), together.data(), kRows, depth);
    for (int64_t row = 0; row < kRows; ++row) {
      SoftmaxLitert(table, in.data() + row * depth, alone.data() + row * depth, 1, depth);
    }
    EXPECT_EQ(together, alone) << depth;
  }
}

TEST(Softmax, Int8IsTheRoundedDistribution) { CheckQuantizedSoftmax<int8_t>(); }
TEST(Softmax, UInt8IsTheRoundedDistribution) { CheckQuantizedSoftmax<uint8_t>(); }

TEST(Quantize, RoundsTiesByArithmetic) {
  const std::vector<float> in = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 1000, -1000, NAN};
  std::vector<int8_t> out(in.size());
  Quantize(in.data(), out.data(), in.size(), 1.0f, 3, Arithmetic::kLitert);
  EXPECT_EQ(out, (std::vector<int8_t>{3, 5, 5, 3, 1, 1, 127, -128, -128}));
  Quantize(in.data(), out.data(), in.size(), 1.0f, 3, Arithmetic::kReference);
  EXPECT_EQ(out, (std::vector<int8_t>{4, 5, 6, 2, 1, 0, 127, -128, -128}));
}

// Vectors against the tail, which goes one by one.
template <typename T>
void CheckQuantizeVectors() {
  Rng rng(11);
  std::vector<float> in(1000);
  for (float& value : in) value = (rng.Uniform() - 0.5f) * 300;
  for (size_t i = 0; i < 400; ++i) in[i] = (static_cast<float>(i) - 200) * 0.25f;  // ties
  in[401] = NAN;
  in[402] = INFINITY;
  in[403] = -INFINITY;
  in[404] = 3e38f;
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  for (const int32_t zero_point : {kMin, kMin + 100, kMin + 255}) {
    for (const float scale : {0.5f, 1.0f, 0.013f}) {
      std::vector<T> together(in.size()), alone(in.size());
      Quantize(in.data(), together.data(), in.size(), scale, zero_point, Arithmetic::kLitert);
      for (size_t i = 0; i < in.size(); ++i) {
        Quantize(&in[i], &alone[i], 1, scale, zero_point, Arithmetic::kLitert);
      }
      EXPECT_EQ(together, alone) << scale;
    }
  }
}

TEST(Quantize, VectorsEqualScalars) {
  CheckQuantizeVectors<int8_t>();
  CheckQuantizeVectors<uint8_t>();
}

TEST(Quantize, RoundTripOfEveryValue) {
  std::vector<int16_t> values(65536), back(values.size());
  std::iota(values.begin(), values.end(), int16_t{-32768});
  std::vector<float> reals(values.size());
  for (const Arithmetic arithmetic : kBoth) {
    Dequantize(values.data(), reals.data(), values.size(), 0.013f, 0);
    Quantize(reals.data(), back.data(), reals.size(), 0.013f, 0, arithmetic);
    EXPECT_EQ(back, values);
  }
}

TEST(Dequantize, TheDifferenceMayNeed33Bits) {
  const int32_t lowest = INT32_MIN;
  float real = 0;
  Dequantize(&lowest, &real, 1, 1.0f, INT32_MAX);
  EXPECT_EQ(real, -4294967296.0f);
}

// The definition of binary16, by its fields.
float DefinitionOfFloat16(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  const float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
}

TEST(Float16, EveryPatternEqualsTheDefinition) {
  std::vector<uint16_t> halves(65536);
  std::iota(halves.begin(), halves.end(), uint16_t{0});
  std::vector<float> floats(halves.size());
  Float16ToFloat32(halves.data(), floats.data(), halves.size());
  for (size_t i = 0; i < halves.size(); ++i) {
    const float expected = DefinitionOfFloat16(halves[i]);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(floats[i])) << i;
    } else {
      ASSERT_EQ(floats[i], expected) << i;
    }
  }
}

}  // namespace
}  // namespace octolite
