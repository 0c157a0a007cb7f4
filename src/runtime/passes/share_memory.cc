#include "runtime/passes/share_memory.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace octolite {
namespace {

class Sharing {
 public:
  Sharing(std::span<const PlanTensor> tensors, std::span<const int32_t> inputs, int32_t end,
          std::vector<Lifetime>& lifetimes)
      : tensors_(tensors), end_(end), lifetimes_(lifetimes), root_(tensors.size()) {
    std::iota(root_.begin(), root_.end(), 0);
    is_input_.assign(tensors.size(), false);
    for (const int32_t input : inputs) is_input_[static_cast<size_t>(input)] = true;
  }

  // Whether the output may lie where the input lies.
  bool MayView(int32_t input, int32_t output) const {
    if (!Sharable(input) || !Sharable(output) || tensor(input).bytes != tensor(output).bytes) {
      return false;
    }
    const auto root = static_cast<size_t>(Root(input));
    return !is_input_[root] || lifetimes_[static_cast<size_t>(output)].last < end_;
  }

  // Whether node `at` may write its output over one of its inputs: the last that needs the memory,
  // which it reads through inputs that allow it alone.
  bool MayReplace(const PlanNode& node, int32_t input, int32_t at) const {
    if (!MayView(input, node.outputs[0])) return false;
    const int32_t root = Root(input);
    if (lifetimes_[static_cast<size_t>(root)].last != at) return false;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoTensor || Root(node.inputs[i]) != root) continue;
      if (i >= 32 || (node.in_place_inputs >> i & 1u) == 0) return false;
    }
    return true;
  }

  void Join(int32_t input, int32_t output) {
    const int32_t root = Root(input);
    root_[static_cast<size_t>(output)] = root;
    int32_t& last = lifetimes_[static_cast<size_t>(root)].last;
    last = std::max(last, lifetimes_[static_cast<size_t>(output)].last);
  }

  std::vector<int32_t> roots() && { return std::move(root_); }

 private:
  const PlanTensor& tensor(int32_t index) const { return tensors_[static_cast<size_t>(index)]; }
  // One step finds it: a tensor is joined when its node makes it, before anything joins it.
  int32_t Root(int32_t index) const { return root_[static_cast<size_t>(index)]; }
  bool Sharable(int32_t index) const {
    return index != kNoTensor && tensor(index).place == TensorPlace::kArena &&
           !tensor(index).spec.is_variable;
  }

  std::span<const PlanTensor> tensors_;
  int32_t end_;
  std::vector<Lifetime>& lifetimes_;
  std::vector<int32_t> root_;
  std::vector<bool> is_input_;
};

}  // namespace

std::vector<int32_t> ShareMemory(std::span<const PlanNode> nodes,
                                 std::span<const PlanTensor> tensors,
                                 std::span<const int32_t> inputs, int32_t end, bool observed,
                                 std::vector<Lifetime>& lifetimes) {
  Sharing sharing(tensors, inputs, end, lifetimes);
  for (int32_t at = 0; at < static_cast<int32_t>(nodes.size()); ++at) {
    const PlanNode& node = nodes[static_cast<size_t>(at)];
    if (node.output_is_view && sharing.MayView(node.inputs[0], node.outputs[0])) {
      sharing.Join(node.inputs[0], node.outputs[0]);
      continue;
    }
    for (size_t i = 0; !observed && i < node.inputs.size() && i < 32; ++i) {
      if ((node.in_place_inputs >> i & 1u) == 0) continue;
      if (!sharing.MayReplace(node, node.inputs[i], at)) continue;
      sharing.Join(node.inputs[i], node.outputs[0]);
      break;
    }
  }
  return std::move(sharing).roots();
}

}  // namespace octolite
