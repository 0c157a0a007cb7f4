#include "runtime/plan_compiler.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "runtime/densify.h"
#include "runtime/passes/fold_padding.h"
#include "runtime/passes/fuse_activation.h"

namespace octolite {
namespace {

// The subgraphs that an operator's options name, that exist and that the operator runs.
std::vector<int64_t> CalledSubgraphs(const Model& model, const Operator& op) {
  std::vector<int64_t> called;
  const auto add = [&](int64_t index) {
    if (index >= 0 && static_cast<size_t>(index) < model.subgraphs.size()) called.push_back(index);
  };
  for (const OptionField& field : op.options.fields) {
    // STABLEHLO_SCATTER does what this one says, but does not call it.
    if (field.name == "update_computation_subgraph_index") continue;
    if (const auto* index = std::get_if<int64_t>(&field.value)) {
      if (field.name.ends_with("subgraph_index")) add(*index);
    } else if (const auto* indices = std::get_if<std::vector<int64_t>>(&field.value)) {
      if (field.name.ends_with("subgraph_indices")) std::ranges::for_each(*indices, add);
    }
  }
  return called;
}

// Bytes an element's address must be a multiple of for a kernel to read it in place.
size_t ElementAlignment(DataType type) {
  return static_cast<size_t>(std::clamp(DataTypeBits(type) / 8, 1, 8));
}

}  // namespace

Result<std::shared_ptr<const Plan>> Plan::Compile(std::shared_ptr<const Model> model,
                                                  const PlanOptions& options) {
  if (options.subgraph < 0 || static_cast<size_t>(options.subgraph) >= model->subgraphs.size()) {
    return Status(StatusCode::kInvalidArgument,
                  "there is no subgraph " + std::to_string(options.subgraph));
  }
  std::shared_ptr<Plan> plan(new Plan);
  plan->model_ = std::move(model);
  plan->options_ = options;
  return PlanCompiler(std::move(plan)).Compile();
}

PlanCompiler::PlanCompiler(std::shared_ptr<Plan> plan)
    : plan_(std::move(plan)),
      model_(plan_->model()),
      subgraph_(plan_->subgraph()),
      uses_(subgraph_),
      constant_readers_(uses_),
      writers_(subgraph_.tensors.size(), -1),
      folded_into_(subgraph_.operators.size(), -1) {}

Result<std::shared_ptr<const Plan>> PlanCompiler::Compile() {
  Status status = CompileSteps();
  if (!status.ok()) return std::move(status.AtSubgraph(plan_->options_.subgraph));
  return std::shared_ptr<const Plan>(std::move(plan_));
}

Status PlanCompiler::CompileSteps() {
  OCTO_RETURN_IF_ERROR(CheckOperators());
  OCTO_RETURN_IF_ERROR(AddTensors());
  OCTO_RETURN_IF_ERROR(SetInputShapes());
  plan_->nodes_.reserve(subgraph_.operators.size());
  for (size_t i = 0; i < subgraph_.operators.size(); ++i) {
    OCTO_RETURN_IF_ERROR(AddNode(static_cast<int32_t>(i)));
  }
  for (const int32_t output : subgraph_.outputs) {
    if (!available_[static_cast<size_t>(output)]) {
      return TensorError(output, StatusCode::kInvalidModel, "is an output that nothing computes");
    }
  }
  // What was folded into others.
  std::erase_if(plan_->nodes_, [](const PlanNode& node) { return node.def == nullptr; });
  OCTO_RETURN_IF_ERROR(LayOutArena());
  for (const AlignedBuffer& constant : plan_->constants_) plan_->owned_bytes_ += constant.size();
  for (const PlanNode& node : plan_->nodes_) {
    if (node.kernel) plan_->owned_bytes_ += node.kernel->owned_bytes();
  }
  return Status::Ok();
}

const OpDef* PlanCompiler::Find(const Operator& op) const {
  const OperatorCode& code = model_.code(op);
  if (code.builtin == static_cast<int32_t>(BuiltinOp::kCustom)) {
    for (const OpDef* def : plan_->options_.custom_ops) {
      if (def->custom_code == code.custom_code) return def;
    }
  }
  return FindOp(code.builtin, code.custom_code);
}

// Of this subgraph and of all that its operators may call.
Status PlanCompiler::CheckOperators() const {
  std::string missing;
  Status status(StatusCode::kUnsupportedOperator, "");
  std::set<std::string_view> named;
  std::vector<int64_t> subgraphs = {plan_->options_.subgraph};
  for (size_t s = 0; s < subgraphs.size(); ++s) {
    const Subgraph& subgraph = model_.subgraphs[static_cast<size_t>(subgraphs[s])];
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      for (const int64_t callee : CalledSubgraphs(model_, op)) {
        if (std::ranges::find(subgraphs, callee) == subgraphs.end()) subgraphs.push_back(callee);
      }
      // A model may have the same one a hundred times; the first place of each is enough.
      const std::string_view name = OperatorName(model_, op);
      if (Find(op) != nullptr || !named.insert(name).second) continue;
      missing += (named.size() > 1 ? ", '" : "'") + std::string(name) + "' (operator " +
                 std::to_string(i) + (s > 0 ? " of subgraph " + std::to_string(subgraphs[s]) : "") +
                 ")";
      status.AtOp(static_cast<int32_t>(i), name).AtSubgraph(static_cast<int32_t>(subgraphs[s]));
    }
  }
  if (named.empty()) return Status::Ok();
  return status.WithMessage("cannot run " + missing);
}

