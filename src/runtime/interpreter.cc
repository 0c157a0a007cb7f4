#include "runtime/interpreter.h"

#include <chrono>
#include <cstring>
#include <utility>

#include "ops/common/strings.h"

namespace octolite {

struct Interpreter::Shared {
  ResourceStore resources;
  CancelToken* cancel = nullptr;
  Interpreter::Observer* observer = nullptr;  // of the subgraph that runs
  int depth = 0;
  size_t bytes = 0;  // of all that PlanOptions::memory_limit bounds
};

std::shared_ptr<Interpreter::Shared> Interpreter::NewShared() { return std::make_shared<Shared>(); }

Result<std::unique_ptr<Interpreter>> Interpreter::Create(std::shared_ptr<const Plan> plan) {
  return Create(std::move(plan), NewShared());
}

Result<std::unique_ptr<Interpreter>> Interpreter::Create(std::shared_ptr<const Plan> plan,
                                                         std::shared_ptr<Shared> shared) {
  std::unique_ptr<Interpreter> interpreter(new Interpreter(std::move(plan), std::move(shared)));
  OCTO_RETURN_IF_ERROR(interpreter->Initialize());
  return interpreter;
}

Interpreter::~Interpreter() {
  size_t bytes = plan_->owned_bytes() + arena_.size();
  for (const AlignedBuffer& buffer : dynamic_) bytes += buffer.size();
  for (const NodeState& node : nodes_) bytes += node.late_scratch.size();
  shared_->bytes -= bytes;
}

Status Interpreter::Initialize() {
  shared_->bytes += plan_->owned_bytes();
  OCTO_RETURN_IF_ERROR(Reserve(arena_, plan_->arena_bytes()));
  const std::span<const PlanTensor> planned = plan_->tensors();
  tensors_.resize(planned.size());
  dynamic_.resize(planned.size());
  for (size_t i = 0; i < planned.size(); ++i) {
    const PlanTensor& from = planned[i];
    tensors_[i] = {from.spec.type, from.spec.shape, nullptr, from.bytes};
    if (from.place == TensorPlace::kArena) {
      tensors_[i].data = arena_.data() + from.arena_offset;
    } else if (from.place == TensorPlace::kConstant) {
      // Operators only read their inputs, and never have a constant among their outputs.
      tensors_[i].data = const_cast<uint8_t*>(from.spec.constant.data());
    }
  }
  nodes_.resize(plan_->nodes().size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const PlanNode& node = plan_->nodes()[i];
    for (const int32_t index : node.inputs) {
      nodes_[i].inputs.push_back(index == kNoTensor ? nullptr
                                                    : &tensors_[static_cast<size_t>(index)]);
    }
    for (const int32_t index : node.outputs) {
      nodes_[i].outputs.push_back(&tensors_[static_cast<size_t>(index)]);
    }
  }
  // String inputs are empty strings until they are set.
  for (const int32_t index : plan_->subgraph().inputs) {
    RuntimeTensor& tensor = tensors_[static_cast<size_t>(index)];
    if (tensor.type != DataType::kString) continue;
    const int64_t count = tensor.shape.num_elements();
    OCTO_RETURN_IF_ERROR(Allocate(tensor, tensor.shape, EmptyStringsBytes(count)));
    PackEmptyStrings(count, tensor.data);
  }
  ResetNodes();
  return Status::Ok();
}

void Interpreter::ResetState() {
  ResetNodes();
  shared_->resources.Reset();
}

void Interpreter::ResetNodes() {
  const std::span<const PlanTensor> planned = plan_->tensors();
  for (size_t i = 0; i < planned.size(); ++i) {
    if (!planned[i].spec.is_variable || planned[i].place != TensorPlace::kArena) continue;
    // Of int8 alone zero as a real number, as in LiteRT, which leaves uint8 at bytes of 0.
    const int value = planned[i].spec.type == DataType::kInt8 ? planned[i].spec.zero_point() : 0;
    std::memset(tensors_[i].data, value, planned[i].bytes);
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].late.reset();
    if (plan_->nodes()[i].kernel) nodes_[i].state = plan_->nodes()[i].kernel->NewState();
  }
  for (auto& [subgraph, callee] : callees_) {
    if (callee.interpreter) callee.interpreter->ResetNodes();
  }
}

ResourceStore& Interpreter::resources() { return shared_->resources; }

bool Interpreter::cancelled() const { return shared_->cancel && shared_->cancel->cancelled(); }

RuntimeTensor& Interpreter::input(int i) {
  const int32_t index = plan_->subgraph().inputs[static_cast<size_t>(i)];
  return tensors_[static_cast<size_t>(index)];
}

const RuntimeTensor& Interpreter::output(int i) const {
  return tensor(plan_->subgraph().outputs[static_cast<size_t>(i)]);
}

