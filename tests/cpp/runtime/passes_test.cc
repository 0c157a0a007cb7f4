// What the passes of the runtime fold, share and give back, and that nothing of it shows: every
// model here runs with and without them, to the same bytes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/interpreter.h"
#include "support/model_builder.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::PerTensor;

std::shared_ptr<const Plan> Compile(const ModelBuilder& builder, bool observed = false,
                                    Arithmetic arithmetic = Arithmetic::kLitert) {
  PlanOptions options;
  options.observed = observed;
  options.arithmetic = arithmetic;
  auto plan = Plan::Compile(std::make_shared<const Model>(builder.Build()), options);
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  return plan.ok() ? *plan : nullptr;
}

void FillInputs(Interpreter& interpreter) {
  uint32_t state = 1;
  for (int i = 0; i < interpreter.num_inputs(); ++i) {
    RuntimeTensor& input = interpreter.input(i);
    const bool is_float = input.type == DataType::kFloat32;
    for (size_t at = 0; at < input.bytes; at += is_float ? sizeof(float) : 1) {
      state = state * 1664525u + 1013904223u;
      if (is_float) {
        const float value = static_cast<float>(state >> 24) / 32.0f - 4.0f;
        std::memcpy(input.data + at, &value, sizeof(value));
      } else {
        input.data[at] = static_cast<uint8_t>(state >> 24);
      }
    }
  }
}

// The outputs, one after the other, of the second of two runs.
ByteVector Outputs(const std::shared_ptr<const Plan>& plan) {
  auto interpreter = Interpreter::Create(plan);
  EXPECT_TRUE(interpreter.ok());
  ByteVector bytes;
  for (int run = 0; run < 2; ++run) {
    FillInputs(**interpreter);
    const Status status = (*interpreter)->Invoke();
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  for (int i = 0; i < (*interpreter)->num_outputs(); ++i) {
    const RuntimeTensor& output = (*interpreter)->output(i);
    bytes.insert(bytes.end(), output.data, output.data + output.bytes);
  }
  return bytes;
}

// Runs the model with and without the passes, in both arithmetics, and counts the nodes with them.
size_t NodesOfSameResult(const ModelBuilder& builder) {
  size_t nodes = 0;
  for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
    const auto with = Compile(builder, false, arithmetic);
    const auto without = Compile(builder, true, arithmetic);
    if (!with || !without) return 0;
    EXPECT_EQ(without->nodes().size(), builder.Build().subgraphs[0].operators.size());
    EXPECT_EQ(Outputs(with), Outputs(without));
    EXPECT_LE(with->arena_bytes(), without->arena_bytes());
    nodes = with->nodes().size();
  }
  return nodes;
}

template <typename T>
std::vector<T> Numbers(size_t count, uint32_t seed) {
  std::vector<T> values(count);
  for (T& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<T>(static_cast<int32_t>(seed >> 24) - 128);
  }
  return values;
}

// --- Activations --------------------------------------------------------------------------------

struct ActivationCase {
  BuiltinOp activation = BuiltinOp::kRelu6;
  int64_t fused = 0;      // what the first operator has already
  bool output = false;    // the tensor between is an output too
  bool variable = false;  // the last tensor is a variable
  bool float32 = true;
  Quantization after = PerTensor(0.5f, -10);
};

// FULLY_CONNECTED, then an activation; integers have the parameters (0.5, -10) between the two.
ModelBuilder ActivationBehind(const ActivationCase& c) {
  ModelBuilder builder;
  const DataType type = c.float32 ? DataType::kFloat32 : DataType::kInt8;
  const int32_t x = builder.AddTensor("x", type, {3, 4}, PerTensor(0.25f, 3));
  const int32_t w = c.float32 ? builder.AddConstant<float>("w", {9, 4}, Numbers<float>(36, 5))
                              : builder.AddConstant<int8_t>("w", {9, 4}, Numbers<int8_t>(36, 5),
                                                            PerTensor(0.01f));
  const int32_t y = builder.AddTensor("y", type, {3, 9}, PerTensor(0.5f, -10));
  const int32_t z = builder.AddTensor("z", type, {3, 9}, c.after);
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, kNoTensor}, {y},
                {{"fused_activation_function", c.fused}}, 4);
  builder.AddOp(c.activation, {y}, {z});
  builder.tensor(z).is_variable = c.variable;
  builder.Inputs({x}).Outputs(c.output ? std::vector<int32_t>{z, y} : std::vector<int32_t>{z});
  return builder;
}

