// Pooling, mean and resizing against their definitions.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "kernels/pool/pool.h"
#include "kernels/reduce/reduce.h"
#include "kernels/reduce/sum_channels.h"
#include "kernels/resize/resize.h"

namespace octolite {
namespace {

template <typename T>
std::vector<T> Image(Rng& rng, size_t count) {
  std::vector<T> values(count);
  for (T& value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      value = rng.Uniform() * 2 - 1;
    } else {
      value =
          static_cast<T>(rng.Integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
  }
  return values;
}

size_t InputSize(const PoolShape& s) {
  return static_cast<size_t>(s.batch) * static_cast<size_t>(s.input_h) *
         static_cast<size_t>(s.input_w) * static_cast<size_t>(s.channels);
}
size_t OutputSize(const PoolShape& s) {
  return static_cast<size_t>(s.batch) * static_cast<size_t>(s.output_h) *
         static_cast<size_t>(s.output_w) * static_cast<size_t>(s.channels);
}

// The values of the window of one output element, in the image.
template <typename T>
std::vector<T> Window(const PoolShape& s, const std::vector<T>& in, size_t flat) {
  const auto at = static_cast<int64_t>(flat);
  const int64_t c = at % s.channels;
  const int64_t ox = at / s.channels % s.output_w;
  const int64_t oy = at / s.channels / s.output_w % s.output_h;
  const int64_t b = at / s.channels / s.output_w / s.output_h;
  std::vector<T> window;
  for (int64_t ky = 0; ky < s.window_h; ++ky) {
    for (int64_t kx = 0; kx < s.window_w; ++kx) {
      const int64_t y = oy * s.stride_h - s.pad_top + ky;
      const int64_t x = ox * s.stride_w - s.pad_left + kx;
      if (y < 0 || y >= s.input_h || x < 0 || x >= s.input_w) continue;
      window.push_back(
          in[static_cast<size_t>(((b * s.input_h + y) * s.input_w + x) * s.channels + c)]);
    }
  }
  return window;
}

std::vector<PoolShape> PoolShapes() {
  std::vector<PoolShape> shapes;
  for (const int32_t channels : {1, 3, 8, 16, 17, 64, 65, 130}) {
    shapes.push_back({1, 5, 6, channels, 2, 3, 1, 2, 0, 0, 4, 2});
    shapes.push_back({2, 4, 4, channels, 3, 3, 2, 2, 1, 1, 2, 2});
    shapes.push_back({1, 7, 7, channels, 7, 7, 7, 7, 0, 0, 1, 1});
    shapes.push_back({1, 2, 3, channels, 5, 5, 1, 1, 2, 2, 2, 3});
  }
  return shapes;
}

template <typename T>
void CheckPool(int32_t min, int32_t max) {
  Rng rng(21);
  for (const PoolShape& s : PoolShapes()) {
    const auto in = Image<T>(rng, InputSize(s));
    std::vector<T> average(OutputSize(s)), largest(OutputSize(s));
    AveragePoolQuantized(s, in.data(), average.data(), min, max);
    MaxPool(s, in.data(), largest.data(), static_cast<T>(min), static_cast<T>(max));
    for (size_t i = 0; i < average.size(); ++i) {
      const auto window = Window(s, in, i);
      double sum = 0;
      for (const T value : window) sum += value;
      const double mean = std::round(sum / static_cast<double>(window.size()));
      ASSERT_EQ(average[i], static_cast<T>(std::clamp<double>(mean, min, max))) << s.channels;
      const int32_t expected = *std::max_element(window.begin(), window.end());
      ASSERT_EQ(largest[i], static_cast<T>(std::clamp(expected, min, max))) << s.channels;
    }
  }
}

TEST(Pool, Int8EqualsTheDefinition) {
  CheckPool<int8_t>(-128, 127);
  CheckPool<int8_t>(-5, 60);
}
TEST(Pool, UInt8EqualsTheDefinition) {
  CheckPool<uint8_t>(0, 255);
  CheckPool<uint8_t>(128, 200);
}

TEST(Pool, FloatEqualsTheDefinition) {
  Rng rng(22);
  for (const PoolShape& s : PoolShapes()) {
    const auto in = Image<float>(rng, InputSize(s));
    std::vector<float> average(OutputSize(s)), largest(OutputSize(s));
    AveragePoolFloat(s, in.data(), average.data(), -0.5f, 0.25f);
    MaxPool(s, in.data(), largest.data(), 0.0f, 0.9f);
    for (size_t i = 0; i < average.size(); ++i) {
      const auto window = Window(s, in, i);
      double sum = 0;
      for (const float value : window) sum += static_cast<double>(value);
      ASSERT_NEAR(average[i], std::clamp(sum / static_cast<double>(window.size()), -0.5, 0.25),
                  1e-6);
      ASSERT_EQ(largest[i],
                std::clamp(*std::max_element(window.begin(), window.end()), 0.0f, 0.9f));
    }
  }
}

template <typename T>
void CheckSumChannels() {
  Rng rng(23);
  for (const int64_t channels : {1, 3, 8, 16, 17, 24, 64, 65, 1000}) {
    for (const int64_t pixels : {0, 1, 5, 31, 300, 1000}) {
      auto in = Image<T>(rng, static_cast<size_t>(pixels * channels));
      // Sums that 16 bits would not hold for long.
      if (pixels == 1000) std::fill(in.begin(), in.end(), std::numeric_limits<T>::min());
      if (pixels == 300) std::fill(in.begin(), in.end(), std::numeric_limits<T>::max());
      std::vector<int32_t> sums(static_cast<size_t>(channels), 11), expected(sums);
      SumChannels(in.data(), pixels, channels, sums.data());
      for (size_t i = 0; i < in.size(); ++i) expected[i % expected.size()] += in[i];
      EXPECT_EQ(sums, expected) << channels << " " << pixels;
    }
  }
}

TEST(SumChannels, EqualsTheDefinition) {
  CheckSumChannels<int8_t>();
  CheckSumChannels<uint8_t>();
}

// Each case: the input's shape, and the same with 1 for the dimensions that are averaged.
struct ReduceCase {
  Shape input, reduced;
};

TEST(Mean, EqualsTheRealMeanForAnyAxes) {
  const ReduceCase cases[] = {{{2, 7, 5, 9}, {2, 1, 1, 9}},
                              {{2, 7, 5, 9}, {2, 7, 5, 1}},
                              {{3, 4, 5}, {1, 4, 1}},
                              {{67}, {1}},
                              {{2, 3, 2, 3, 2}, {1, 3, 1, 3, 1}},
                              {{4, 6}, {4, 6}},
                              {{5, 1, 33}, {5, 1, 33}},
                              {{1, 49, 1024}, {1, 1, 1024}}};
  Rng rng(31);
  for (const ReduceCase& c : cases) {
    const BroadcastPlan plan = MakeReducePlan(c.input, c.reduced);
    const int64_t outputs = c.reduced.num_elements();
    const int64_t count = c.input.num_elements() / outputs;
    const auto in = Image<int8_t>(rng, static_cast<size_t>(c.input.num_elements()));
    std::vector<double> sums(static_cast<size_t>(outputs));
    const std::vector<int8_t> zeros(sums.size());
    // The definition, by the walk over the input that broadcasting the output gives.
    std::vector<int64_t> owner(in.size());
    std::vector<int64_t> ids(sums.size());
    for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int64_t>(i);
    MapBroadcast(MakeBroadcastPlan(c.input, c.reduced, c.input), in.data(), ids.data(),
                 owner.data(), [](int8_t, int64_t id) { return id; });
    for (size_t i = 0; i < in.size(); ++i) sums[static_cast<size_t>(owner[i])] += in[i];

    std::vector<float> floats(in.begin(), in.end()), float_means(sums.size());
    MeanFloat(plan, floats.data(), float_means.data(), outputs, count);
    std::vector<int64_t> wide(in.begin(), in.end()), wide_means(sums.size()),
        wide_sums(sums.size());
    MeanInteger(plan, wide.data(), wide_means.data(), wide_sums.data(), outputs, count);

    std::vector<int32_t> scratch(sums.size());
    std::vector<int8_t> litert(sums.size()), reference(sums.size());
    SumLitertParams litert_params = MakeMeanLitertParams(0.03f, -7, 0.011f, 5, count);
    litert_params.min = -128;
    litert_params.max = 127;
    SumLitert(litert_params, plan, in.data(), litert.data(), scratch.data(), outputs);
    const SumReferenceParams reference_params = {
        static_cast<int32_t>(count) * -7, MakeMeanMultiplier(0.03f, 0.011f, count), {5, -128, 127}};
    SumReference(reference_params, plan, in.data(), reference.data(), scratch.data(), outputs);

    for (size_t i = 0; i < sums.size(); ++i) {
      const double mean = sums[i] / static_cast<double>(count);
      EXPECT_NEAR(float_means[i], mean, 1e-4) << c.input.ToString();
      EXPECT_EQ(wide_means[i], static_cast<int64_t>(sums[i]) / count);
      const double exact = std::clamp((mean + 7) * 0.03 / 0.011 + 5, -128.0, 127.0);
      EXPECT_NEAR(litert[i], exact, 0.501) << c.input.ToString();
      // Fixed point rounds twice.
      EXPECT_NEAR(reference[i], exact, 0.76) << c.input.ToString();
    }
  }
}

std::vector<ResizeShape> ResizeShapes() {
  std::vector<ResizeShape> shapes;
  for (const int32_t channels : {1, 3, 16, 21}) {
    for (const int mode : {0, 1, 2}) {
      for (const auto& [in_h, in_w, out_h, out_w] :
           {std::array{3, 4, 6, 8}, std::array{5, 5, 2, 3}, std::array{1, 1, 4, 3},
            std::array{4, 3, 4, 3}, std::array{1, 2, 97, 1}}) {
        shapes.push_back({2, in_h, in_w, channels, out_h, out_w, mode == 1, mode == 2});
      }
    }
  }
  return shapes;
}

size_t InputSize(const ResizeShape& s) {
  return static_cast<size_t>(s.batch * s.input_h * s.input_w * s.channels);
}
size_t OutputSize(const ResizeShape& s) {
  return static_cast<size_t>(s.batch * s.output_h * s.output_w * s.channels);
}

// The definition, in double precision.
double Bilinear(const ResizeShape& s, const std::vector<double>& in, size_t flat) {
  const auto at = static_cast<int64_t>(flat);
  const int64_t c = at % s.channels;
  const int64_t x = at / s.channels % s.output_w;
  const int64_t y = at / s.channels / s.output_w % s.output_h;
  const int64_t b = at / s.channels / s.output_w / s.output_h;
  const auto place = [&](int64_t out, int64_t input, int64_t output) {
    const int64_t corner = s.align_corners && output > 1 ? 1 : 0;
    const double scale = static_cast<double>(input - corner) / static_cast<double>(output - corner);
    const auto position = static_cast<double>(out);
    const double real = s.half_pixel_centers ? (position + 0.5) * scale - 0.5 : position * scale;
    return std::clamp(real, 0.0, static_cast<double>(input - 1));
  };
  const double py = place(y, s.input_h, s.output_h);
  const double px = place(x, s.input_w, s.output_w);
  const auto y0 = static_cast<int64_t>(py), x0 = static_cast<int64_t>(px);
  const int64_t y1 = std::min<int64_t>(y0 + 1, s.input_h - 1);
  const int64_t x1 = std::min<int64_t>(x0 + 1, s.input_w - 1);
  const auto value = [&](int64_t row, int64_t column) {
    return in[static_cast<size_t>(((b * s.input_h + row) * s.input_w + column) * s.channels + c)];
  };
  const double wy = py - static_cast<double>(y0), wx = px - static_cast<double>(x0);
  return (value(y0, x0) * (1 - wx) + value(y0, x1) * wx) * (1 - wy) +
         (value(y1, x0) * (1 - wx) + value(y1, x1) * wx) * wy;
}

template <typename T>
void CheckResize() {
  Rng rng(41);
  for (const ResizeShape& s : ResizeShapes()) {
    const auto in = Image<T>(rng, InputSize(s));
    const std::vector<double> real(in.begin(), in.end());
    std::vector<T> litert(OutputSize(s)), reference(OutputSize(s));
    ResizeBilinearLitert(s, in.data(), litert.data());
    ResizeBilinearReference(s, in.data(), reference.data());
    for (size_t i = 0; i < litert.size(); ++i) {
      const double expected = Bilinear(s, real, i);
      ASSERT_NEAR(litert[i], expected, 0.75) << s.output_h << "x" << s.output_w;
      // 10-bit steps leave the place by up to an output's length of their rounding.
      const double drift = 256.0 * std::max(s.output_h, s.output_w) / 1024.0;
      ASSERT_NEAR(reference[i], expected, 0.75 + drift) << s.output_h << "x" << s.output_w;
    }
  }
}

// Many channels go by vectors, one goes alone: the results are the same.
template <typename T, typename Resize>
void CheckChannelsAlone(Resize resize) {
  Rng rng(43);
  for (const int32_t channels : {4, 7, 8, 11, 16, 19, 32}) {
    const ResizeShape together = {2, 5, 4, channels, 9, 11, false, true};
    ResizeShape alone = together;
    alone.channels = 1;
    const auto in = Image<T>(rng, InputSize(together));
    std::vector<T> out(OutputSize(together));
    resize(together, in.data(), out.data());
    const auto stride = static_cast<size_t>(channels);
    for (size_t c = 0; c < stride; ++c) {
      std::vector<T> channel(InputSize(alone)), expected(OutputSize(alone));
      for (size_t i = 0; i < channel.size(); ++i) channel[i] = in[i * stride + c];
      resize(alone, channel.data(), expected.data());
      for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(out[i * stride + c], expected[i]);
    }
  }
}

TEST(ResizeBilinear, VectorsEqualScalars) {
  CheckChannelsAlone<int8_t>(ResizeBilinearLitert<int8_t>);
  CheckChannelsAlone<uint8_t>(ResizeBilinearLitert<uint8_t>);
  CheckChannelsAlone<float>(ResizeBilinearFloat);
}

TEST(ResizeBilinear, Int8IsNearTheDefinition) { CheckResize<int8_t>(); }
TEST(ResizeBilinear, UInt8IsNearTheDefinition) { CheckResize<uint8_t>(); }

TEST(ResizeBilinear, FloatEqualsTheDefinition) {
  Rng rng(42);
  for (const ResizeShape& s : ResizeShapes()) {
    const auto in = Image<float>(rng, InputSize(s));
    const std::vector<double> real(in.begin(), in.end());
    std::vector<float> out(OutputSize(s));
    ResizeBilinearFloat(s, in.data(), out.data());
    for (size_t i = 0; i < out.size(); ++i) ASSERT_NEAR(out[i], Bilinear(s, real, i), 1e-5);
  }
}

TEST(ResizeBilinear, ReferenceStaysInsideWhenItsStepsAreRoundedUp) {
  // Steps of 1/1024 over 1500 columns would leave an image of one column.
  const ResizeShape s = {1, 1, 1, 1, 1, 1500, false, false};
  const int8_t in = 77;
  std::vector<int8_t> out(1500);
  ResizeBilinearReference(s, &in, out.data());
  EXPECT_EQ(out, std::vector<int8_t>(1500, 77));
}

TEST(ResizeNearest, CopiesPixelsOfAnySize) {
  Rng rng(44);
  for (const int32_t channels : {1, 3, 16, 17, 32, 128, 144}) {
    const ResizeShape s = {2, 3, 4, channels, 7, 5, false, false};
    const auto in = Image<uint8_t>(rng, InputSize(s));
    std::vector<uint8_t> out(OutputSize(s));
    ResizeNearest(s, 1, in.data(), out.data());
    for (size_t i = 0; i < out.size(); ++i) {
      const auto at = static_cast<int32_t>(i) / channels;
      const int32_t x = at % 5 * 4 / 5, y = at / 5 % 7 * 3 / 7, b = at / 35;
      const int32_t from = ((b * 3 + y) * 4 + x) * channels + static_cast<int32_t>(i) % channels;
      ASSERT_EQ(out[i], in[static_cast<size_t>(from)]) << channels;
    }
  }
}

TEST(ResizeNearest, PicksThePixelOfEachMode) {
  const std::vector<uint8_t> in = {10, 11, 20, 21, 30, 31};  // three pixels of two bytes
  const auto run = [&](int32_t width, bool align_corners, bool half_pixel_centers) {
    std::vector<uint8_t> out(static_cast<size_t>(2 * width));
    ResizeNearest({1, 1, 3, 1, 1, width, align_corners, half_pixel_centers}, 2, in.data(),
                  out.data());
    std::vector<int> first;
    for (size_t i = 0; i < out.size(); i += 2) {
      EXPECT_EQ(out[i] + 1, out[i + 1]);
      first.push_back(out[i]);
    }
    return first;
  };
  EXPECT_EQ(run(5, false, false), (std::vector<int>{10, 10, 20, 20, 30}));
  EXPECT_EQ(run(5, true, false), (std::vector<int>{10, 20, 20, 30, 30}));
  EXPECT_EQ(run(5, false, true), (std::vector<int>{10, 10, 20, 30, 30}));
  EXPECT_EQ(run(2, false, false), (std::vector<int>{10, 20}));
  EXPECT_EQ(run(2, false, true), (std::vector<int>{10, 30}));
}

}  // namespace
}  // namespace octolite
