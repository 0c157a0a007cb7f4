#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "kernel_test_util.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/transpose_conv/transpose_conv.h"

// Every convolution family: the SIMD kernels give the bytes of the scalar ones.

namespace octolite::testing {
namespace {

struct Conv2dCase {
  using Family = Conv2d;
  using Shape = Conv2dShape;
  static constexpr auto kReference = Conv2dRef;
  static int64_t Channels(const Shape& s) { return s.output_c; }
  static int64_t Depth(const Shape& s) {
    return int64_t{s.window.window_h} * s.window.window_w * s.filter_c();
  }
  static Shape Random(Rng& rng);
};

struct DepthwiseCase {
  using Family = DepthwiseConv2d;
  using Shape = DepthwiseConv2dShape;
  static constexpr auto kReference = DepthwiseConv2dRef;
  static int64_t Channels(const Shape& s) { return s.output_c(); }
  static int64_t Depth(const Shape& s) { return int64_t{s.window.window_h} * s.window.window_w; }
  static Shape Random(Rng& rng);
};

struct TransposeCase {
  using Family = TransposeConv;
  using Shape = TransposeConvShape;
  static constexpr auto kReference = TransposeConvRef;
  static int64_t Channels(const Shape& s) { return s.output_c; }
  static int64_t Depth(const Shape& s) {
    return int64_t{s.window.window_h} * s.window.window_w * s.input_c;
  }
  static Shape Random(Rng& rng);
};

int32_t Pick(Rng& rng, std::initializer_list<int32_t> values) {
  return values.begin()[rng.Integer(0, static_cast<int64_t>(values.size()) - 1)];
}

// Half of the windows are padded as SAME pads, half not at all.
WindowGeometry RandomWindow(Rng& rng, int32_t h, int32_t w, bool dilate) {
  WindowGeometry g;
  g.window_h = Pick(rng, {1, 1, 2, 3, 3, 5});
  g.window_w = Pick(rng, {1, 1, 2, 3, 3, 5});
  g.stride_h = Pick(rng, {1, 1, 2, 3});
  g.stride_w = Pick(rng, {1, 1, 2, 3});
  if (dilate && rng.Integer(0, 3) == 0) {
    g.dilation_h = Pick(rng, {1, 2, 3});
    g.dilation_w = Pick(rng, {1, 2, 3});
  }
  const int32_t extent_h = (g.window_h - 1) * g.dilation_h + 1;
  const int32_t extent_w = (g.window_w - 1) * g.dilation_w + 1;
  if (rng.Integer(0, 1) == 0 || extent_h > h || extent_w > w) {
    g.output_h = (h + g.stride_h - 1) / g.stride_h;
    g.output_w = (w + g.stride_w - 1) / g.stride_w;
    g.pad_top = std::max((g.output_h - 1) * g.stride_h + extent_h - h, 0) / 2;
    g.pad_left = std::max((g.output_w - 1) * g.stride_w + extent_w - w, 0) / 2;
  } else {
    g.output_h = (h - extent_h) / g.stride_h + 1;
    g.output_w = (w - extent_w) / g.stride_w + 1;
  }
  return g;
}

template <typename Shape>
void RandomImage(Rng& rng, Shape& s) {
  s.batch = Pick(rng, {1, 1, 2});
  s.input_h = static_cast<int32_t>(rng.Integer(1, 7));
  s.input_w = static_cast<int32_t>(rng.Integer(1, 9));
}

Conv2dShape Conv2dCase::Random(Rng& rng) {
  Conv2dShape s;
  RandomImage(rng, s);
  s.groups = Pick(rng, {1, 1, 1, 2, 3});
  s.input_c = s.groups * Pick(rng, {1, 2, 3, 4, 7, 8, 15, 16, 17, 33});
  s.output_c = s.groups * Pick(rng, {1, 3, 7, 8, 9, 15, 16, 17});
  s.window = RandomWindow(rng, s.input_h, s.input_w, true);
  return s;
}

DepthwiseConv2dShape DepthwiseCase::Random(Rng& rng) {
  DepthwiseConv2dShape s;
  RandomImage(rng, s);
  s.multiplier = Pick(rng, {1, 1, 1, 2, 3});
  s.input_c = Pick(rng, {1, 1, 3, 7, 8, 15, 16, 17, 32, 41});
  s.window = RandomWindow(rng, s.input_h, s.input_w, true);
  return s;
}

TransposeConvShape TransposeCase::Random(Rng& rng) {
  TransposeConvShape s;
  RandomImage(rng, s);
  s.input_c = Pick(rng, {1, 2, 3, 4, 7, 8, 15, 16, 17, 33});
  s.output_c = Pick(rng, {1, 3, 7, 8, 9, 17});
  // The output is whatever the model says: some outputs see no input at all.
  s.window = RandomWindow(rng, s.input_h, s.input_w, false);
  s.window.output_h = static_cast<int32_t>(rng.Integer(1, 13));
  s.window.output_w = static_cast<int32_t>(rng.Integer(1, 13));
  return s;
}

template <typename Case>
struct Sizes {
  explicit Sizes(const typename Case::Shape& s)
      : input(s.batch * s.image_elements()),
        channels(Case::Channels(s)),
        weights(channels * Case::Depth(s)),
        output(int64_t{s.batch} * s.window.output_h * s.window.output_w * channels) {}
  int64_t input, channels, weights, output;
};

template <typename Case>
std::string Describe(const typename Case::Shape& s) {
  const WindowGeometry& w = s.window;
  return "batch " + std::to_string(s.batch) + " image " + std::to_string(s.input_h) + "x" +
         std::to_string(s.input_w) + "x" + std::to_string(s.input_c) + " channels " +
         std::to_string(Case::Channels(s)) + " window " + std::to_string(w.window_h) + "x" +
         std::to_string(w.window_w) + " stride " + std::to_string(w.stride_h) + "x" +
         std::to_string(w.stride_w) + " dilation " + std::to_string(w.dilation_h) + "x" +
         std::to_string(w.dilation_w) + " output " + std::to_string(w.output_h) + "x" +
         std::to_string(w.output_w) + " dot " +
         std::string(simd::DotKindName(simd::ProbeDotKind()));
}

// Constant weights are packed when made, others on every run.
template <typename Case, typename T>
typename Case::Family Make(Rng& rng, const typename Case::Shape& shape, WeightsSource source,
                           const std::vector<T>& weights) {
  source.type = kDataTypeOf<T>;
  source.data = rng.Integer(0, 1) == 0 ? weights.data() : nullptr;
  auto made = Case::Family::Make(shape, source);
  EXPECT_TRUE(made.ok());
  return std::move(made).value();
}

// Runs the oracle, and the family under every meaning of the dot product; `result` is written to by
// both, its output being `output`.
template <typename Case, typename R, typename X, typename W, typename T>
void ExpectSame(Rng& rng, const typename Case::Shape& shape, const WeightsSource& source,
                const std::vector<X>& input, const std::vector<W>& weights, R result,
                std::vector<T> output) {
  result.output = output.data();
  Case::kReference(shape, input.data(), weights.data(), result);
  ForEachDot([&] {
    const auto family = Make<Case>(rng, shape, source, weights);
    AlignedBuffer scratch = DirtyScratch(family.scratch_bytes());
    std::vector<T> actual(output.size());
    result.output = actual.data();
    family.Run(shape, input.data(), weights.data(), result, scratch.data());
    ASSERT_EQ(actual, output) << Describe<Case>(shape);
  });
}

template <typename Case, typename T>
void TestQuantized(Rng& rng) {
  const auto shape = Case::Random(rng);
  const Sizes<Case> sizes(shape);
  constexpr bool kUnsigned = std::is_same_v<T, uint8_t>;
  const auto input = RandomIntegers<T>(rng, sizes.input);
  const auto weights = RandomIntegers<T>(rng, sizes.weights);
  const auto bias = RandomIntegers<int32_t>(rng, sizes.channels, -20000, 20000);
  QuantizedResult<T> result;
  result.bias = rng.Integer(0, 3) != 0 ? bias.data() : nullptr;
  result.input_zero_point = RandomIntegers<T>(rng, 1)[0];
  result.weight_zero_point = kUnsigned ? RandomIntegers<T>(rng, 1)[0] : 0;
  for (const Rounding rounding : kAllRoundings) {
    SCOPED_TRACE(static_cast<int>(rounding));
    QuantizedOutput requantize =
        RandomOutput(rng, rounding, sizes.channels, Case::Depth(shape), kUnsigned);
    if (std::is_same_v<Case, DepthwiseCase> && rng.Integer(0, 1) == 0) {
      requantize.first_away = static_cast<size_t>(sizes.channels / 8 * 8);
    }
    result.requantize = &requantize;
    ExpectSame<Case>(rng, shape, {.zero_point = result.weight_zero_point}, input, weights, result,
                     std::vector<T>(static_cast<size_t>(sizes.output)));
  }
}

template <typename Case>
void TestDynamic(Rng& rng) {
  auto shape = Case::Random(rng);
  shape.batch = 1;
  const Sizes<Case> sizes(shape);
  const auto input = RandomIntegers<int8_t>(rng, sizes.input);
  const auto weights = RandomIntegers<int8_t>(rng, sizes.weights);
  const auto bias = RandomFloats(rng, sizes.channels);
  const DynamicRow row = {0.0123f, RandomIntegers<int8_t>(rng, 1)[0]};
  const DynamicOutput dequantize = RandomDynamicOutput(rng, sizes.channels);
  const DynamicResult result = {&row, false, bias.data(), &dequantize, nullptr};
  ExpectSame<Case>(rng, shape, {}, input, weights, result,
                   std::vector<float>(static_cast<size_t>(sizes.output)));
}

template <typename Case>
void TestWide(Rng& rng) {
  const auto shape = Case::Random(rng);
  const Sizes<Case> sizes(shape);
  const auto input = RandomIntegers<int16_t>(rng, sizes.input);
  const auto weights = RandomIntegers<int8_t>(rng, sizes.weights);
  const auto bias =
      RandomIntegers<int64_t>(rng, sizes.channels, -(int64_t{1} << 33), int64_t{1} << 33);
  const auto narrow_bias = RandomIntegers<int32_t>(rng, sizes.channels);
  for (const Rounding rounding : {Rounding::kFixedPoint, Rounding::kDouble}) {
    const QuantizedOutput requantize = RandomWideOutput(rng, rounding, sizes.channels);
    WideResult result;
    result.narrow = rng.Integer(0, 1) == 0;
    if (rng.Integer(0, 1) == 0) {
      result.bias = bias.data();
    } else {
      result.narrow_bias = narrow_bias.data();
    }
    result.requantize = &requantize;
    ExpectSame<Case>(rng, shape, {.plain = true}, input, weights, result,
                     std::vector<int16_t>(static_cast<size_t>(sizes.output)));
  }
}

template <typename Case>
void TestFloat(Rng& rng) {
  const auto shape = Case::Random(rng);
  const Sizes<Case> sizes(shape);
  const auto input = RandomFloats(rng, sizes.input);
  const auto weights = RandomFloats(rng, sizes.weights);
  const auto bias = RandomFloats(rng, sizes.channels);
  std::vector<float> expected(static_cast<size_t>(sizes.output));
  FloatResult result = {rng.Integer(0, 3) != 0 ? bias.data() : nullptr, -1.0f, 6.0f,
                        expected.data()};
  Case::kReference(shape, input.data(), weights.data(), result);
  const auto family = Make<Case>(rng, shape, {}, weights);
  AlignedBuffer scratch = DirtyScratch(family.scratch_bytes());
  std::vector<float> actual(expected.size());
  result.output = actual.data();
  family.Run(shape, input.data(), weights.data(), result, scratch.data());
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 1e-5f) << Describe<Case>(shape) << " at " << i;
  }
}

