// Running models.

#include <emscripten/bind.h>
#include <emscripten/version.h>
#include <malloc.h>

#include <algorithm>
#include <string>

#include "handles.h"
#include "model/builtin_op.h"
#include "ops/machine.h"
#include "result.h"
#include "runtime/plan.h"
#include "tensor_details.h"
#include "threads.h"

namespace octolite::wasm {

using emscripten::val;

val InputView(Interpreter& interpreter, int input) {
  if (input < 0 || input >= interpreter.num_inputs()) {
    return Failure(Status(StatusCode::kInvalidArgument, "there is no input of that number"));
  }
  RuntimeTensor& tensor = interpreter.input(input);
  return Success(val(emscripten::typed_memory_view(tensor.bytes, tensor.data)));
}

val SetInput(Interpreter& interpreter, int input, const val& bytes) {
  const std::vector<uint8_t> copy = emscripten::convertJSArrayToNumberVector<uint8_t>(bytes);
  return FromStatus(interpreter.SetInput(input, copy));
}

namespace {

val DetailsNow(const Interpreter& interpreter, std::span<const int32_t> indices) {
  const Plan& plan = interpreter.plan();
  val list = val::array();
  for (size_t i = 0; i < indices.size(); ++i) {
    const RuntimeTensor& tensor = interpreter.tensor(indices[i]);
    val details = TensorDetails(plan.subgraph(), indices[i], tensor.shape.dims());
    // What an operator assigns to a variable decides the type of what reads it.
    details.set("dtype", std::string(DataTypeName(tensor.type)));
    list.set(i, details);
  }
  return list;
}

}  // namespace

val InputDetails(const Interpreter& interpreter) {
  return DetailsNow(interpreter, interpreter.plan().subgraph().inputs);
}

val OutputDetails(const Interpreter& interpreter) {
  return DetailsNow(interpreter, interpreter.plan().subgraph().outputs);
}

namespace {

// A subgraph of a model with options for running it, and, between Allocate and ResizeInput, an
// interpreter. What the subgraphs of one model share stays when an interpreter goes.
class InterpreterHandle {
 public:
  InterpreterHandle(std::shared_ptr<const Model> model, std::shared_ptr<PlanCache> plans,
                    CustomOps custom_ops, PlanOptions options,
                    std::shared_ptr<Interpreter::Shared> shared)
      : model_(std::move(model)),
        plans_(std::move(plans)),
        custom_ops_(std::move(custom_ops)),
        options_(std::move(options)),
        shared_(std::move(shared)) {}

  // Another subgraph, which shares resources with this one.
  val Sibling(int32_t subgraph) const {
    PlanOptions options = options_;
    options.subgraph = subgraph;
    options.input_shapes.clear();
    return Success(std::make_shared<InterpreterHandle>(model_, plans_, custom_ops_,
                                                       std::move(options), shared_));
  }

  val Allocate() {
    interpreter_.reset();
    Result<std::shared_ptr<const Plan>> plan = plans_->Get(options_);
    if (!plan.ok()) return Failure(plan.status());
    Result<std::unique_ptr<Interpreter>> interpreter =
        Interpreter::Create(std::move(plan).value(), shared_);
    if (!interpreter.ok()) return Failure(interpreter.status());
    interpreter_ = std::move(interpreter).value();
    return Success(val::null());
  }

  val ResizeInput(int input, const val& shape) {
    const std::optional<Shape> valid = ShapeOfArray(shape);
    if (!valid) {
      return Failure(Status(StatusCode::kInvalidArgument, "that is not the shape of a tensor"));
    }
    options_.input_shapes.resize(subgraph().inputs.size());
    options_.input_shapes[static_cast<size_t>(input)] = valid;
    interpreter_.reset();
    return Success(val::null());
  }