TEST(FuseActivation, FloatActivationsBecomeTheOperatorsOwn) {
  for (const BuiltinOp op : {BuiltinOp::kRelu, BuiltinOp::kRelu6, BuiltinOp::kReluN1To1}) {
    EXPECT_EQ(NodesOfSameResult(ActivationBehind({.activation = op})), 1u);
  }
}

TEST(FuseActivation, ReluOfTheSameScaleBecomesABoundOfIntegers) {
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.activation = BuiltinOp::kRelu, .float32 = false})),
            1u);
}

TEST(FuseActivation, NotWhereIntegersAreScaledOrHaveAnUpperBound) {
  EXPECT_EQ(NodesOfSameResult(ActivationBehind(
                {.activation = BuiltinOp::kRelu, .float32 = false, .after = PerTensor(0.4f, -10)})),
            2u);
  EXPECT_EQ(NodesOfSameResult(ActivationBehind(
                {.activation = BuiltinOp::kRelu, .float32 = false, .after = PerTensor(0.5f, -9)})),
            2u);
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.float32 = false})), 2u);
}

TEST(FuseActivation, NotWhereTheTensorBetweenIsSeen) {
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.output = true})), 2u);
  ModelBuilder builder = ActivationBehind({});
  const int32_t other = builder.AddTensor("other", DataType::kFloat32, {3, 9});
  builder.AddOp(BuiltinOp::kNeg, {2}, {other});
  EXPECT_EQ(NodesOfSameResult(builder.Outputs({3, other})), 3u);
}

TEST(FuseActivation, NotWhereThereIsOneAlreadyOrTheResultIsKept) {
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.fused = 1})), 2u);
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.variable = true})), 2u);
}

TEST(FuseActivation, NotBehindOtherOperatorsNorOtherFunctions) {
  EXPECT_EQ(NodesOfSameResult(ActivationBehind({.activation = BuiltinOp::kTanh})), 2u);
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {5});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {5});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {5});
  builder.AddOp(BuiltinOp::kNeg, {x}, {y});
  builder.AddOp(BuiltinOp::kRelu, {y}, {z});
  EXPECT_EQ(NodesOfSameResult(builder.Inputs({x}).Outputs({z})), 2u);
}

TEST(FuseActivation, ARefusalNamesTheActivation) {
  ModelBuilder builder = ActivationBehind({});
  builder.tensor(3).type = DataType::kInt32;
  const auto plan = Plan::Compile(std::make_shared<const Model>(builder.Build()), {});
  EXPECT_EQ(plan.status().where().op_name, "RELU6");
}

// --- Padding ------------------------------------------------------------------------------------

struct PaddingCase {
  DataType type = DataType::kFloat32;
  std::vector<int32_t> amounts = {0, 0, 1, 2, 2, 0, 0, 0};
  bool depthwise = false;
  bool dynamic_weights = false;
  int64_t same = 0;  // whether the convolution pads too
  int64_t stride = 1;
  int32_t window = 3;
  bool output = false;                        // the padded image is an output too
  std::optional<float> value = std::nullopt;  // of PADV2, in units of the type
  Quantization padded = PerTensor(0.25f, 5);
};