Status PlanCompiler::AddTensors() {
  const size_t count = subgraph_.tensors.size();
  plan_->tensors_.resize(count);
  available_.assign(count, false);
  for (size_t i = 0; i < count; ++i) {
    const Tensor& from = subgraph_.tensors[i];
    PlanTensor& to = plan_->tensors_[i];
    to.spec.index = static_cast<int32_t>(i);
    to.spec.name = from.name;
    to.spec.type = from.type;
    to.spec.is_variable = from.is_variable;
    if (from.quantization) to.spec.quantization = &*from.quantization;
    if (const auto shape = Shape::Make(from.shape)) to.spec.shape = *shape;
  }
  return Status::Ok();
}

// Constants and variables are looked at when an operator first reads them, so that what nobody
// reads costs nothing, and what is beyond us is refused only where it matters.
Status PlanCompiler::Load(int32_t index) {
  const Tensor& from = subgraph_.tensors[static_cast<size_t>(index)];
  PlanTensor& to = tensor(index);
  if (!Shape::Make(from.shape)) {
    return TensorError(index, StatusCode::kUnsupportedModel,
                       "has a shape of more than 8 dimensions or 2^31 elements");
  }
  available_[static_cast<size_t>(index)] = true;
  if (from.is_variable) return Place(index);
  if (!model_.is_constant(from) && to.spec.shape.num_elements() > 0) {
    return TensorError(index, StatusCode::kInvalidModel, "is read before anything computes it");
  }
  std::span<const uint8_t> bytes = model_.data(from);
  if (from.sparsity) {
    OCTO_ASSIGN_OR_RETURN(bytes, DenseContent(index));
  } else if (reinterpret_cast<uintptr_t>(bytes.data()) % ElementAlignment(from.type) != 0) {
    OCTO_ASSIGN_OR_RETURN(uint8_t* copy, NewConstant(index, bytes.size()));
    std::memcpy(copy, bytes.data(), bytes.size());
    bytes = {copy, bytes.size()};
  }
  to.place = TensorPlace::kConstant;
  to.bytes = bytes.size();
  to.spec.is_constant = true;
  to.spec.constant = bytes;
  return Status::Ok();
}

// Operators see sparse constants as dense ones.
Result<std::span<const uint8_t>> PlanCompiler::DenseContent(int32_t index) {
  const Tensor& from = subgraph_.tensors[static_cast<size_t>(index)];
  const Shape& shape = tensor(index).spec.shape;
  const int bits = DataTypeBits(from.type);
  const auto bytes = DataTypeBytes(from.type, static_cast<size_t>(shape.num_elements()));
  if (bits < 8 || !bytes) {
    return TensorError(index, StatusCode::kUnsupportedModel,
                       "is sparse with elements that are not whole bytes");
  }
  OCTO_ASSIGN_OR_RETURN(uint8_t* const dense, NewConstant(index, *bytes));
  const Status status =
      Densify(*from.sparsity, shape, static_cast<size_t>(bits / 8), model_.data(from), dense);
  if (!status.ok()) return TensorError(index, status.code(), status.message());
  return std::span<const uint8_t>(dense, *bytes);
}

// Memory for a tensor that has content before the first operator: an input or a variable.
Status PlanCompiler::Place(int32_t index) {
  PlanTensor& to = tensor(index);
  if (to.spec.type == DataType::kString) {
    to.place = TensorPlace::kDynamic;
    return Status::Ok();
  }
  const auto bytes = DataTypeBytes(to.spec.type, static_cast<size_t>(to.spec.shape.num_elements()));
  if (!bytes) {
    return TensorError(
        index, StatusCode::kUnsupportedModel,
        "is of type " + std::string(DataTypeName(to.spec.type)) + ", which cannot be set");
  }
  to.place = TensorPlace::kArena;
  to.bytes = *bytes;
  return Status::Ok();
}

