#include "cases.h"

#include <utility>

namespace octolite::bench {
namespace {

constexpr int64_t kSame = 0;
constexpr int64_t kRelu6 = 3;

std::string Text(const Dims& dims) {
  std::string text;
  for (const int32_t size : dims) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

Fields Window(int32_t stride) {
  return {{"padding", kSame},
          {"stride_w", int64_t{stride}},
          {"stride_h", int64_t{stride}},
          {"fused_activation_function", kRelu6}};
}

// Rows x depth by units x depth.
Case Matrix(const char* origin, int32_t rows, int32_t depth, int32_t units, Numbers numbers) {
  const Dims input = {rows, depth};
  const Dims weights = {units, depth};
  return {"matrix", Text({rows, depth, units}) + " " + origin, numbers, false,
          [=] { return Weighted(BuiltinOp::kFullyConnected, numbers, input, weights, 0, {}); }};
}

// A square image and window; channels in and out.
Case Convolution(const char* origin, int32_t size, int32_t window, int32_t stride, int32_t from,
                 int32_t to, Numbers numbers) {
  const Dims input = {1, size, size, from};
  const Dims weights = {to, window, window, from};
  const std::string name = Text({size, size, from}) + " -> " + std::to_string(to) + ", " +
                           Text({window, window}) + "/" + std::to_string(stride) + " " + origin;
  return {"convolution", name, numbers, false,
          [=] { return Weighted(BuiltinOp::kConv2D, numbers, input, weights, 0, Window(stride)); }};
}

Case Depthwise(const char* origin, int32_t size, int32_t window, int32_t stride, int32_t channels,
               Numbers numbers) {
  const Dims input = {1, size, size, channels};
  const Dims weights = {1, window, window, channels};
  Fields options = Window(stride);
  options.push_back({"depth_multiplier", int64_t{1}});
  const std::string name = Text({size, size, channels}) + ", " + Text({window, window}) + "/" +
                           std::to_string(stride) + " " + origin;
  return {"depthwise", name, numbers, false, [=] {
            return Weighted(BuiltinOp::kDepthwiseConv2D, numbers, input, weights, 3, options);
          }};
}

Case Elementwise(const char* what, BuiltinOp op, std::vector<Dims> inputs, Numbers numbers,
                 Fields options = {}, std::vector<int32_t> constant = {}) {
  const std::string name = std::string(what) + " " + Text(inputs[0]);
  return {
      "elementwise", name, numbers, true,
      [=, inputs = std::move(inputs), options = std::move(options),
       constant = std::move(constant)] { return Plain(op, numbers, inputs, options, constant); }};
}

Fields Pool(int32_t window, int32_t stride) {
  Fields options = Window(stride);
  options.back().value = int64_t{0};
  options.push_back({"filter_width", int64_t{window}});
  options.push_back({"filter_height", int64_t{window}});
  return options;
}

void AddMatrices(Numbers numbers, std::vector<Case>& cases) {
  cases.push_back(Matrix("square", 256, 256, 256, numbers));
  cases.push_back(Matrix("deep", 64, 2048, 256, numbers));
  cases.push_back(Matrix("one row", 1, 1280, 1000, numbers));
}

void AddConvolutions(Numbers numbers, std::vector<Case>& cases) {
  cases.push_back(Convolution("MobileNetV1", 224, 3, 2, 3, 32, numbers));
  cases.push_back(Convolution("MobileNetV1", 112, 1, 1, 32, 64, numbers));
  cases.push_back(Convolution("MobileNetV1", 28, 1, 1, 256, 256, numbers));
  cases.push_back(Convolution("MobileNetV1", 14, 1, 1, 512, 512, numbers));
  cases.push_back(Convolution("MobileNetV1", 7, 1, 1, 1024, 1024, numbers));
  cases.push_back(Convolution("MobileNetV2", 56, 1, 1, 24, 144, numbers));
  cases.push_back(Convolution("MobileNetV2", 56, 1, 1, 144, 24, numbers));
  cases.push_back(Convolution("MobileNetV2", 14, 1, 1, 96, 576, numbers));
  cases.push_back(Convolution("MobileNetV2", 7, 1, 1, 320, 1280, numbers));
  cases.push_back(Convolution("ResNet-8", 32, 3, 1, 16, 16, numbers));
  cases.push_back(Convolution("ResNet-8", 32, 3, 2, 16, 32, numbers));
  cases.push_back(Convolution("ResNet-8", 8, 3, 1, 64, 64, numbers));
  cases.push_back(Convolution("BlazeFace", 128, 5, 2, 3, 24, numbers));
  cases.push_back(Convolution("BlazeFace", 64, 1, 1, 24, 24, numbers));
}

void AddDepthwise(Numbers numbers, std::vector<Case>& cases) {
  const auto add = [&](const char* origin, int32_t size, int32_t window, int32_t stride,
                       int32_t channels) {
    cases.push_back(Depthwise(origin, size, window, stride, channels, numbers));
  };
  add("MobileNetV1", 112, 3, 1, 32);
  add("MobileNetV1", 112, 3, 2, 64);
  add("MobileNetV1", 56, 3, 1, 128);
  add("MobileNetV1", 56, 3, 2, 128);
  add("MobileNetV1", 28, 3, 1, 256);
  add("MobileNetV1", 28, 3, 2, 256);
  add("MobileNetV1", 14, 3, 1, 512);
  add("MobileNetV1", 14, 3, 2, 512);
  add("MobileNetV1", 7, 3, 1, 1024);
  add("MobileNetV2", 112, 3, 2, 96);
  add("MobileNetV2", 56, 3, 1, 144);
  add("MobileNetV2", 28, 3, 1, 192);
  add("MobileNetV2", 14, 3, 1, 576);
  add("MobileNetV2", 7, 3, 1, 960);
  add("MobileNetV1 0.25", 48, 3, 1, 8);
  add("MobileNetV1 0.25", 48, 3, 2, 16);
  add("MobileNetV1 0.25", 12, 3, 1, 64);
  add("MobileNetV1 0.25", 6, 3, 1, 128);
  add("BlazeFace", 64, 3, 1, 24);
  add("BlazeFace", 16, 3, 1, 88);
  add("face landmark", 96, 3, 1, 16);
  add("face landmark", 24, 3, 1, 64);
  add("face detector", 32, 5, 1, 96);
  add("face detector", 32, 5, 2, 96);
}

void AddElementwise(Numbers numbers, std::vector<Case>& cases) {
  const Dims image = {1, 56, 56, 64};
  cases.push_back(Elementwise("ADD", BuiltinOp::kAdd, {image, image}, numbers));
  cases.push_back(Elementwise("ADD by channel", BuiltinOp::kAdd, {image, {64}}, numbers));
  cases.push_back(Elementwise("MUL", BuiltinOp::kMul, {image, image}, numbers));
  cases.push_back(Elementwise("LOGISTIC", BuiltinOp::kLogistic, {image}, numbers));
  cases.push_back(Elementwise("TANH", BuiltinOp::kTanh, {image}, numbers));
  cases.push_back(Elementwise("HARD_SWISH", BuiltinOp::kHardSwish, {image}, numbers));
  cases.push_back(Elementwise("MEAN", BuiltinOp::kMean, {image}, numbers, {}, {1, 2}));
  cases.push_back(
      Elementwise("MEAN, few channels", BuiltinOp::kMean, {{1, 224, 224, 8}}, numbers, {}, {1, 2}));
  cases.push_back(
      Elementwise("ADD, few channels", BuiltinOp::kAdd, {{1, 224, 224, 3}, {3}}, numbers));
  cases.push_back(Elementwise("PRELU", BuiltinOp::kPrelu, {{1, 96, 96, 16}, {16}}, numbers));
  if (numbers == Numbers::kInt8) {
    cases.push_back(Elementwise("QUANTIZE", BuiltinOp::kQuantize, {image}, numbers));
  }
  cases.push_back(Elementwise("AVERAGE_POOL 7x7", BuiltinOp::kAveragePool2D, {{1, 7, 7, 1024}},
                              numbers, Pool(7, 7)));
  cases.push_back(
      Elementwise("MAX_POOL 3x3/2", BuiltinOp::kMaxPool2D, {image}, numbers, Pool(3, 2)));
  cases.push_back(
      Elementwise("SOFTMAX", BuiltinOp::kSoftmax, {{64, 1000}}, numbers, {{"beta", 1.0}}));
  cases.push_back(Elementwise("RESIZE_BILINEAR x2", BuiltinOp::kResizeBilinear, {image}, numbers,
                              {}, {112, 112}));
  cases.push_back(Elementwise("RESIZE_BILINEAR x2", BuiltinOp::kResizeBilinear, {{1, 64, 64, 16}},
                              numbers, {}, {128, 128}));
  cases.push_back(Elementwise("RESIZE_NEAREST x2", BuiltinOp::kResizeNearestNeighbor, {image},
                              numbers, {}, {112, 112}));
  cases.push_back(Elementwise("CONCATENATION", BuiltinOp::kConcatenation, {image, image}, numbers,
                              {{"axis", int64_t{3}}}));
}

}  // namespace

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const Numbers numbers : {Numbers::kInt8, Numbers::kFloat32, Numbers::kDynamic}) {
    AddMatrices(numbers, cases);
    AddConvolutions(numbers, cases);
    AddDepthwise(numbers, cases);
  }
  AddMatrices(Numbers::kDynamicInt4, cases);
  for (const Numbers numbers : {Numbers::kInt8, Numbers::kFloat32}) AddElementwise(numbers, cases);
  return cases;
}

}  // namespace octolite::bench