// PAD or PADV2 [2, 5, 6, 8], then a convolution to 8 channels.
ModelBuilder PaddingBefore(const PaddingCase& c) {
  ModelBuilder builder;
  const bool is_float = c.type == DataType::kFloat32;
  const Quantization parameters = PerTensor(0.25f, 5);
  const auto quantized = [&](const Quantization& q) { return is_float ? Quantization() : q; };
  const std::vector<int32_t> image = {2, 5, 6, 8};
  const int32_t x = builder.AddTensor("x", c.type, image, quantized(parameters));
  const int32_t amounts = builder.AddConstant<int32_t>("amounts", {4, 2}, c.amounts);
  std::vector<int32_t> shape = image;
  for (size_t i = 0; i < 4; ++i) shape[i] += c.amounts[2 * i] + c.amounts[2 * i + 1];
  const int32_t padded = builder.AddTensor("padded", c.type, shape, quantized(c.padded));
  if (c.value) {
    const int32_t value =
        is_float ? builder.AddConstant<float>("value", {1}, {*c.value})
                 : builder.AddConstantBytes("value", c.type, {1},
                                            {static_cast<uint8_t>(static_cast<int>(*c.value))});
    builder.tensor(value).quantization = quantized(parameters);
    builder.AddOp(BuiltinOp::kPadv2, {x, amounts, value}, {padded});
  } else {
    builder.AddOp(BuiltinOp::kPad, {x, amounts}, {padded});
  }
  const int32_t channels = shape[3];
  const int32_t outputs = c.depthwise ? channels : 8;
  const std::vector<int32_t> w_shape = c.depthwise
                                           ? std::vector{1, c.window, c.window, channels}
                                           : std::vector{outputs, c.window, c.window, channels};
  const auto count = static_cast<size_t>(w_shape[0] * c.window * c.window * channels);
  const int32_t w =
      c.type == DataType::kUInt8
          ? builder.AddConstant<uint8_t>("w", w_shape, Numbers<uint8_t>(count, 7),
                                         PerTensor(0.01f, 120))
      : is_float && !c.dynamic_weights
          ? builder.AddConstant<float>("w", w_shape, Numbers<float>(count, 7))
          : builder.AddConstant<int8_t>("w", w_shape, Numbers<int8_t>(count, 7), PerTensor(0.01f));
  const int32_t y = builder.AddTensor("y", c.type, {1, 1, 1, 1}, quantized(PerTensor(1.5f, 5)));
  builder.AddOp(c.depthwise ? BuiltinOp::kDepthwiseConv2D : BuiltinOp::kConv2D,
                {padded, w, kNoTensor}, {y},
                {{"padding", 1 - c.same}, {"stride_h", c.stride}, {"stride_w", c.stride}}, 3);
  builder.Inputs({x}).Outputs(c.output ? std::vector<int32_t>{y, padded} : std::vector<int32_t>{y});
  return builder;
}

TEST(FoldPadding, RowsAndColumnsOfZerosBecomeTheConvolutionsOwn) {
  for (const DataType type : {DataType::kFloat32, DataType::kInt8, DataType::kUInt8}) {
    for (const bool depthwise : {false, true}) {
      for (const int64_t stride : {1, 2}) {
        for (const int64_t same : {0, 1}) {
          SCOPED_TRACE(std::string(DataTypeName(type)) + (depthwise ? " depthwise" : "") +
                       " stride " + std::to_string(stride) + (same ? " SAME" : " VALID"));
          EXPECT_EQ(NodesOfSameResult(PaddingBefore(
                        {.type = type, .depthwise = depthwise, .same = same, .stride = stride})),
                    1u);
        }
      }
    }
  }
}

TEST(FoldPadding, OfWeightsAloneQuantized) {
  for (const bool depthwise : {false, true}) {
    EXPECT_EQ(NodesOfSameResult(PaddingBefore({.depthwise = depthwise, .dynamic_weights = true})),
              1u);
  }
}

TEST(FoldPadding, PadV2WithTheValueOfZero) {
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.value = 0.0f})), 1u);
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.type = DataType::kInt8, .value = 5.0f})), 1u);
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.type = DataType::kUInt8, .value = 5.0f})), 1u);
}

TEST(FoldPadding, NotWithOtherValues) {
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.value = 1.0f})), 2u);
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.type = DataType::kInt8, .value = 0.0f})), 2u);
}