Status PlanCompiler::SetInputShapes() {
  const std::vector<std::optional<Shape>>& wanted = plan_->options_.input_shapes;
  for (size_t i = 0; i < subgraph_.inputs.size(); ++i) {
    const int32_t index = subgraph_.inputs[i];
    const Tensor& from = subgraph_.tensors[static_cast<size_t>(index)];
    PlanTensor& to = tensor(index);
    if (!Shape::Make(from.shape)) {
      return TensorError(index, StatusCode::kUnsupportedModel,
                         "has a shape of more than 8 dimensions or 2^31 elements");
    }
    if (i < wanted.size() && wanted[i]) to.spec.shape = *wanted[i];
    OCTO_RETURN_IF_ERROR(Place(index));
    available_[static_cast<size_t>(index)] = true;
  }
  return Status::Ok();
}

std::vector<TensorSpec> PlanCompiler::Specs(std::span<const int32_t> indices) const {
  std::vector<TensorSpec> specs;
  specs.reserve(indices.size());
  for (const int32_t index : indices) {
    specs.push_back(index == kNoTensor ? TensorSpec()
                                       : plan_->tensors_[static_cast<size_t>(index)].spec);
  }
  return specs;
}

Status PlanCompiler::AddNode(int32_t op_index) {
  const Operator& op = subgraph_.operators[static_cast<size_t>(op_index)];
  const auto located = [&](Status status) {
    status.AtOp(op_index, OperatorName(model_, op));
    return status;
  };
  const OpDef& def = *Find(op);
  bool all_constant = def.pure && !op.inputs.empty();
  bool shapes_known = true;
  for (const int32_t index : op.inputs) {
    if (index == kNoTensor) continue;
    if (!available_[static_cast<size_t>(index)]) {
      Status status = Load(index);
      if (!status.ok()) return located(std::move(status));
    }
    all_constant &= tensor(index).spec.is_constant;
    shapes_known &= tensor(index).place != TensorPlace::kDynamic;
  }
  for (const int32_t index : op.outputs) {
    if (index == kNoTensor || available_[static_cast<size_t>(index)]) {
      Status status(StatusCode::kInvalidModel, "writes a tensor that has content already");
      if (index != kNoTensor) status = TensorError(index, status.code(), status.message());
      return located(std::move(status));
    }
  }

  PlanNode node;
  node.op_index = op_index;
  node.def = &def;
  node.inputs = op.inputs;
  node.outputs = op.outputs;
  std::vector<bool> dynamic_outputs(op.outputs.size(), true);
  if (shapes_known) {
    all_constant |= def.shape_only;
    std::vector<TensorSpec> outputs = Specs(op.outputs);
    OCTO_ASSIGN_OR_RETURN(PreparedNode prepared, Prepare(node, !all_constant, outputs));
    if (all_constant && !prepared.any_dynamic) {
      OCTO_RETURN_IF_ERROR(FoldNode(op, op_index, prepared, outputs));
      ReleaseConstants(op, nullptr);
      return Status::Ok();
    }
    if (def.multiply_adds && !prepared.any_dynamic) {
      plan_->multiply_adds_ += def.multiply_adds(Specs(op.inputs), outputs);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      tensor(op.outputs[i]).spec.type = outputs[i].type;
      tensor(op.outputs[i]).spec.shape = outputs[i].shape;
    }
    node.kernel = std::move(prepared.kernel);
    node.scratch_bytes = prepared.scratch_bytes;
    node.in_place_inputs = prepared.in_place_inputs;
    node.output_is_view = prepared.output_is_view;
    dynamic_outputs = std::move(prepared.dynamic_outputs);
    ReleaseConstants(op, node.kernel.get());
  }
  Finish(std::move(node), dynamic_outputs);
  return Status::Ok();
}

Result<PreparedNode> PlanCompiler::Prepare(PlanNode& node, bool with_neighbours,
                                           std::vector<TensorSpec>& outputs) {
  const Operator& op = subgraph_.operators[static_cast<size_t>(node.op_index)];
  const auto prepare = [&](const NodeFolding& folding) {
    return PrepareNode(model_, op, node.op_index, *node.def, plan_->options_, Specs(node.inputs),
                       outputs, folding);
  };
  if (!with_neighbours || all_visible()) return prepare({});
  NodeFolding folding;
  const auto activation = FindActivation(model_, subgraph_, uses_, *node.def, op);
  if (activation) folding.activation = activation->function;
  const auto padding = PaddingBefore(node, op);
  if (padding) {
    const int32_t padded = node.inputs[0];
    PlanNode& pad = plan_->nodes_[static_cast<size_t>(writers_[static_cast<size_t>(padded)])];
    folding.padding = *padding;
    node.inputs[0] = pad.inputs[0];
    tensor(padded).place = TensorPlace::kUnused;
    pad = PlanNode();
  }
  Result<PreparedNode> prepared = prepare(folding);
  if (activation && prepared.ok()) {
    folded_into_[static_cast<size_t>(activation->op_index)] =
        static_cast<int32_t>(plan_->nodes_.size());
  }
  return prepared;
}

