// LSTM, RNN and SVDF in all their forms: the state between runs, what goldens cannot show, and
// refusals.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "support/model_builder.h"
#include "support/op_runner.h"

namespace octolite {
namespace {

using testing::ModelBuilder;
using testing::OneOp;
using testing::PerTensor;

using Floats = std::vector<float>;

constexpr DataType kFloat = DataType::kFloat32;

Result<std::unique_ptr<Interpreter>> MakeInterpreter(Model model) {
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(std::move(model)), {}));
  return Interpreter::Create(std::move(plan));
}

void ExpectRefused(Model model, StatusCode code, const std::string& text) {
  const auto interpreter = MakeInterpreter(std::move(model));
  ASSERT_FALSE(interpreter.ok()) << "runs instead of saying " << text;
  EXPECT_EQ(interpreter.status().code(), code);
  EXPECT_NE(interpreter.status().ToString().find(text), std::string::npos)
      << interpreter.status().ToString();
}

int32_t AddVariable(ModelBuilder& builder, DataType type, std::vector<int32_t> shape) {
  const int32_t id = builder.AddTensor("state", type, std::move(shape));
  builder.tensor(id).is_variable = true;
  return id;
}

// One unit that adds half of what it was to its input.
Model HalvingRnn(const std::function<void(ModelBuilder&, std::vector<int32_t>&)>& change = {}) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", kFloat, {1, 1});
  std::vector<int32_t> inputs = {x, builder.AddConstant<float>("w", {1, 1}, {1}),
                                 builder.AddConstant<float>("r", {1, 1}, {0.5f}),
                                 builder.AddConstant<float>("b", {1}, {0}),
                                 AddVariable(builder, kFloat, {1, 1})};
  if (change) change(builder, inputs);
  const int32_t y = builder.AddTensor("y", kFloat, {1, 1});
  builder.AddOp(BuiltinOp::kRnn, inputs, {y}, {{"fused_activation_function", int64_t{0}}});
  return builder.Inputs({x}).Outputs({y}).Build();
}

float RunOnce(Interpreter& interpreter, float x) {
  EXPECT_TRUE(interpreter.SetInput(0, OneOp::BytesOf(Floats{x})).ok());
  EXPECT_TRUE(interpreter.Invoke().ok());
  return *reinterpret_cast<const float*>(interpreter.output(0).data);
}

TEST(Rnn, KeepsItsStateUntilReset) {
  const auto interpreter = MakeInterpreter(HalvingRnn());
  ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
  EXPECT_EQ(RunOnce(**interpreter, 1), 1.0f);
  EXPECT_EQ(RunOnce(**interpreter, 1), 1.5f);
  EXPECT_EQ(RunOnce(**interpreter, 4), 4.75f);
  (*interpreter)->ResetState();
  EXPECT_EQ(RunOnce(**interpreter, 1), 1.0f);
}

TEST(Rnn, InterpretersOfOnePlanHaveStatesOfTheirOwn) {
  const auto plan = Plan::Compile(std::make_shared<const Model>(HalvingRnn()), {});
  ASSERT_TRUE(plan.ok());
  const auto first = Interpreter::Create(*plan);
  const auto second = Interpreter::Create(*plan);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(RunOnce(**first, 8), 8.0f);
  EXPECT_EQ(RunOnce(**second, 1), 1.0f);
  EXPECT_EQ(RunOnce(**first, 1), 5.0f);
}

TEST(Rnn, Refusals) {
  const auto expect = [](auto change, const std::string& text) {
    ExpectRefused(HalvingRnn(change), StatusCode::kInvalidModel, text);
  };
  expect([](ModelBuilder& b, auto& in) { b.tensor(in[4]).shape = {1, 2}; }, "state has 1 elements");
  expect([](ModelBuilder& b, auto& in) { in[4] = b.AddConstant<float>("c", {1, 1}, {0}); },
         "not a variable");
  expect([](ModelBuilder& b, auto& in) { in[2] = b.AddConstant<float>("r", {1, 2}, {0, 0}); },
         "where [1,1] is needed");
  expect([](ModelBuilder&, auto& in) { in[3] = kNoTensor; }, "is missing");
  expect([](ModelBuilder&, auto& in) { in.pop_back(); }, "4 inputs");
  expect([](ModelBuilder& b, auto& in) { b.tensor(in[0]).shape = {1, 1, 1}; }, "2 dimensions");
  expect([](ModelBuilder& b, auto& in) { in[1] = b.AddConstant<int8_t>("w", {1, 1}, {1}); },
         "exactly one scale");
}

