#include "support/op_runner.h"

#include <gmock/gmock.h>

#include <memory>

#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite::testing {

OneOp::OneOp(BuiltinOp op, ModelBuilder::Fields options) : op_(op), options_(std::move(options)) {}

OneOp& OneOp::Input(DataType type, std::vector<int32_t> shape, ByteVector bytes,
                    std::optional<Quantization> quantization) {
  const std::string name = "input" + std::to_string(op_inputs_.size());
  const int32_t id = builder_.AddTensor(name, type, std::move(shape));
  builder_.tensor(id).quantization = std::move(quantization);
  op_inputs_.push_back(id);
  model_inputs_.push_back(id);
  contents_.push_back(std::move(bytes));
  return *this;
}

OneOp& OneOp::Constant(DataType type, std::vector<int32_t> shape, ByteVector bytes,
                       std::optional<Quantization> quantization) {
  const std::string name = "constant" + std::to_string(op_inputs_.size());
  const int32_t id = builder_.AddConstantBytes(name, type, std::move(shape), std::move(bytes));
  builder_.tensor(id).quantization = std::move(quantization);
  op_inputs_.push_back(id);
  return *this;
}

OneOp& OneOp::Skip() {
  op_inputs_.push_back(kNoTensor);
  return *this;
}

OneOp& OneOp::Output(DataType type, std::optional<Quantization> quantization) {
  const std::string name = "output" + std::to_string(op_outputs_.size());
  const int32_t id = builder_.AddTensor(name, type, {});
  builder_.tensor(id).quantization = std::move(quantization);
  op_outputs_.push_back(id);
  return *this;
}

Result<std::vector<TensorValue>> OneOp::Run(Arithmetic arithmetic) const {
  ModelBuilder builder = builder_;
  builder.AddOp(op_, op_inputs_, op_outputs_, options_);
  builder.Inputs(model_inputs_).Outputs(op_outputs_);
  PlanOptions options;
  options.arithmetic = arithmetic;
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(builder.Build()), options));
  OCTO_ASSIGN_OR_RETURN(const std::unique_ptr<Interpreter> interpreter,
                        Interpreter::Create(std::move(plan)));
  for (size_t i = 0; i < contents_.size(); ++i) {
    OCTO_RETURN_IF_ERROR(interpreter->SetInput(static_cast<int>(i), contents_[i]));
  }
  OCTO_RETURN_IF_ERROR(interpreter->Invoke());
  std::vector<TensorValue> values;
  for (int i = 0; i < interpreter->num_outputs(); ++i) {
    const RuntimeTensor& tensor = interpreter->output(i);
    values.push_back({tensor.type, tensor.shape,
                      ByteVector(tensor.data, tensor.data + (tensor.data ? tensor.bytes : 0))});
  }
  return values;
}

TensorValue OneOp::Value(Arithmetic arithmetic) const {
  auto values = Run(arithmetic);
  EXPECT_TRUE(values.ok()) << values.status().ToString();
  if (!values.ok() || values->size() != 1) return {};
  return std::move(values->front());
}

Status OneOp::Refusal(Arithmetic arithmetic) const {
  auto values = Run(arithmetic);
  EXPECT_FALSE(values.ok()) << "runs where it should be refused";
  return values.ok() ? Status::Ok() : values.status();
}

void ExpectRefusal(const OneOp& op, StatusCode code, const std::string& text) {
  const Status status = op.Refusal();
  EXPECT_EQ(status.code(), code) << status.ToString();
  EXPECT_THAT(status.message(), ::testing::HasSubstr(text));
  EXPECT_EQ(status.where().op, 0) << status.ToString();
}

}  // namespace octolite::testing