std::optional<ImagePadding> PlanCompiler::PaddingBefore(const PlanNode& node, const Operator& op) {
  if (node.inputs.size() < 2 || node.inputs[0] == kNoTensor || node.inputs[1] == kNoTensor) {
    return std::nullopt;
  }
  const int32_t writer = writers_[static_cast<size_t>(node.inputs[0])];
  if (writer < 0 || uses_.SoleReader(node.inputs[0]) != node.op_index) return std::nullopt;
  return FindPadding(plan_->nodes_[static_cast<size_t>(writer)], plan_->tensors_, *node.def, op,
                     tensor(node.inputs[1]).spec);
}

void PlanCompiler::Finish(PlanNode node, const std::vector<bool>& dynamic_outputs) {
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    PlanTensor& output = tensor(node.outputs[i]);
    available_[static_cast<size_t>(node.outputs[i])] = true;
    if (dynamic_outputs[i]) {
      output.place = TensorPlace::kDynamic;
    } else {
      output.place = TensorPlace::kArena;
      output.bytes =
          *DataTypeBytes(output.spec.type, static_cast<size_t>(output.spec.shape.num_elements()));
    }
  }
  int32_t writer = folded_into_[static_cast<size_t>(node.op_index)];
  if (writer >= 0) {
    // The node that does this one's work makes this one's output.
    tensor(node.inputs[0]).place = TensorPlace::kUnused;
    plan_->nodes_[static_cast<size_t>(writer)].outputs = node.outputs;
  } else {
    writer = static_cast<int32_t>(plan_->nodes_.size());
    plan_->nodes_.push_back(std::move(node));
  }
  for (const int32_t output : plan_->nodes_[static_cast<size_t>(writer)].outputs) {
    writers_[static_cast<size_t>(output)] = writer;
  }
}

void PlanCompiler::ReleaseConstants(const Operator& op, const OpKernel* kernel) {
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const bool keeps = kernel != nullptr && kernel->reads_constant(static_cast<int>(i));
    const std::optional<size_t> slot = constant_readers_.Done(op.inputs[i], keeps);
    if (!slot) continue;
    AlignedBuffer& buffer = plan_->constants_[*slot];
    constant_bytes_ -= buffer.size();
    buffer = AlignedBuffer();
    PlanTensor& released = tensor(op.inputs[i]);
    released.place = TensorPlace::kUnused;
    released.spec.constant = {};
  }
}

Status PlanCompiler::FoldNode(const Operator& op, int32_t op_index, const PreparedNode& prepared,
                              std::span<const TensorSpec> outputs) {
  std::vector<RuntimeTensor> runtime(op.inputs.size() + op.outputs.size());
  std::vector<RuntimeTensor*> pointers;
  const auto add = [&](size_t slot, const TensorSpec& spec, const uint8_t* data, size_t bytes) {
    runtime[slot] = {spec.type, spec.shape, const_cast<uint8_t*>(data), bytes};
    return &runtime[slot];
  };
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.inputs[i] == kNoTensor) {
      pointers.push_back(nullptr);
      continue;
    }
    const TensorSpec& spec = tensor(op.inputs[i]).spec;
    pointers.push_back(add(i, spec, spec.constant.data(), spec.constant.size()));
  }
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    PlanTensor& output = tensor(op.outputs[i]);
    output.spec.type = outputs[i].type;
    output.spec.shape = outputs[i].shape;
    output.bytes =
        *DataTypeBytes(output.spec.type, static_cast<size_t>(output.spec.shape.num_elements()));
    OCTO_ASSIGN_OR_RETURN(uint8_t* data, NewConstant(op.outputs[i], output.bytes));
    output.place = TensorPlace::kConstant;
    output.spec.is_constant = true;
    output.spec.constant = {data, output.bytes};
    available_[static_cast<size_t>(op.outputs[i])] = true;
    pointers.push_back(add(op.inputs.size() + i, output.spec, data, output.bytes));
  }
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer scratch, AlignedBuffer::Allocate(prepared.scratch_bytes));
  const std::span<RuntimeTensor* const> all(pointers);
  EvalContext ctx(all.first(op.inputs.size()), all.subspan(op.inputs.size()), scratch.data(),
                  nullptr, nullptr);
  Status status = prepared.kernel->Eval(ctx);
  return std::move(status.AtOp(op_index, OperatorName(model_, op)));
}