// SVDF of one unit of rank 1 on int8, with a state of type T.
template <typename T>
Model IntegerSvdf(int64_t activation, const Quantization& state_type) {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kInt8, {1, 1}, PerTensor(1, 1));
  const int32_t state = AddVariable(builder, kDataTypeOf<T>, {1, 3});
  builder.tensor(state).quantization = state_type;
  const std::vector<int32_t> inputs = {
      x, builder.AddConstant<int8_t>("feature", {1, 1}, {2}, PerTensor(1)),
      builder.AddConstant<T>("time", {1, 3}, {1, 10, 3}, PerTensor(1)),
      builder.AddConstant<int32_t>("bias", {1}, {5}, PerTensor(1)), state};
  const int32_t y = builder.AddTensor("y", DataType::kInt8, {1, 1}, PerTensor(1, -100));
  builder.AddOp(BuiltinOp::kSvdf, inputs, {y},
                {{"rank", int64_t{1}}, {"fused_activation_function", activation}});
  return builder.Inputs({x}).Outputs({y}).Build();
}

template <typename T>
void ExpectSvdfSums(const Quantization& state_type) {
  auto interpreter = MakeInterpreter(IntegerSvdf<T>(1, state_type));
  ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
  const auto step = [&](int8_t x) {
    EXPECT_TRUE((*interpreter)->SetInput(0, OneOp::BytesOf(std::vector<int8_t>{x})).ok());
    EXPECT_TRUE((*interpreter)->Invoke().ok());
    return static_cast<int>(*reinterpret_cast<const int8_t*>((*interpreter)->output(0).data));
  };
  EXPECT_EQ(step(4), 3 * 6 + 5 - 100);
  EXPECT_EQ(step(0), 3 * -2 + 10 * 6 + 5 - 100);
  EXPECT_EQ(step(1), 3 * 0 + 10 * -2 + 6 + 5 - 100);
  (*interpreter)->ResetState();
  EXPECT_EQ(step(4), 3 * 6 + 5 - 100);
}

TEST(Svdf, SumsOverTimeWithEitherStateType) {
  ExpectSvdfSums<int16_t>(PerTensor(1));
  ExpectSvdfSums<int8_t>(PerTensor(1));
  ExpectSvdfSums<int8_t>(PerTensor(1, 2));
}

TEST(Svdf, Refusals) {
  ExpectRefused(IntegerSvdf<int16_t>(0, PerTensor(1)), StatusCode::kUnsupportedOperator, "RELU");
  ExpectRefused(IntegerSvdf<int16_t>(1, Quantization()), StatusCode::kInvalidModel,
                "exactly one scale");
  for (const int64_t rank : {0, 2, -1}) {
    Model model = IntegerSvdf<int16_t>(1, PerTensor(1));
    model.subgraphs[0].operators[0].options.Set("rank", rank);
    ExpectRefused(std::move(model), StatusCode::kInvalidModel, "has rank");
  }
}

// The places of the inputs of LSTM's full kernel.
constexpr size_t kInputToInput = 1;
constexpr size_t kRecurrentToForget = 6;
constexpr size_t kCellToForget = 10;
constexpr size_t kInputBias = 12;
constexpr size_t kProjection = 16;
constexpr size_t kProjectionBias = 17;
constexpr size_t kOutputState = 18;
constexpr size_t kCellState = 19;