  val Inputs() const {
    if (interpreter_) return InputDetails(*interpreter_);
    val list = val::array();
    for (size_t i = 0; i < subgraph().inputs.size(); ++i) {
      const int32_t index = subgraph().inputs[i];
      const bool resized = i < options_.input_shapes.size() && options_.input_shapes[i];
      list.set(i, resized ? TensorDetails(subgraph(), index, options_.input_shapes[i]->dims())
                          : TensorDetails(subgraph(), index, tensor(index).shape));
    }
    return list;
  }

  val Outputs() const {
    return interpreter_ ? OutputDetails(*interpreter_)
                        : TensorDetailsList(subgraph(), subgraph().outputs);
  }

  val View(int input) {
    if (!interpreter_) return Failure(NotAllocated());
    return InputView(*interpreter_, input);
  }

  val Set(int input, const val& bytes) {
    if (!interpreter_) return Failure(NotAllocated());
    return SetInput(*interpreter_, input, bytes);
  }

  val GetTensor(int32_t index) const {
    if (const Status found = Find(index); !found.ok()) return Failure(found);
    const RuntimeTensor& runtime = interpreter_->tensor(index);
    const bool has_content = runtime.data != nullptr || runtime.bytes == 0;
    if (!Readable(index) || !has_content) {
      Status status(StatusCode::kInvalidArgument, "the tensor's content is not kept");
      status.AtTensor(index, tensor(index).name)
          .WithHint("inputs, outputs and constants can be read, and all with keepAllTensors");
      return Failure(status);
    }
    val record = val::object();
    record.set("dtype", std::string(DataTypeName(runtime.type)));
    record.set("shape", NumberArray(runtime.shape.dims()));
    record.set("bytes", val(emscripten::typed_memory_view(runtime.bytes, runtime.data)));
    return Success(record);
  }

  // Of any tensor.
  val Details(int32_t index) const {
    if (const Status found = Find(index); !found.ok()) return Failure(found);
    return Success(DetailsNow(*interpreter_, std::span(&index, 1))[0]);
  }

  val Invoke() {
    if (!interpreter_) return Failure(NotAllocated());
    return FromStatus(interpreter_->Invoke());
  }

  void ResetState() {
    if (interpreter_) interpreter_->ResetState();
  }

  void SetProfiling(bool on) {
    if (interpreter_) interpreter_->set_profiling(on);
  }

  val Profile() const {
    val list = val::array();
    if (!interpreter_) return list;
    const Plan& plan = interpreter_->plan();
    const std::span<const double> times = interpreter_->node_milliseconds();
    for (size_t i = 0; i < times.size() && i < plan.nodes().size(); ++i) {
      const PlanNode& node = plan.nodes()[i];
      const Operator& op = subgraph().operators[static_cast<size_t>(node.op_index)];
      val entry = val::object();
      entry.set("index", node.op_index);
      entry.set("name", std::string(OperatorName(*model_, op)));
      entry.set("output", node.outputs.empty() ? std::string() : tensor(node.outputs[0]).name);
      entry.set("ms", times[i]);
      list.set(i, entry);
    }
    return list;
  }

  val Facts() const {
    val facts = val::object();
    const Plan* plan = interpreter_ ? &interpreter_->plan() : nullptr;
    facts.set("arenaBytes", plan ? static_cast<double>(plan->arena_bytes()) : 0.0);
    facts.set("weightBytes", plan ? static_cast<double>(plan->owned_bytes()) : 0.0);
    facts.set("multiplyAdds", plan ? static_cast<double>(plan->multiply_adds()) : 0.0);
    return facts;
  }

 private:
  static Status NotAllocated() {
    return Status(StatusCode::kInvalidArgument, "the tensors are not allocated");
  }

  Status Find(int32_t index) const {
    if (!interpreter_) return NotAllocated();
    if (index >= 0 && static_cast<size_t>(index) < subgraph().tensors.size()) return Status::Ok();
    return {StatusCode::kInvalidArgument, "there is no tensor " + std::to_string(index)};
  }