Status Interpreter::SetInput(int i, std::span<const uint8_t> bytes) {
  if (i < 0 || i >= num_inputs()) {
    return Status(StatusCode::kInvalidArgument, "there is no input " + std::to_string(i));
  }
  RuntimeTensor& to = input(i);
  if (to.type == DataType::kString) {
    OCTO_RETURN_IF_ERROR(CheckStrings(bytes, to.shape.num_elements()));
    OCTO_RETURN_IF_ERROR(Allocate(to, to.shape, bytes.size()));
  }
  if (bytes.size() != to.bytes) {
    const int32_t index = plan_->subgraph().inputs[static_cast<size_t>(i)];
    Status status(StatusCode::kShapeMismatch,
                  "input " + std::to_string(i) + " takes " + std::to_string(to.bytes) + " bytes, " +
                      std::string(DataTypeName(to.type)) + to.shape.ToString() +
                      ", and was given " + std::to_string(bytes.size()));
    return status.AtTensor(index, plan_->subgraph().tensors[static_cast<size_t>(index)].name);
  }
  if (!bytes.empty()) std::memcpy(to.data, bytes.data(), bytes.size());
  return Status::Ok();
}

Status Interpreter::Invoke(Observer* observer, CancelToken* cancel) {
  using Clock = std::chrono::steady_clock;
  // Called subgraphs are cancelled by their caller's token.
  if (shared_->depth == 0) shared_->cancel = cancel;
  shared_->observer = observer;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (cancelled()) return Status(StatusCode::kCancelled, "stopped while running");
    const bool profiling = !node_milliseconds_.empty();
    const Clock::time_point start = profiling ? Clock::now() : Clock::time_point();
    Status status = RunNode(i);
    if (!status.ok()) {
      const PlanNode& node = plan_->nodes()[i];
      status.AtOp(node.op_index, node.def->name());
      return std::move(status.AtSubgraph(plan_->options().subgraph));
    }
    if (profiling) {
      node_milliseconds_[i] +=
          std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
    if (observer) OCTO_RETURN_IF_ERROR(observer->OnNode(*this, plan_->nodes()[i]));
  }
  return Status::Ok();
}

Status Interpreter::RunNode(size_t index) {
  const PlanNode& node = plan_->nodes()[index];
  NodeState& state = nodes_[index];
  if (node.kernel) {
    EvalContext ctx(state.inputs, state.outputs, arena_.data() + node.scratch_offset,
                    state.state.get(), this, plan_->options().parallel);
    return node.kernel->Eval(ctx);
  }
  OCTO_RETURN_IF_ERROR(PrepareLate(index));
  EvalContext ctx(state.inputs, state.outputs, state.late_scratch.data(), state.state.get(), this,
                  plan_->options().parallel);
  return state.late->prepared.kernel->Eval(ctx);
}

Status Interpreter::PrepareLate(size_t index) {
  const PlanNode& node = plan_->nodes()[index];
  NodeState& state = nodes_[index];
  bool same_shapes = state.late != nullptr;
  for (size_t i = 0; same_shapes && i < state.inputs.size(); ++i) {
    same_shapes = !state.inputs[i] || state.inputs[i]->shape == state.late->inputs[i].shape;
  }
  if (!same_shapes) {
    auto late = std::make_unique<LateNode>();
    for (size_t i = 0; i < state.inputs.size(); ++i) {
      TensorSpec spec;
      if (state.inputs[i]) {
        spec = plan_->tensors()[static_cast<size_t>(node.inputs[i])].spec;
        spec.shape = state.inputs[i]->shape;
      }
      late->inputs.push_back(spec);
    }
    for (const int32_t output : node.outputs) {
      late->outputs.push_back(plan_->tensors()[static_cast<size_t>(output)].spec);
    }
    const Operator& op = plan_->subgraph().operators[static_cast<size_t>(node.op_index)];
    OCTO_ASSIGN_OR_RETURN(
        late->prepared, PrepareNode(plan_->model(), op, node.op_index, *node.def, plan_->options(),
                                    late->inputs, late->outputs));
    OCTO_RETURN_IF_ERROR(Reserve(state.late_scratch, late->prepared.scratch_bytes));
    state.state = late->prepared.kernel->NewState();
    state.late = std::move(late);
  }
  for (size_t i = 0; i < state.outputs.size(); ++i) {
    state.outputs[i]->type = state.late->outputs[i].type;
    if (state.late->prepared.dynamic_outputs[i]) continue;
    OCTO_RETURN_IF_ERROR(Allocate(*state.outputs[i], state.late->outputs[i].shape, std::nullopt));
  }
  return Status::Ok();
}

