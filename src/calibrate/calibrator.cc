#include "calibrate/calibrator.h"

#include <utility>

namespace octolite {
namespace {

// Whether an operator makes float32 out of float16 constants: weights, not activations.
bool IsDequantize(const Model& model, const Operator& op) {
  return model.code(op).builtin == static_cast<int32_t>(BuiltinOp::kDequantize);
}

class ActivationObserver final : public Interpreter::Observer {
 public:
  ActivationObserver(std::span<const int32_t> record_of_tensor, SubgraphStatistics& statistics)
      : record_of_tensor_(record_of_tensor), statistics_(statistics) {}

  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    for (const int32_t output : node.outputs) Observe(interpreter, output);
    return Status::Ok();
  }

  void Observe(const Interpreter& interpreter, int32_t tensor) {
    const int32_t record = record_of_tensor_[static_cast<size_t>(tensor)];
    const RuntimeTensor& value = interpreter.tensor(tensor);
    if (record < 0 || value.data == nullptr) return;
    const int rank = value.shape.rank();
    statistics_.tensors[static_cast<size_t>(record)].statistics.Add(
        {reinterpret_cast<const float*>(value.data), value.bytes / sizeof(float)},
        rank >= 2 ? value.shape.dim(rank - 1) : 0);
  }

 private:
  std::span<const int32_t> record_of_tensor_;
  SubgraphStatistics& statistics_;
};

}  // namespace

Result<std::unique_ptr<Calibrator>> Calibrator::Create(std::shared_ptr<const Model> model,
                                                       const PlanOptions& options) {
  PlanOptions observed = options;
  observed.observed = true;
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::move(model), observed));
  std::unique_ptr<Calibrator> calibrator(new Calibrator());
  OCTO_ASSIGN_OR_RETURN(calibrator->interpreter_, Interpreter::Create(plan));
  calibrator->stats_.subgraphs.push_back({options.subgraph, 0, {}});
  std::vector<TensorRecord>& records = calibrator->stats_.subgraphs[0].tensors;

  const Subgraph& subgraph = plan->subgraph();
  std::vector<bool> is_activation(subgraph.tensors.size());
  const auto mark = [&](const std::vector<int32_t>& tensors) {
    for (const int32_t tensor : tensors) {
      if (tensor != kNoTensor) is_activation[static_cast<size_t>(tensor)] = true;
    }
  };
  mark(subgraph.inputs);
  for (const Operator& op : subgraph.operators) {
    if (!IsDequantize(plan->model(), op)) mark(op.outputs);
  }
  calibrator->record_of_tensor_.assign(subgraph.tensors.size(), -1);
  for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
    if (!is_activation[i] || subgraph.tensors[i].type != DataType::kFloat32) continue;
    calibrator->record_of_tensor_[i] = static_cast<int32_t>(records.size());
    records.push_back({static_cast<int32_t>(i), subgraph.tensors[i].name, {}});
    // No node of the plan writes what was folded, so it is looked at apart.
    if (plan->tensors()[i].place == TensorPlace::kConstant) {
      calibrator->folded_.push_back(static_cast<int32_t>(i));
    }
  }
  return calibrator;
}

Status Calibrator::Step() {
  ActivationObserver observer(record_of_tensor_, stats_.subgraphs[0]);
  // Before the run: an input's memory is free for others once its last reader is done.
  for (const int32_t input : interpreter_->plan().subgraph().inputs) {
    observer.Observe(*interpreter_, input);
  }
  for (const int32_t tensor : folded_) observer.Observe(*interpreter_, tensor);
  OCTO_RETURN_IF_ERROR(interpreter_->Invoke(&observer));
  ++stats_.subgraphs[0].samples;
  return Status::Ok();
}

}  // namespace octolite
