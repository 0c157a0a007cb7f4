#include "kernels/fully_connected/fully_connected.h"

#include <gtest/gtest.h>

#include "kernel_test_util.h"

namespace octolite::testing {
namespace {

// Tails of every tile dimension: rows of 6, channels of 8, depth of 4, 2 and 16.
std::vector<FullyConnectedShape> Shapes() {
  std::vector<FullyConnectedShape> shapes;
  for (const int32_t batch : {0, 1, 2, 3, 5, 6, 7, 13, 61}) {
    shapes.push_back({batch, 17, 33});
  }
  for (const int32_t units : {1, 7, 8, 9, 15, 16}) shapes.push_back({7, units, 16});
  for (const int32_t depth : {1, 2, 3, 4, 5, 15, 17, 31, 64, 1000}) {
    shapes.push_back({8, 9, depth});
    shapes.push_back({1, 9, depth});
  }
  return shapes;
}

template <typename T>
void TestQuantized(const FullyConnectedShape& shape, Rounding rounding, Rng& rng) {
  constexpr bool kUnsigned = std::is_same_v<T, uint8_t>;
  const auto input = RandomIntegers<T>(rng, int64_t{shape.batch} * shape.depth);
  const auto weights = RandomIntegers<T>(rng, int64_t{shape.units} * shape.depth);
  const auto bias = RandomIntegers<int32_t>(rng, shape.units, -20000, 20000);
  QuantizedResult<T> result;
  result.bias = bias.data();
  result.input_zero_point = RandomIntegers<T>(rng, 1)[0];
  result.weight_zero_point = kUnsigned ? RandomIntegers<T>(rng, 1)[0] : 0;
  const QuantizedOutput requantize =
      RandomOutput(rng, rounding, shape.units, shape.depth, kUnsigned);
  result.requantize = &requantize;
  std::vector<T> expected(static_cast<size_t>(shape.batch * shape.units));
  result.output = expected.data();
  FullyConnectedRef(shape, input.data(), weights.data(), result);
  ForEachDot([&] {
    const auto made =
        FullyConnected::Make(shape, {.type = kDataTypeOf<T>,
                                     .zero_point = result.weight_zero_point,
                                     .data = rng.Integer(0, 1) ? weights.data() : nullptr});
    ASSERT_TRUE(made.ok());
    AlignedBuffer scratch = DirtyScratch(made->scratch_bytes());
    std::vector<T> actual(expected.size());
    result.output = actual.data();
    made->Run(shape, input.data(), weights.data(), result, scratch.data());
    ASSERT_EQ(actual, expected) << shape.batch << " x " << shape.units << " x " << shape.depth
                                << " " << simd::DotKindName(simd::ProbeDotKind());
  });
}

TEST(FullyConnectedTest, QuantizedEqualsReference) {
  Rng rng(31);
  for (const FullyConnectedShape& shape : Shapes()) {
    for (const Rounding rounding : kAllRoundings) {
      TestQuantized<int8_t>(shape, rounding, rng);
      TestQuantized<uint8_t>(shape, rounding, rng);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FullyConnectedTest, AccumulatorsWrapAlike) {
  // 70000 products of -128 * -128, and the zero point's part, pass 31 bits.
  const FullyConnectedShape shape = {1, 1, 140000};
  const std::vector<int8_t> input(140000, -128);
  const std::vector<int8_t> weights(140000, -128);
  const std::vector<float> floats = {0x1p-25f};
  const std::vector<double> doubles = {0x1p-25};
  const QuantizedOutput requantize =
      QuantizedOutput::Make(Rounding::kFloat, OutputRange(), floats, doubles);
  int8_t expected = 0;
  QuantizedResult<int8_t> result = {127, 0, nullptr, &requantize, &expected};
  FullyConnectedRef(shape, input.data(), weights.data(), result);
  ForEachDot([&] {
    const auto made =
        FullyConnected::Make(shape, {.type = DataType::kInt8, .data = weights.data()});
    ASSERT_TRUE(made.ok());
    AlignedBuffer scratch = DirtyScratch(made->scratch_bytes());
    int8_t actual = 0;
    result.output = &actual;
    made->Run(shape, input.data(), weights.data(), result, scratch.data());
    EXPECT_EQ(actual, expected);
  });
}

TEST(FullyConnectedTest, DynamicEqualsReference) {
  Rng rng(32);
  for (const FullyConnectedShape& shape : Shapes()) {
    const auto input = RandomIntegers<int8_t>(rng, int64_t{shape.batch} * shape.depth);
    const auto weights = RandomIntegers<int8_t>(rng, int64_t{shape.units} * shape.depth);
    const auto bias = RandomFloats(rng, shape.units);
    std::vector<DynamicRow> rows(static_cast<size_t>(shape.batch));
    for (DynamicRow& row : rows) row = {rng.Uniform(), RandomIntegers<int8_t>(rng, 1)[0]};
    const DynamicOutput dequantize = RandomDynamicOutput(rng, shape.units);
    std::vector<float> expected(static_cast<size_t>(shape.batch * shape.units));
    DynamicResult result = {rows.data(), true, bias.data(), &dequantize, expected.data()};
    FullyConnectedRef(shape, input.data(), weights.data(), result);
    ForEachDot([&] {
      const auto made =
          FullyConnected::Make(shape, {.type = DataType::kInt8, .data = weights.data()});
      ASSERT_TRUE(made.ok());
      AlignedBuffer scratch = DirtyScratch(made->scratch_bytes());
      std::vector<float> actual(expected.size());
      result.output = actual.data();
      made->Run(shape, input.data(), weights.data(), result, scratch.data());
      ASSERT_EQ(actual, expected) << shape.batch << " x " << shape.units << " x " << shape.depth;
    });
  }
}

template <typename W>
void TestWide(const FullyConnectedShape& shape, Rounding rounding, Rng& rng) {
  const auto input = RandomIntegers<int16_t>(rng, int64_t{shape.batch} * shape.depth);
  const auto weights = RandomIntegers<W>(rng, int64_t{shape.units} * shape.depth);
  const auto bias =
      RandomIntegers<int64_t>(rng, shape.units, -(int64_t{1} << 33), int64_t{1} << 33);
  const QuantizedOutput requantize = RandomWideOutput(rng, rounding, shape.units);
  std::vector<int16_t> expected(static_cast<size_t>(shape.batch * shape.units));
  WideResult result;
  result.weights_type = kDataTypeOf<W>;
  result.bias = bias.data();
  result.requantize = &requantize;
  result.output = expected.data();
  FullyConnectedRef(shape, input.data(), weights.data(), result);
  const auto made =
      FullyConnected::Make(shape, {.type = kDataTypeOf<W>, .plain = true, .data = weights.data()});
  ASSERT_TRUE(made.ok());
  AlignedBuffer scratch = DirtyScratch(made->scratch_bytes());
  std::vector<int16_t> actual(expected.size());
  result.output = actual.data();
  made->Run(shape, input.data(), weights.data(), result, scratch.data());
  ASSERT_EQ(actual, expected) << shape.batch << " x " << shape.units << " x " << shape.depth;
}

TEST(FullyConnectedTest, Int16EqualsReference) {
  Rng rng(34);
  for (const FullyConnectedShape& shape : Shapes()) {
    for (const Rounding rounding : {Rounding::kFixedPoint, Rounding::kDouble}) {
      TestWide<int8_t>(shape, rounding, rng);
      TestWide<int16_t>(shape, rounding, rng);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FullyConnectedTest, FloatIsNearReference) {
  Rng rng(33);
  for (const FullyConnectedShape& shape : Shapes()) {
    const auto input = RandomFloats(rng, int64_t{shape.batch} * shape.depth);
    const auto weights = RandomFloats(rng, int64_t{shape.units} * shape.depth);
    std::vector<float> expected(static_cast<size_t>(shape.batch * shape.units));
    FloatResult result = {nullptr, -2.0f, 2.0f, expected.data()};
    FullyConnectedRef(shape, input.data(), weights.data(), result);
    const auto made = FullyConnected::Make(shape, {.data = weights.data()});
    ASSERT_TRUE(made.ok());
    AlignedBuffer scratch = DirtyScratch(made->scratch_bytes());
    std::vector<float> actual(expected.size());
    result.output = actual.data();
    made->Run(shape, input.data(), weights.data(), result, scratch.data());
    for (size_t i = 0; i < actual.size(); ++i) {
      ASSERT_NEAR(actual[i], expected[i],
                  1e-5f * std::max(1.0f, static_cast<float>(shape.depth) / 32.0f));
    }
  }
}

}  // namespace
}  // namespace octolite::testing
