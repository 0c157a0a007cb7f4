#include "calibrate/calibrator.h"

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "calibrate/fingerprint.h"

namespace octolite {
namespace {

// Whether an operator makes float32 out of float16 constants: weights, not activations.
bool IsDequantize(const Model& model, const Operator& op) {
  return model.code(op).builtin == static_cast<int32_t>(BuiltinOp::kDequantize);
}

// Whether an operator may have changed a tensor that it reads.
bool IsState(const Subgraph& subgraph, int32_t tensor) {
  return tensor != kNoTensor && subgraph.tensors[static_cast<size_t>(tensor)].is_variable;
}

}  // namespace

class Calibrator::Watcher final : public Interpreter::Observer {
 public:
  explicit Watcher(CalibrationStats& stats) : stats_(stats) {}

  // Before a subgraph runs: an input's memory is free for others once its last reader is done, and
  // no node of the plan writes what was folded.
  void Begin(const Interpreter& interpreter) {
    const std::span<const PlanTensor> tensors = interpreter.plan().tensors();
    Watch(interpreter.plan());
    for (const int32_t input : interpreter.plan().subgraph().inputs) Observe(interpreter, input);
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (tensors[i].place == TensorPlace::kConstant) {
        Observe(interpreter, static_cast<int32_t>(i));
      }
    }
  }

  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    for (const int32_t output : node.outputs) Observe(interpreter, output);
    for (const int32_t input : node.inputs) {
      if (IsState(interpreter.plan().subgraph(), input)) Observe(interpreter, input);
    }
    return Status::Ok();
  }

  Interpreter::Observer* OnCall(const Interpreter& callee) override {
    Begin(callee);
    ++stats_.At(callee.plan().options().subgraph).samples;
    return this;
  }

  // Makes a record for each activation of the plan's subgraph, where there are none.
  void Watch(const Plan& plan) {
    const auto [found, is_new] = record_of_tensor_.try_emplace(plan.options().subgraph);
    if (!is_new) return;
    const Subgraph& subgraph = plan.subgraph();
    std::vector<bool> is_activation(subgraph.tensors.size());
    const auto mark = [&](const std::vector<int32_t>& tensors) {
      for (const int32_t tensor : tensors) {
        if (tensor != kNoTensor) is_activation[static_cast<size_t>(tensor)] = true;
      }
    };
    mark(subgraph.inputs);
    for (const Operator& op : subgraph.operators) {
      if (!IsDequantize(plan.model(), op)) mark(op.outputs);
      for (const int32_t input : op.inputs) {
        if (IsState(subgraph, input)) is_activation[static_cast<size_t>(input)] = true;
      }
    }
    std::vector<TensorRecord>& records = stats_.At(plan.options().subgraph).tensors;
    found->second.assign(subgraph.tensors.size(), -1);
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      if (!is_activation[i] || subgraph.tensors[i].type != DataType::kFloat32) continue;
      found->second[i] = static_cast<int32_t>(records.size());
      records.push_back({static_cast<int32_t>(i), subgraph.tensors[i].name, {}});
    }
  }

 private:
  void Observe(const Interpreter& interpreter, int32_t tensor) {
    const int32_t subgraph = interpreter.plan().options().subgraph;
    const int32_t record = record_of_tensor_.at(subgraph)[static_cast<size_t>(tensor)];
    const RuntimeTensor& value = interpreter.tensor(tensor);
    if (record < 0 || value.data == nullptr) return;
    const int rank = value.shape.rank();
    stats_.At(subgraph).tensors[static_cast<size_t>(record)].statistics.Add(
        {reinterpret_cast<const float*>(value.data), value.bytes / sizeof(float)},
        rank >= 2 ? value.shape.dim(rank - 1) : 0);
  }

  CalibrationStats& stats_;
  std::map<int32_t, std::vector<int32_t>> record_of_tensor_;  // by subgraph; -1: not observed
};

Calibrator::Calibrator() : watcher_(std::make_unique<Watcher>(stats_)) {}
Calibrator::~Calibrator() = default;

Result<std::unique_ptr<Calibrator>> Calibrator::Create(std::shared_ptr<const Model> model,
                                                       const PlanOptions& options) {
  PlanOptions observed = options;
  observed.observed = true;
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::move(model), observed));
  std::unique_ptr<Calibrator> calibrator(new Calibrator());
  calibrator->stats_.model = ModelFingerprint(plan->model());
  calibrator->watcher_->Watch(*plan);
  OCTO_ASSIGN_OR_RETURN(calibrator->interpreter_, Interpreter::Create(std::move(plan)));
  return calibrator;
}

Status Calibrator::Step() {
  watcher_->Begin(*interpreter_);
  OCTO_RETURN_IF_ERROR(interpreter_->Invoke(watcher_.get()));
  ++stats_.At(interpreter_->plan().options().subgraph).samples;
  convergence_.Update(stats_);
  return Status::Ok();
}

}  // namespace octolite