TEST(FoldPadding, NotOfChannelsOrImages) {
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.amounts = {0, 0, 1, 1, 1, 1, 0, 8}})), 2u);
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.amounts = {1, 0, 1, 1, 1, 1, 0, 0}})), 2u);
}

TEST(FoldPadding, NotBeyondTheWindow) {
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.amounts = {0, 0, 3, 0, 0, 0, 0, 0}})), 2u);
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.amounts = {0, 0, 0, 0, 0, 1, 0, 0}, .window = 1})),
            2u);
}

TEST(FoldPadding, NotWhereThePaddedImageIsSeen) {
  EXPECT_EQ(NodesOfSameResult(PaddingBefore({.output = true})), 2u);
  ModelBuilder builder = PaddingBefore({});
  const int32_t other = builder.AddTensor("other", DataType::kFloat32, {2, 8, 8, 8});
  builder.AddOp(BuiltinOp::kNeg, {2}, {other});
  EXPECT_EQ(NodesOfSameResult(builder.Outputs({4, other})), 3u);
}

TEST(FoldPadding, TogetherWithAnActivation) {
  ModelBuilder builder = PaddingBefore({});
  const int32_t z = builder.AddTensor("z", DataType::kFloat32, {1, 1, 1, 1});
  builder.AddOp(BuiltinOp::kRelu6, {4}, {z});
  EXPECT_EQ(NodesOfSameResult(builder.Outputs({z})), 1u);
}

// --- Constants ----------------------------------------------------------------------------------

// FULLY_CONNECTED whose weights are float16, 64 x 64.
ModelBuilder HalfWeights() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 64});
  ByteVector halves(64 * 64 * 2);
  for (size_t i = 0; i < halves.size(); i += 2) halves[i + 1] = static_cast<uint8_t>(0x30 + i % 16);
  const int32_t half = builder.AddConstantBytes("half", DataType::kFloat16, {64, 64}, halves);
  const int32_t whole = builder.AddTensor("whole", DataType::kFloat32, {64, 64});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 64});
  builder.AddOp(BuiltinOp::kDequantize, {half}, {whole});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, whole, kNoTensor}, {y});
  return builder.Inputs({x}).Outputs({y});
}

constexpr size_t kHalfWeightsAsFloats = 64 * 64 * 4;

TEST(ReleaseConstants, FoldedWeightsAreHeldOnceWhenTheyArePacked) {
  const ModelBuilder builder = HalfWeights();
  const auto with = Compile(builder);
  const auto without = Compile(builder, true);
  EXPECT_EQ(Outputs(with), Outputs(without));
  EXPECT_EQ(with->owned_bytes() + kHalfWeightsAsFloats, without->owned_bytes());
  EXPECT_EQ(with->tensors()[2].place, TensorPlace::kUnused);
}

TEST(ReleaseConstants, NotWhereAnOutputOrAnotherOperatorReadsThem) {
  ModelBuilder shown = HalfWeights();
  shown.Outputs({3, 2});
  ModelBuilder read = HalfWeights();
  const int32_t sum = read.AddTensor("sum", DataType::kFloat32, {64, 64});
  read.AddOp(BuiltinOp::kAdd, {2, 0}, {sum});
  read.Outputs({3, sum});
  for (const ModelBuilder& builder : {shown, read}) {
    const auto with = Compile(builder);
    EXPECT_EQ(Outputs(with), Outputs(Compile(builder, true)));
    EXPECT_EQ(with->tensors()[2].place, TensorPlace::kConstant);
  }
}

// --- Memory -------------------------------------------------------------------------------------

// x [4, 6] -> NEG -> RESHAPE -> NEG, with the tensors x, a, shape, b, y.
ModelBuilder ReshapeBetween() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {4, 6});
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, {4, 6});
  const int32_t shape = builder.AddConstant<int32_t>("shape", {1}, {24});
  const int32_t b = builder.AddTensor("b", DataType::kFloat32, {24});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {24});
  builder.AddOp(BuiltinOp::kNeg, {x}, {a});
  builder.AddOp(BuiltinOp::kReshape, {a, shape}, {b});
  builder.AddOp(BuiltinOp::kNeg, {b}, {y});
  return builder.Inputs({x}).Outputs({y});
}

