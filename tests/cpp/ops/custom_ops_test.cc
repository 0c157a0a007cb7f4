// Custom operators: MediaPipe's pooling, whose values are worked out by hand, and the options of
// TFLite_Detection_PostProcess.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ops/common/flexbuffer.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;

struct FloatTensor {
  std::vector<int32_t> shape;
  std::vector<float> values;
};

// The outputs of a model of one custom operator on float tensors.
Result<std::vector<FloatTensor>> RunCustom(std::string_view code,
                                           const std::vector<FloatTensor>& inputs, int outputs,
                                           ByteVector options) {
  ModelBuilder builder;
  std::vector<int32_t> in, out;
  for (const FloatTensor& input : inputs) {
    in.push_back(builder.AddTensor("in", DataType::kFloat32, input.shape));
  }
  for (int i = 0; i < outputs; ++i) {
    out.push_back(builder.AddTensor("out", DataType::kFloat32, {1}));
  }
  builder.AddCustomOp(code, in, out, std::move(options));
  const Model model = builder.Inputs(in).Outputs(out).Build();
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(model), {}));
  OCTO_ASSIGN_OR_RETURN(const auto interpreter, Interpreter::Create(std::move(plan)));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::vector<float>& values = inputs[i].values;
    OCTO_RETURN_IF_ERROR(interpreter->SetInput(
        static_cast<int>(i),
        {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)}));
  }
  OCTO_RETURN_IF_ERROR(interpreter->Invoke());
  std::vector<FloatTensor> results;
  for (int i = 0; i < outputs; ++i) {
    const RuntimeTensor& tensor = interpreter->output(i);
    const auto* values = reinterpret_cast<const float*>(tensor.data);
    const auto dims = tensor.shape.dims();
    results.push_back({{dims.begin(), dims.end()}, {values, values + tensor.shape.num_elements()}});
  }
  return results;
}

// padding (1: SAME, 2: VALID), strides and window (columns first), activation.
ByteVector PoolOptions(const std::vector<int32_t>& numbers) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(numbers.data());
  return {bytes, bytes + numbers.size() * sizeof(int32_t)};
}

TEST(MaxPoolingWithArgmax2D, TellsWhereInTheWindowTheMaximumIs) {
  // 3 x 4 pixels under windows of 2 rows and 3 columns, one row and two columns apart.
  const FloatTensor image = {{1, 3, 4, 1},
                             {1, 5, 5, 2,  //
                              7, 0, 3, 9,  //
                              4, 8, 6, -1}};
  const auto valid =
      RunCustom("MaxPoolingWithArgmax2D", {image}, 2, PoolOptions({2, 2, 1, 3, 2, 0}));
  ASSERT_TRUE(valid.ok()) << valid.status().ToString();
  EXPECT_EQ((*valid)[0].shape, (std::vector<int32_t>{1, 2, 1, 1}));
  EXPECT_EQ((*valid)[0].values, (std::vector<float>{7, 8}));
  EXPECT_EQ((*valid)[1].values, (std::vector<float>{3.1f, 4.1f}));

  // SAME: a column of padding on the right, a row below; RELU6 for the values alone.
  const auto same =
      RunCustom("MaxPoolingWithArgmax2D", {image}, 2, PoolOptions({1, 2, 1, 3, 2, 3}));
  ASSERT_TRUE(same.ok()) << same.status().ToString();
  EXPECT_EQ((*same)[0].shape, (std::vector<int32_t>{1, 3, 2, 1}));
  EXPECT_EQ((*same)[0].values, (std::vector<float>{6, 6, 6, 6, 6, 6}));
  EXPECT_EQ((*same)[1].values, (std::vector<float>{3.1f, 4.1f, 4.1f, 1.1f, 1.1f, 0.1f}));
}

TEST(MaxPoolingWithArgmax2D, CountsThePaddingBeforeTheImage) {
  // Windows of 3 x 3, one apart: the first begins one row above and one column before.
  const FloatTensor image = {{1, 2, 2, 2},
                             {1, -1, 2, -5,  //
                              3, -2, 4, -9}};
  const auto pooled =
      RunCustom("MaxPoolingWithArgmax2D", {image}, 2, PoolOptions({1, 1, 1, 3, 3, 0}));
  ASSERT_TRUE(pooled.ok()) << pooled.status().ToString();
  EXPECT_EQ((*pooled)[0].values, (std::vector<float>{4, -1, 4, -1, 4, -1, 4, -1}));
  EXPECT_EQ((*pooled)[1].values,
            (std::vector<float>{8.1f, 4.1f, 7.1f, 3.1f, 5.1f, 1.1f, 4.1f, 0.1f}));
}