// Enough work for several threads to get some of it.
template <typename Shape>
Shape LargeShape() {
  Shape s;
  s.batch = 2;
  s.input_h = s.input_w = 30;
  s.input_c = 40;
  s.window = {.window_h = 3, .window_w = 3, .pad_top = 1, .pad_left = 1};
  s.window.output_h = s.window.output_w = 30;
  if constexpr (requires { s.output_c = 16; }) s.output_c = 16;
  return s;
}

template <typename Case>
void TestThreads(Rng& rng) {
  const auto shape = LargeShape<typename Case::Shape>();
  const Sizes<Case> sizes(shape);
  const auto input = RandomIntegers<int8_t>(rng, sizes.input);
  const auto weights = RandomIntegers<int8_t>(rng, sizes.weights);
  const QuantizedOutput requantize =
      RandomOutput(rng, Rounding::kFloat, sizes.channels, Case::Depth(shape), false);
  const auto family = Make<Case>(rng, shape, {}, weights);
  ThreadPool pool(3);
  const auto run = [&](const Parallel& parallel) {
    std::vector<int8_t> output(static_cast<size_t>(sizes.output));
    AlignedBuffer scratch = DirtyScratch(family.scratch_bytes(parallel.threads()));
    const QuantizedResult<int8_t> result = {3, 0, nullptr, &requantize, output.data()};
    family.Run(shape, input.data(), weights.data(), result, scratch.data(), parallel);
    return output;
  };
  const std::vector<int8_t> alone = run(Parallel());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(run(Parallel(&pool)), alone);
}