// A cell of one unit with every weight 0: the gates are open by half, and the state halves.
struct LstmModel {
  explicit LstmModel(BuiltinOp op = BuiltinOp::kLstm, bool quantized = false)
      : op(op), quantized(quantized) {
    const bool is_sequence = op != BuiltinOp::kLstm;
    const std::vector<int32_t> shape = is_sequence ? std::vector{1, 1, 1} : std::vector{1, 1};
    const DataType type = quantized ? DataType::kInt8 : kFloat;
    x = builder.AddTensor("x", type, shape);
    y = builder.AddTensor("y", type, shape);
    inputs.assign(20, kNoTensor);
    inputs[0] = x;
    for (size_t i = 1; i <= 8; ++i) {
      inputs[i] = quantized ? builder.AddConstant<int8_t>("w", {1, 1}, {0}, PerTensor(0.01f))
                            : builder.AddConstant<float>("w", {1, 1}, {0});
    }
    for (size_t i = kInputBias; i < kProjection; ++i) {
      inputs[i] = quantized ? builder.AddConstant<int32_t>("b", {1}, {0})
                            : builder.AddConstant<float>("b", {1}, {0});
    }
    inputs[kOutputState] = AddVariable(builder, type, {1, 1});
    inputs[kCellState] = AddVariable(builder, quantized ? DataType::kInt16 : kFloat, {1, 1});
    if (!quantized) return;
    for (const int32_t id : {x, y, inputs[kOutputState]}) {
      builder.tensor(id).quantization = PerTensor(0.01f);
    }
    builder.tensor(inputs[kCellState]).quantization = PerTensor(1.0f / 2048);
    for (int i = 0; i < 5; ++i) {
      intermediates.push_back(builder.AddTensor("i", DataType::kInt16, {}, PerTensor(0.01f)));
    }
  }

  Model Build() {
    ModelBuilder::Fields options = {{"fused_activation_function", int64_t{4}}};
    options.insert(options.end(), more_options.begin(), more_options.end());
    builder.AddOp(op, inputs, {y}, options);
    Model model = builder.Inputs({x}).Outputs({y}).Build();
    model.subgraphs[0].operators[0].intermediates = intermediates;
    return model;
  }

  BuiltinOp op;
  bool quantized;
  ModelBuilder builder;
  int32_t x, y;
  std::vector<int32_t> inputs;
  std::vector<int32_t> intermediates;
  ModelBuilder::Fields more_options;
};

TEST(Lstm, SmallestCellRuns) {
  for (const BuiltinOp op : {BuiltinOp::kLstm, BuiltinOp::kUnidirectionalSequenceLstm}) {
    for (const bool quantized : {false, true}) {
      const auto interpreter = MakeInterpreter(LstmModel(op, quantized).Build());
      ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
      ASSERT_TRUE((*interpreter)->Invoke().ok());
    }
  }
}

TEST(Lstm, Refusals) {
  const auto expect = [](auto change, StatusCode code, const std::string& text) {
    for (const BuiltinOp op : {BuiltinOp::kLstm, BuiltinOp::kUnidirectionalSequenceLstm}) {
      LstmModel model(op);
      change(model);
      ExpectRefused(model.Build(), code, text);
    }
  };
  constexpr StatusCode kInvalid = StatusCode::kInvalidModel;
  expect([](LstmModel& m) { m.inputs.pop_back(); }, kInvalid, "19 inputs");
  expect([](LstmModel& m) { m.inputs[kInputToInput] = kNoTensor; }, kInvalid, "input gate");
  expect([](LstmModel& m) { m.inputs[kInputBias] = kNoTensor; }, kInvalid, "is missing");
  expect([](LstmModel& m) { m.inputs[kCellToForget] = m.inputs[kInputBias]; }, kInvalid,
         "peephole weights for some gates");
  expect([](LstmModel& m) { m.inputs[kProjectionBias] = m.inputs[kInputBias]; }, kInvalid,
         "projection that is not there");
  expect([](LstmModel& m) { m.more_options = {{"cell_clip", -1.0}}; }, kInvalid, "clip");
  expect([](LstmModel& m) { m.builder.tensor(m.inputs[kCellState]).shape = {2, 1}; }, kInvalid,
         "state has 1 elements");
  expect([](LstmModel& m) { m.builder.tensor(m.inputs[kCellState]).is_variable = false; }, kInvalid,
         "before anything computes it");
  expect([](LstmModel& m) { m.builder.tensor(m.x).shape = {1}; }, kInvalid, "dimensions");
  expect([](LstmModel& m) { m.builder.tensor(m.x).type = DataType::kInt16; },
         StatusCode::kUnsupportedOperator, "int16");
  expect(
      [](LstmModel& m) {
        m.inputs[kRecurrentToForget] = m.builder.AddConstant<float>("r", {1, 2}, {0, 0});
      },
      kInvalid, "where [1,1] is needed");
}