Status Interpreter::Allocate(RuntimeTensor& tensor, const Shape& shape,
                             std::optional<size_t> bytes) {
  const auto index = static_cast<size_t>(&tensor - tensors_.data());
  const TensorSpec& spec = plan_->tensors()[index].spec;
  if (!Shape::Make(shape.dims())) {
    Status status(StatusCode::kOutOfMemory, "would have shape " + shape.ToString());
    return std::move(status.AtTensor(spec.index, spec.name));
  }
  if (!bytes) bytes = DataTypeBytes(tensor.type, static_cast<size_t>(shape.num_elements()));
  if (!bytes) {
    Status status(StatusCode::kInvalidModel, "has elements of no fixed size");
    return std::move(status.AtTensor(spec.index, spec.name));
  }
  Status status = Reserve(dynamic_[index], *bytes);
  if (!status.ok()) return std::move(status.AtTensor(spec.index, spec.name));
  tensor.shape = shape;
  tensor.bytes = *bytes;
  tensor.data = dynamic_[index].data();
  return Status::Ok();
}

Status Interpreter::Reserve(AlignedBuffer& buffer, size_t bytes) {
  if (buffer.data() != nullptr && buffer.size() >= bytes) return Status::Ok();
  const size_t limit = plan_->options().memory_limit;
  const size_t others = shared_->bytes - buffer.size();
  if (others > limit || bytes > limit - others) {
    return Status(StatusCode::kOutOfMemory, "needs " + std::to_string(bytes) + " bytes beside " +
                                                std::to_string(others) + ", beyond the limit of " +
                                                std::to_string(limit));
  }
  shared_->bytes = others;
  buffer = AlignedBuffer();
  OCTO_ASSIGN_OR_RETURN(buffer, AlignedBuffer::Allocate(bytes));
  shared_->bytes += buffer.size();
  return Status::Ok();
}

Result<std::span<const RuntimeTensor* const>> Interpreter::CallSubgraph(
    int32_t subgraph, std::span<const RuntimeTensor* const> inputs) {
  OCTO_ASSIGN_OR_RETURN(Callee* const callee, ReadyCallee(subgraph, inputs));
  Interpreter& interpreter = *callee->interpreter;
  for (size_t i = 0; i < inputs.size(); ++i) {
    OCTO_RETURN_IF_ERROR(
        interpreter.SetInput(static_cast<int>(i), {inputs[i]->data, inputs[i]->bytes}));
  }
  Observer* const observer = shared_->observer;
  ++shared_->depth;
  Status status = interpreter.Invoke(observer ? observer->OnCall(interpreter) : nullptr);
  --shared_->depth;
  shared_->observer = observer;
  if (!status.ok()) return status;
  callee->outputs.clear();
  for (int i = 0; i < interpreter.num_outputs(); ++i) {
    callee->outputs.push_back(&interpreter.output(i));
  }
  return std::span<const RuntimeTensor* const>(callee->outputs);
}

Result<Interpreter::Callee*> Interpreter::ReadyCallee(
    int32_t subgraph, std::span<const RuntimeTensor* const> inputs) {
  // Subgraphs may call each other, in a hostile file without end.
  constexpr int kMaxDepth = 16;
  if (shared_->depth >= kMaxDepth) {
    return Status(StatusCode::kUnsupportedModel, "subgraphs call each other more than 16 deep");
  }
  const Model& model = plan_->model();
  if (subgraph < 0 || static_cast<size_t>(subgraph) >= model.subgraphs.size() ||
      model.subgraphs[static_cast<size_t>(subgraph)].inputs.size() != inputs.size()) {
    return Status(StatusCode::kInvalidModel, "calls subgraph " + std::to_string(subgraph) +
                                                 " with " + std::to_string(inputs.size()) +
                                                 " inputs, which it does not take");
  }
  Callee& callee = callees_[subgraph];
  bool ready = callee.interpreter != nullptr;
  for (size_t i = 0; ready && i < inputs.size(); ++i) {
    ready = inputs[i]->shape == callee.input_shapes[i];
  }
  if (!ready) {
    PlanOptions options = plan_->options();
    options.subgraph = subgraph;
    options.input_shapes.clear();
    callee.input_shapes.clear();
    for (const RuntimeTensor* input : inputs) {
      options.input_shapes.emplace_back(input->shape);
      callee.input_shapes.push_back(input->shape);
    }
    OCTO_ASSIGN_OR_RETURN(auto plan, Plan::Compile(plan_->shared_model(), options));
    OCTO_ASSIGN_OR_RETURN(callee.interpreter, Create(std::move(plan), shared_));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (callee.interpreter->input(static_cast<int>(i)).type == inputs[i]->type) continue;
    return Status(StatusCode::kInvalidModel, "calls subgraph " + std::to_string(subgraph) +
                                                 " with an input of another type than it takes");
  }
  return &callee;
}

void Interpreter::set_profiling(bool on) { node_milliseconds_.assign(on ? nodes_.size() : 0, 0.0); }

}  // namespace octolite
