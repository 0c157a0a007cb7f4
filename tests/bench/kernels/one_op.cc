#include "one_op.h"

#include <utility>

#include "base/rng.h"

namespace octolite::bench {
namespace {

using testing::ModelBuilder;
using testing::PerChannel;
using testing::PerTensor;

constexpr float kInputScale = 0.05f;
constexpr float kWeightScale = 0.01f;
constexpr float kOutputScale = 0.1f;
constexpr int64_t kZeroPoint = 3;

size_t Count(const Dims& dims) {
  size_t count = 1;
  for (const int32_t size : dims) count *= static_cast<size_t>(size);
  return count;
}

std::vector<float> RandomFloats(size_t count, Rng& rng) {
  std::vector<float> values(count);
  for (float& value : values) value = rng.Uniform() - 0.5f;
  return values;
}

std::vector<int8_t> RandomBytes(size_t count, Rng& rng) {
  std::vector<int8_t> values(count);
  for (int8_t& value : values) value = static_cast<int8_t>(rng.Integer(-127, 127));
  return values;
}

int32_t AddWeights(ModelBuilder& builder, Numbers numbers, const Dims& dims, Rng& rng) {
  const size_t count = Count(dims);
  if (numbers == Numbers::kFloat32) return builder.AddConstant("w", dims, RandomFloats(count, rng));
  if (numbers != Numbers::kDynamicInt4) {
    return builder.AddConstant("w", dims, RandomBytes(count, rng));
  }
  ByteVector pairs(count / 2);
  for (uint8_t& pair : pairs) pair = static_cast<uint8_t>(rng.Integer(0, 255));
  return builder.AddConstantBytes("w", DataType::kInt4, dims, std::move(pairs));
}

// Of the operators that have one of their own.
Quantization OutputQuantization(BuiltinOp op) {
  if (op == BuiltinOp::kSoftmax || op == BuiltinOp::kLogistic) return PerTensor(1.0f / 256, -128);
  if (op == BuiltinOp::kTanh) return PerTensor(1.0f / 128);
  return PerTensor(kInputScale, kZeroPoint);
}

}  // namespace

const char* NumbersName(Numbers numbers) {
  switch (numbers) {
    case Numbers::kFloat32:
      return "float32";
    case Numbers::kInt8:
      return "int8";
    case Numbers::kDynamic:
      return "dynamic";
    case Numbers::kDynamicInt4:
      return "dynamic int4";
  }
}

Model Weighted(BuiltinOp op, Numbers numbers, const Dims& input, const Dims& weights,
               int32_t channel_dimension, const Fields& options) {
  Rng rng(1);
  ModelBuilder builder;
  const int32_t channels = weights[static_cast<size_t>(channel_dimension)];
  const auto scales = [&](float scale) {
    return std::vector<float>(static_cast<size_t>(channels), scale);
  };
  const bool quantized = numbers == Numbers::kInt8;
  const DataType type = quantized ? DataType::kInt8 : DataType::kFloat32;
  const int32_t x = builder.AddTensor("x", type, input);
  const int32_t y = builder.AddTensor("y", type, {});
  if (quantized) {
    builder.tensor(x).quantization = PerTensor(kInputScale, kZeroPoint);
    builder.tensor(y).quantization = PerTensor(kOutputScale, kZeroPoint);
  }
  const int32_t w = AddWeights(builder, numbers, weights, rng);
  if (numbers != Numbers::kFloat32) {
    builder.tensor(w).quantization = PerChannel(scales(kWeightScale), channel_dimension);
  }
  const Dims bias_dims = {channels};
  const int32_t bias =
      quantized ? builder.AddConstant("b", bias_dims, std::vector<int32_t>(Count(bias_dims), 100),
                                      PerChannel(scales(kInputScale * kWeightScale)))
                : builder.AddConstant("b", bias_dims, RandomFloats(Count(bias_dims), rng));
  builder.AddOp(op, {x, w, bias}, {y}, options);
  return builder.Inputs({x}).Outputs({y}).Build();
}

Model Plain(BuiltinOp op, Numbers numbers, const std::vector<Dims>& inputs, const Fields& options,
            const std::vector<int32_t>& constant) {
  ModelBuilder builder;
  const bool quantized = numbers == Numbers::kInt8;
  const DataType type = quantized ? DataType::kInt8 : DataType::kFloat32;
  std::vector<int32_t> model_inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int32_t x = builder.AddTensor("x" + std::to_string(i), type, inputs[i]);
    if (quantized) builder.tensor(x).quantization = PerTensor(kInputScale, kZeroPoint);
    model_inputs.push_back(x);
  }
  std::vector<int32_t> operands = model_inputs;
  if (!constant.empty()) {
    operands.push_back(builder.AddConstant("c", {static_cast<int32_t>(constant.size())}, constant));
  }
  const int32_t y = builder.AddTensor("y", type, {});
  if (quantized) builder.tensor(y).quantization = OutputQuantization(op);
  builder.AddOp(op, operands, {y}, options);
  return builder.Inputs(model_inputs).Outputs({y}).Build();
}

}  // namespace octolite::bench