Result<uint8_t*> PlanCompiler::NewConstant(int32_t tensor, size_t bytes) {
  if (bytes > plan_->options_.memory_limit - constant_bytes_) {
    return Status(StatusCode::kOutOfMemory, "constants need more than the limit of " +
                                                std::to_string(plan_->options_.memory_limit) +
                                                " bytes");
  }
  constant_bytes_ += bytes;
  OCTO_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Allocate(bytes));
  if (!all_visible()) constant_readers_.Add(tensor, plan_->constants_.size());
  plan_->constants_.push_back(std::move(buffer));
  return plan_->constants_.back().data();
}

std::vector<Lifetime> PlanCompiler::Lifetimes() const {
  const auto end = static_cast<int32_t>(plan_->nodes_.size());
  std::vector<Lifetime> lifetimes(plan_->tensors_.size());
  const auto touch = [&](int32_t index, int32_t node) {
    if (index == kNoTensor) return;
    if (plan_->tensors_[static_cast<size_t>(index)].place != TensorPlace::kArena) return;
    Lifetime& lifetime = lifetimes[static_cast<size_t>(index)];
    lifetime.first = lifetime.first < 0 ? node : std::min(lifetime.first, node);
    lifetime.last = std::max(lifetime.last, node);
  };
  // The caller may set inputs once and run often, so they live throughout; outputs until the end.
  for (const int32_t index : subgraph_.inputs) {
    touch(index, 0);
    touch(index, end);
  }
  for (int32_t i = 0; i < end; ++i) {
    const PlanNode& node = plan_->nodes_[static_cast<size_t>(i)];
    for (const int32_t index : node.inputs) touch(index, i);
    for (const int32_t index : node.outputs) touch(index, i);
  }
  for (const int32_t index : subgraph_.outputs) touch(index, end);
  const bool keep_all = plan_->options_.keep_all_tensors;
  for (size_t i = 0; i < lifetimes.size(); ++i) {
    // Variables outlive the run.
    const bool is_variable = plan_->tensors_[i].spec.is_variable;
    if (is_variable) touch(static_cast<int32_t>(i), 0);
    if (is_variable || keep_all) touch(static_cast<int32_t>(i), end);
  }
  return lifetimes;
}

Status PlanCompiler::LayOutArena() {
  std::vector<PlanTensor>& tensors = plan_->tensors_;
  std::vector<PlanNode>& nodes = plan_->nodes_;
  const auto end = static_cast<int32_t>(nodes.size());
  std::vector<Lifetime> lifetimes = Lifetimes();
  // By tensor: the one whose memory it has.
  std::vector<int32_t> roots(tensors.size());
  std::iota(roots.begin(), roots.end(), 0);
  if (!plan_->options_.keep_all_tensors) {
    roots = ShareMemory(nodes, tensors, subgraph_.inputs, end, plan_->options_.observed, lifetimes);
  }

  std::vector<ArenaBlock> blocks(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (lifetimes[i].first < 0 || roots[i] != static_cast<int32_t>(i)) continue;
    blocks[i] = {tensors[i].bytes, lifetimes[i].first, lifetimes[i].last, 0};
  }
  for (int32_t i = 0; i < end; ++i) {
    blocks.push_back({nodes[static_cast<size_t>(i)].scratch_bytes, i, i, 0});
  }
  const uint64_t arena_bytes = PlanArena(blocks);
  if (arena_bytes > plan_->options_.memory_limit) {
    return Status(StatusCode::kOutOfMemory, "activations need " + std::to_string(arena_bytes) +
                                                " bytes at once; use smaller input shapes");
  }
  plan_->arena_bytes_ = static_cast<size_t>(arena_bytes);
  for (size_t i = 0; i < tensors.size(); ++i) {
    tensors[i].arena_offset = static_cast<size_t>(blocks[static_cast<size_t>(roots[i])].offset);
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].scratch_offset = static_cast<size_t>(blocks[tensors.size() + i].offset);
  }
  return Status::Ok();
}

Status PlanCompiler::TensorError(int32_t index, StatusCode code, std::string message) const {
  Status status(code, std::move(message));
  return status.AtTensor(index, subgraph_.tensors[static_cast<size_t>(index)].name);
}

}  // namespace octolite