template <typename Case>
class ConvFamiliesTest : public ::testing::Test {};
using Cases = ::testing::Types<Conv2dCase, DepthwiseCase, TransposeCase>;
TYPED_TEST_SUITE(ConvFamiliesTest, Cases);

constexpr int kRuns = 60;

TYPED_TEST(ConvFamiliesTest, Int8EqualsReference) {
  Rng rng(1);
  for (int i = 0; i < kRuns && !this->HasFatalFailure(); ++i) TestQuantized<TypeParam, int8_t>(rng);
}

TYPED_TEST(ConvFamiliesTest, UInt8EqualsReference) {
  Rng rng(2);
  for (int i = 0; i < kRuns && !this->HasFatalFailure(); ++i) {
    TestQuantized<TypeParam, uint8_t>(rng);
  }
}

TYPED_TEST(ConvFamiliesTest, DynamicEqualsReference) {
  Rng rng(3);
  for (int i = 0; i < kRuns && !this->HasFatalFailure(); ++i) TestDynamic<TypeParam>(rng);
}

TYPED_TEST(ConvFamiliesTest, Int16EqualsReference) {
  Rng rng(5);
  for (int i = 0; i < kRuns && !this->HasFatalFailure(); ++i) TestWide<TypeParam>(rng);
}

TYPED_TEST(ConvFamiliesTest, FloatIsNearReference) {
  Rng rng(4);
  for (int i = 0; i < kRuns && !this->HasFatalFailure(); ++i) TestFloat<TypeParam>(rng);
}

TYPED_TEST(ConvFamiliesTest, ThreadsGiveTheSameBytes) {
  Rng rng(6);
  TestThreads<TypeParam>(rng);
}

}  // namespace
}  // namespace octolite::testing