TEST(Lstm, DiagonalsAreOfSequencesAlone) {
  LstmModel sequence(BuiltinOp::kUnidirectionalSequenceLstm);
  sequence.inputs[kRecurrentToForget] = sequence.builder.AddConstant<float>("r", {1}, {0});
  EXPECT_TRUE(MakeInterpreter(sequence.Build()).ok());
  LstmModel step(BuiltinOp::kLstm);
  step.inputs[kRecurrentToForget] = step.builder.AddConstant<float>("r", {1}, {0});
  ExpectRefused(step.Build(), StatusCode::kInvalidModel, "where [1,1] is needed");
}

TEST(Lstm, QuantizedRefusals) {
  const auto expect = [](auto change, StatusCode code, const std::string& text) {
    LstmModel model(BuiltinOp::kUnidirectionalSequenceLstm, true);
    change(model);
    ExpectRefused(model.Build(), code, text);
  };
  expect([](LstmModel& m) { m.intermediates.clear(); }, StatusCode::kUnsupportedOperator,
         "5 intermediate tensors");
  expect([](LstmModel& m) { m.intermediates[4] = kNoTensor; }, StatusCode::kInvalidModel,
         "intermediate 4");
  for (const float scale : {1.0f / 2000, 1.0f / 65536, 1.0f / 256}) {
    expect(
        [&](LstmModel& m) {
          m.builder.tensor(m.inputs[kCellState]).quantization = PerTensor(scale);
        },
        StatusCode::kUnsupportedOperator, "power of two");
  }
  expect(
      [](LstmModel& m) {
        m.inputs[kRecurrentToForget] =
            m.builder.AddTensor("r", DataType::kInt8, {1, 1}, PerTensor(0.01f));
        m.builder.tensor(m.inputs[kRecurrentToForget]).is_variable = true;
      },
      StatusCode::kUnsupportedOperator, "not constant");
}

TEST(Lstm, BasicKernelRefusals) {
  LstmModel inputs(BuiltinOp::kLstm);
  inputs.more_options = {{"kernel_type", int64_t{1}}};
  ExpectRefused(inputs.Build(), StatusCode::kInvalidModel, "20 inputs where it takes 5");
  LstmModel type(BuiltinOp::kLstm);
  type.more_options = {{"kernel_type", int64_t{2}}};
  ExpectRefused(type.Build(), StatusCode::kInvalidModel, "kernel type 2");
}

TEST(Bidirectional, OutputsFollowMergeOutputs) {
  for (const BuiltinOp op :
       {BuiltinOp::kBidirectionalSequenceLstm, BuiltinOp::kBidirectionalSequenceRnn}) {
    for (const bool merged : {false, true}) {
      ModelBuilder builder;
      const int32_t x = builder.AddTensor("x", kFloat, {1, 1, 1});
      std::vector<int32_t> inputs(op == BuiltinOp::kBidirectionalSequenceLstm ? 48 : 12, x);
      std::vector<int32_t> outputs = {builder.AddTensor("y", kFloat, {1, 1, 1})};
      if (merged) outputs.push_back(builder.AddTensor("z", kFloat, {1, 1, 1}));
      builder.AddOp(op, inputs, outputs, {{"merge_outputs", int64_t{merged}}});
      ExpectRefused(builder.Inputs({x}).Outputs({outputs[0]}).Build(), StatusCode::kInvalidModel,
                    merged ? "2 outputs where it makes 1" : "1 outputs where it makes 2");
    }
  }
}

}  // namespace
}  // namespace octolite