TEST(ShareMemory, AReshapeIsAView) {
  const ModelBuilder builder = ReshapeBetween();
  EXPECT_EQ(NodesOfSameResult(builder), 3u);
  for (const bool observed : {false, true}) {
    const auto plan = Compile(builder, observed);
    EXPECT_EQ(plan->tensors()[1].arena_offset, plan->tensors()[3].arena_offset);
  }
}

TEST(ShareMemory, AViewLivesAsLongAsWhatItShows) {
  ModelBuilder builder = ReshapeBetween();
  const int32_t c = builder.AddTensor("c", DataType::kFloat32, {24});
  const int32_t d = builder.AddTensor("d", DataType::kFloat32, {4, 6});
  builder.AddOp(BuiltinOp::kNeg, {4}, {c});
  builder.AddOp(BuiltinOp::kAdd, {1, 0}, {d});
  builder.Outputs({c, d});
  EXPECT_EQ(NodesOfSameResult(builder), 5u);
}

TEST(ShareMemory, NotWithKeepAllTensors) {
  PlanOptions options;
  options.keep_all_tensors = true;
  const auto plan = Plan::Compile(std::make_shared<const Model>(ReshapeBetween().Build()), options);
  ASSERT_TRUE(plan.ok());
  EXPECT_NE((*plan)->tensors()[1].arena_offset, (*plan)->tensors()[3].arena_offset);
}

TEST(ShareMemory, AnOutputIsNoViewOfAnInput) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {4, 6});
  const int32_t shape = builder.AddConstant<int32_t>("shape", {1}, {24});
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, {24});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {24});
  builder.AddOp(BuiltinOp::kReshape, {x, shape}, {a});
  builder.AddOp(BuiltinOp::kReshape, {a, shape}, {y});
  const auto plan = Compile(builder.Inputs({x}).Outputs({y}));
  EXPECT_EQ(plan->tensors()[0].arena_offset, plan->tensors()[2].arena_offset);
  EXPECT_NE(plan->tensors()[0].arena_offset, plan->tensors()[3].arena_offset);
}

struct InPlaceCase {
  BuiltinOp op;
  DataType type = DataType::kFloat32;
  std::vector<int32_t> other = {};  // shape of a second operand, n where 0; none if empty
  Quantization output = PerTensor(0.5f, 10);
};

// The operator on the result of a CONCATENATION of one, which it may write over. Shapes [3, n].
ModelBuilder OnTheDying(const InPlaceCase& c, int32_t n, bool swapped) {
  ModelBuilder builder;
  const Quantization q = PerTensor(0.25f, 3);
  const int32_t x = builder.AddTensor("x", c.type, {3, n}, q);
  const int32_t dying = builder.AddTensor("dying", c.type, {3, n}, q);
  const int32_t y = builder.AddTensor("y", c.type, {3, n}, c.output);
  builder.AddOp(BuiltinOp::kConcatenation, {x}, {dying});
  std::vector<int32_t> operands = {dying};
  builder.Inputs({x});
  if (!c.other.empty()) {
    std::vector<int32_t> shape = c.other;
    std::ranges::replace(shape, 0, n);
    const int32_t other = builder.AddTensor("other", c.type, shape, q);
    operands.insert(swapped ? operands.begin() : operands.end(), other);
    builder.Inputs({x, other});
  }
  ModelBuilder::Fields options;
  if (c.op == BuiltinOp::kSoftmax) options = {{"beta", 1.0}};
  if (c.op == BuiltinOp::kLeakyRelu) options = {{"alpha", 0.1}};
  builder.AddOp(c.op, operands, {y}, options);
  return builder.Outputs({y});
}