  const Subgraph& subgraph() const {
    return model_->subgraphs[static_cast<size_t>(options_.subgraph)];
  }
  const Tensor& tensor(int32_t index) const {
    return subgraph().tensors[static_cast<size_t>(index)];
  }

  // Memory of other tensors is used again as soon as nothing reads them any more.
  bool Readable(int32_t index) const {
    const auto in = [index](const std::vector<int32_t>& list) {
      return std::find(list.begin(), list.end(), index) != list.end();
    };
    return options_.keep_all_tensors || in(subgraph().inputs) || in(subgraph().outputs) ||
           interpreter_->plan().tensors()[static_cast<size_t>(index)].place ==
               TensorPlace::kConstant;
  }

  std::shared_ptr<const Model> model_;
  std::shared_ptr<PlanCache> plans_;
  CustomOps custom_ops_;  // outlive the plan
  PlanOptions options_;
  std::shared_ptr<Interpreter::Shared> shared_;
  std::unique_ptr<Interpreter> interpreter_;
};

val CreateInterpreter(const ModelHandle& model, const val& given) {
  PlanOptions options;
  const auto subgraph = given["subgraph"].as<double>();
  const auto count = static_cast<double>(model.model()->subgraphs.size());
  if (!(subgraph >= 0 && subgraph < count)) {
    return Failure(
        Status(StatusCode::kInvalidArgument, "the model has no subgraph of that number"));
  }
  options.subgraph = static_cast<int32_t>(subgraph);
  options.arithmetic = given["reference"].as<bool>() ? Arithmetic::kReference : Arithmetic::kLitert;
  options.keep_all_tensors = given["keepAllTensors"].as<bool>();
  CustomOps custom_ops = CustomOps(given["customOps"]).Before(model.custom_ops());
  options.custom_ops = custom_ops.defs();
  options.parallel = Threads();
  return Success(std::make_shared<InterpreterHandle>(model.model(), model.plans(),
                                                     std::move(custom_ops), std::move(options),
                                                     Interpreter::NewShared()));
}

val RuntimeFacts() {
  val facts = val::object();
  facts.set("dotProduct", std::string(IntegerDotProduct()));
  facts.set("allocatedBytes", static_cast<double>(static_cast<unsigned>(mallinfo().uordblks)));
  facts.set("compiler", "Emscripten " + std::to_string(__EMSCRIPTEN_major__) + "." +
                            std::to_string(__EMSCRIPTEN_minor__) + "." +
                            std::to_string(__EMSCRIPTEN_tiny__) + ", LLVM " +
                            std::to_string(__clang_major__));
  return facts;
}

}  // namespace

EMSCRIPTEN_BINDINGS(octolite_runtime) {
  emscripten::class_<InterpreterHandle>("Interpreter")
      .smart_ptr<std::shared_ptr<InterpreterHandle>>("InterpreterPointer")
      .function("sibling", &InterpreterHandle::Sibling)
      .function("allocate", &InterpreterHandle::Allocate)
      .function("resizeInput", &InterpreterHandle::ResizeInput)
      .function("inputs", &InterpreterHandle::Inputs)
      .function("outputs", &InterpreterHandle::Outputs)
      .function("inputView", &InterpreterHandle::View)
      .function("setInput", &InterpreterHandle::Set)
      .function("tensor", &InterpreterHandle::GetTensor)
      .function("details", &InterpreterHandle::Details)
      .function("invoke", &InterpreterHandle::Invoke)
      .function("resetState", &InterpreterHandle::ResetState)
      .function("setProfiling", &InterpreterHandle::SetProfiling)
      .function("profile", &InterpreterHandle::Profile)
      .function("facts", &InterpreterHandle::Facts);
  emscripten::function("createInterpreter", &CreateInterpreter);
  emscripten::function("runtimeFacts", &RuntimeFacts);
}

}  // namespace octolite::wasm