TEST(MaxUnpooling2D, PutsValuesWhereTheIndicesSay) {
  const FloatTensor values = {{1, 1, 2, 2}, {1, 2, 3, 4}};
  // Left window: row 1, column 0, and row 0, column 1; right: row 1, column 1, and no place at all.
  const FloatTensor indices = {{1, 1, 2, 2}, {2.1f, 1.1f, 3.1f, 4.1f}};
  const auto unpooled =
      RunCustom("MaxUnpooling2D", {values, indices}, 1, PoolOptions({1, 2, 2, 2, 2, 0}));
  ASSERT_TRUE(unpooled.ok()) << unpooled.status().ToString();
  EXPECT_EQ((*unpooled)[0].shape, (std::vector<int32_t>{1, 2, 4, 2}));
  EXPECT_EQ((*unpooled)[0].values, (std::vector<float>{0, 0, 0, 2, 0, 0, 0, 0,  //
                                                       1, 0, 0, 0, 0, 0, 3, 0}));
  for (const float wrong : {-1.0f, 1e30f, -1e30f, NAN}) {
    const FloatTensor nowhere = {{1, 1, 2, 2}, {wrong, wrong, wrong, wrong}};
    const auto empty =
        RunCustom("MaxUnpooling2D", {values, nowhere}, 1, PoolOptions({1, 2, 2, 2, 2, 0}));
    ASSERT_TRUE(empty.ok()) << empty.status().ToString();
    EXPECT_EQ((*empty)[0].values, std::vector<float>(16, 0.0f));
  }
}

TEST(MediaPipePools, RefuseOptionsThatMakeNoSense) {
  const FloatTensor image = {{1, 1, 1, 1}, {1}};
  const std::vector<std::vector<int32_t>> wrong = {
      {},
      {1, 1, 1, 1, 1},
      {0, 1, 1, 1, 1, 0},
      {1, 0, 1, 1, 1, 0},
      {1, 1, -1, 1, 1, 0},
      {1, 1, 1, 0, 1, 0},
      {1, 1, 1, 1, 1, 4},
  };
  for (const std::vector<int32_t>& numbers : wrong) {
    EXPECT_FALSE(RunCustom("MaxPoolingWithArgmax2D", {image}, 2, PoolOptions(numbers)).ok());
    EXPECT_FALSE(RunCustom("MaxUnpooling2D", {image, image}, 1, PoolOptions(numbers)).ok());
  }
  // An output of 2^62 elements.
  constexpr int32_t kHuge = INT32_MAX;
  EXPECT_FALSE(
      RunCustom("MaxUnpooling2D", {image, image}, 1, PoolOptions({1, 1, 1, kHuge, kHuge, 0})).ok());
}

// {"a": 1, "b": -2.5, "s": "x", "t": true} as the FlexBuffers library of Python writes it.
const std::vector<uint8_t> kMap = {
    'a', 0,  'b', 0,  's', 0, 1,  'x', 0,  't', 0,     // keys, and the text
    4,   12, 11,  10, 6,                               // the list of keys
    4,   0,  0,   0,  1,   0, 0,  0,   4,  0,   0, 0,  // where, how wide, how many
    1,   0,  0,   0,  0,   0, 32, 192, 29, 0,   0, 0, 1, 0, 0, 0, 6, 14, 20, 106,  // values, types
    20,  38, 1};                                                                   // the root

// {"x": 2.5}, the number apart from the map.
const std::vector<uint8_t> kIndirect = {'x', 0, 0, 0, 32, 64, 1, 7, 1, 1, 1, 9, 34, 2, 36, 1};

TEST(FlexbufferMap, ReadsNumbersAndLeavesOutTheRest) {
  const auto map = FlexbufferMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->Number("a"), 1.0);
  EXPECT_EQ(map->Number("b"), -2.5);
  EXPECT_EQ(map->Number("t"), 1.0);
  EXPECT_EQ(map->Number("s"), std::nullopt);
  EXPECT_EQ(map->Number("u"), std::nullopt);
  const auto indirect = FlexbufferMap::Parse(kIndirect);
  ASSERT_TRUE(indirect.has_value());
  EXPECT_EQ(indirect->Number("x"), 2.5);
}

TEST(FlexbufferMap, SurvivesAnyBytes) {
  // Every value of each byte, and every length: the sanitizers watch.
  size_t maps = 0;
  for (const std::vector<uint8_t>& map : {kMap, kIndirect}) {
    for (size_t i = 0; i < map.size(); ++i) {
      maps +=
          FlexbufferMap::Parse(std::vector<uint8_t>(map.begin(), map.begin() + static_cast<int>(i)))
              .has_value();
      for (int value = 0; value < 256; ++value) {
        std::vector<uint8_t> bytes = map;
        bytes[i] = static_cast<uint8_t>(value);
        maps += FlexbufferMap::Parse(bytes).has_value();
      }
    }
  }
  // Many changes hit content alone, and leave a map.
  EXPECT_GT(maps, 0u);
}

TEST(DetectionPostprocess, RefusesOptionsThatAreNotAMap) {
  const FloatTensor boxes = {{1, 1, 4}, {0, 0, 0, 0}};
  const FloatTensor scores = {{1, 1, 2}, {0, 1}};
  const FloatTensor anchors = {{1, 4}, {0, 0, 1, 1}};
  for (const ByteVector& options : {ByteVector{}, ByteVector{1, 2, 3}, ByteVector(40, 0xFF),
                                    ByteVector(kMap.begin(), kMap.end())}) {
    const auto result =
        RunCustom("TFLite_Detection_PostProcess", {boxes, scores, anchors}, 4, options);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), StatusCode::kInvalidModel);
  }
}

}  // namespace
}  // namespace octolite