TEST(ShareMemory, OperatorsWriteOverInputsThatDie) {
  std::vector<InPlaceCase> cases;
  for (const BuiltinOp op :
       {BuiltinOp::kRelu, BuiltinOp::kRelu6, BuiltinOp::kLogistic, BuiltinOp::kTanh,
        BuiltinOp::kHardSwish, BuiltinOp::kLeakyRelu, BuiltinOp::kSoftmax}) {
    cases.push_back({.op = op});
  }
  for (const DataType type : {DataType::kInt8, DataType::kUInt8}) {
    cases.push_back({.op = BuiltinOp::kRelu, .type = type});
    cases.push_back({.op = BuiltinOp::kQuantize, .type = type});
    cases.push_back({.op = BuiltinOp::kSoftmax,
                     .type = type,
                     .output = PerTensor(1.0f / 256, type == DataType::kInt8 ? -128 : 0)});
  }
  for (const DataType type : {DataType::kFloat32, DataType::kInt8, DataType::kUInt8}) {
    for (const BuiltinOp op : {BuiltinOp::kAdd, BuiltinOp::kSub, BuiltinOp::kMul}) {
      cases.push_back({.op = op, .type = type, .other = {3, 0}});
      cases.push_back({.op = op, .type = type, .other = {3, 1}});
      cases.push_back({.op = op, .type = type, .other = {1}});
    }
  }
  for (const InPlaceCase& c : cases) {
    for (const int32_t n : {2, 7, 16, 53}) {
      for (const bool swapped : {false, true}) {
        SCOPED_TRACE(std::string(BuiltinOpName(static_cast<int32_t>(c.op))) + " " +
                     std::string(DataTypeName(c.type)) + " " + std::to_string(n));
        const ModelBuilder builder = OnTheDying(c, n, swapped);
        EXPECT_EQ(NodesOfSameResult(builder), 2u);
        EXPECT_EQ(Compile(builder)->tensors()[1].arena_offset,
                  Compile(builder)->tensors()[2].arena_offset);
        EXPECT_NE(Compile(builder, true)->tensors()[1].arena_offset,
                  Compile(builder, true)->tensors()[2].arena_offset);
      }
    }
  }
}

TEST(ShareMemory, NotOverWhatIsReadLaterOrSeen) {
  // x, dying, y; then dying is read again, or is an output.
  ModelBuilder again = OnTheDying({.op = BuiltinOp::kLogistic}, 5, false);
  const int32_t sum = again.AddTensor("sum", DataType::kFloat32, {3, 5});
  again.AddOp(BuiltinOp::kSub, {2, 1}, {sum});
  again.Outputs({sum});
  ModelBuilder seen = OnTheDying({.op = BuiltinOp::kLogistic}, 5, false);
  seen.Outputs({2, 1});
  for (const ModelBuilder& builder : {again, seen}) {
    NodesOfSameResult(builder);
    const auto plan = Compile(builder);
    EXPECT_NE(plan->tensors()[1].arena_offset, plan->tensors()[2].arena_offset);
  }
}

TEST(ShareMemory, NotOverAnInputOfTheModelOrARepeatedOperand) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {3, 5});
  const int32_t row = builder.AddTensor("row", DataType::kFloat32, {1, 5});
  const int32_t a = builder.AddTensor("a", DataType::kFloat32, {3, 5});
  const int32_t small = builder.AddTensor("small", DataType::kFloat32, {1, 5});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {3, 5});
  builder.AddOp(BuiltinOp::kLogistic, {x}, {a});
  builder.AddOp(BuiltinOp::kConcatenation, {row}, {small});
  builder.AddOp(BuiltinOp::kAdd, {small, a}, {y});
  builder.Inputs({x, row}).Outputs({y});
  EXPECT_EQ(NodesOfSameResult(builder), 3u);
  const auto plan = Compile(builder);
  EXPECT_NE(plan->tensors()[0].arena_offset, plan->tensors()[2].arena_offset);
  EXPECT_NE(plan->tensors()[3].arena_offset, plan->tensors()[4].arena_offset);
  EXPECT_EQ(plan->tensors()[2].arena_offset, plan->tensors()[4].arena_offset);
}

}  // namespace
}  // namespace octolite
