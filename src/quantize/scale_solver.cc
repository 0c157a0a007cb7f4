#include "quantize/scale_solver.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace octolite {
namespace {

// A group's range may be this much wider than a member's before the member, where it has other
// readers, is requantized for the group: one bit of precision.
constexpr float kBearableWidening = 2.0f;

class DisjointSets {
 public:
  explicit DisjointSets(size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }
  size_t Find(size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void Unite(size_t a, size_t b) { parent_[Find(a)] = Find(b); }

 private:
  std::vector<size_t> parent_;
};

// Tensors and operators whose scales agree.
struct Group {
  Range range;
  bool symmetric = false;
  bool has_member_source = false;  // something outside feeds a member that is not pinned
  // Parameters of the pinned values that feed its operators.
  std::vector<AffineParams> pinned;
  std::optional<AffineParams> params;
};

class Solver {
 public:
  Solver(const ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
         const CalibrationStats& stats, const ObserverConfig& observer)
      : editor_(editor),
        subgraph_(subgraph),
        decisions_(decisions),
        stats_(stats),
        observer_(observer),
        uses_(FindUses(editor, subgraph)),
        ranges_(uses_.size()),
        pinned_(uses_.size()),
        sets_(0) {}

  Result<ActivationScales> Solve() {
    OCTO_RETURN_IF_ERROR(FindRanges());
    OCTO_RETURN_IF_ERROR(Unite());
    if (PinNarrowValues()) OCTO_RETURN_IF_ERROR(Unite());
    ActivationScales scales;
    scales.of_tensor.resize(uses_.size());
    scales.of_operator.resize(decisions_.size());
    for (size_t t = 0; t < uses_.size(); ++t) {
      if (!ranges_[t]) continue;
      scales.of_tensor[t] = pinned_[t] ? pinned_[t] : groups_[sets_.Find(t)].params;
    }
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (IsSameScale(i)) scales.of_operator[i] = groups_[sets_.Find(OpItem(i))].params;
    }
    return scales;
  }

 private:
  bool IsSameScale(size_t op) const {
    return decisions_[op].is_static() && decisions_[op].rule->scale == ScaleRule::kSameScale;
  }
  size_t OpItem(size_t op) const { return uses_.size() + op; }
  const Operator& op(size_t i) const { return editor_.op(subgraph_, static_cast<int32_t>(i)); }
  bool MadeBySameScale(size_t tensor) const {
    const int32_t producer = uses_[tensor].producer;
    return producer >= 0 && IsSameScale(static_cast<size_t>(producer));
  }

  // Calls f(tensor) for every activation operand that is there, constants too.
  template <typename F>
  void ForEachActivation(size_t i, F f) const {
    const std::vector<int32_t>& inputs = op(i).inputs;
    for (size_t k = 0; k < inputs.size(); ++k) {
      if (inputs[k] != kNoTensor && decisions_[i].rule->is_activation(static_cast<int>(k))) {
        f(static_cast<size_t>(inputs[k]));
      }
    }
  }
  bool IsConstant(size_t tensor) const {
    return editor_.model().is_constant(editor_.tensor(subgraph_, static_cast<int32_t>(tensor)));
  }

  // The range of every value that a static operator makes or reads, and what is prescribed.
  Status FindRanges() {
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!decisions_[i].is_static()) continue;
      const QuantRule& rule = *decisions_[i].rule;
      Status status;
      const auto find = [&](size_t tensor) {
        if (status.ok() && !IsConstant(tensor) && !ranges_[tensor]) status = FindRange(tensor);
      };
      ForEachActivation(i, find);
      for (const int32_t t : op(i).outputs) {
        if (rule.scale == ScaleRule::kFixedOutput) {
          ranges_[static_cast<size_t>(t)] = Range();
          pinned_[static_cast<size_t>(t)] = AffineParams{rule.fixed_scale, rule.fixed_zero_point};
        } else {
          find(static_cast<size_t>(t));
        }
      }
      OCTO_RETURN_IF_ERROR(status);
    }
    return Status::Ok();
  }

  Status FindRange(size_t tensor) {
    const auto index = static_cast<int32_t>(tensor);
    const std::string& name = editor_.tensor(subgraph_, index).name;
    const TensorRecord* record = stats_.Find(subgraph_, index);
    const SubgraphStatistics* subgraph = stats_.FindSubgraph(subgraph_);
    if (!record || record->statistics.count + record->statistics.nan_count +
                           record->statistics.infinite_count ==
                       0) {
      Status status(StatusCode::kNotCalibrated,
                    subgraph ? "this tensor was not seen in calibration"
                             : "static quantization needs calibration, and there was none");
      return status.AtTensor(index, name)
          .AtSubgraph(subgraph_)
          .WithHint("calibrate the model on samples of its real input");
    }
    if (record->name != name) {
      Status status(StatusCode::kInvalidArgument,
                    "the calibration is of another model: there this tensor is called '" +
                        record->name + "'");
      return status.AtTensor(index, name).AtSubgraph(subgraph_);
    }
    Result<Range> range = SelectRange(record->statistics, observer_);
    if (!range.ok()) return range.status().AtTensor(index, name).AtSubgraph(subgraph_);
    ranges_[tensor] = range.value();
    return Status::Ok();
  }

  Status Unite() {
    sets_ = DisjointSets(uses_.size() + decisions_.size());
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!IsSameScale(i)) continue;
      for (const int32_t t : op(i).outputs) sets_.Unite(OpItem(i), static_cast<size_t>(t));
      ForEachActivation(i, [&](size_t tensor) {
        if (!IsConstant(tensor) && !pinned_[tensor]) sets_.Unite(OpItem(i), tensor);
      });
    }
    groups_.assign(uses_.size() + decisions_.size(), {});
    for (size_t t = 0; t < uses_.size(); ++t) {
      if (!ranges_[t] || pinned_[t]) continue;
      Group& group = groups_[sets_.Find(t)];
      group.range.min = std::min(group.range.min, ranges_[t]->min);
      group.range.max = std::max(group.range.max, ranges_[t]->max);
      group.symmetric |= IsSymmetric(t);
      group.has_member_source |= !MadeBySameScale(t);
    }
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!IsSameScale(i)) continue;
      Group& group = groups_[sets_.Find(OpItem(i))];
      ForEachActivation(i, [&](size_t tensor) {
        if (pinned_[tensor]) group.pinned.push_back(*pinned_[tensor]);
        if (IsConstant(tensor)) group.has_member_source = true;
      });
    }
    for (Group& group : groups_) {
      const bool all_equal =
          std::all_of(group.pinned.begin(), group.pinned.end(),
                      [&](const AffineParams& p) { return p == group.pinned[0]; });
      if (!group.pinned.empty() && all_equal && !group.has_member_source) {
        group.params = group.pinned[0];
        continue;
      }
      OCTO_ASSIGN_OR_RETURN(group.params, group.symmetric ? SymmetricParams(group.range)
                                                          : AsymmetricParams(group.range));
    }
    return Status::Ok();
  }

  // As its maker asks, or, where that is not quantized, as any of its readers.
  bool IsSymmetric(size_t tensor) const {
    const TensorUse& use = uses_[tensor];
    if (use.producer >= 0 && decisions_[static_cast<size_t>(use.producer)].is_static()) {
      return decisions_[static_cast<size_t>(use.producer)].symmetric_activations;
    }
    return std::any_of(use.consumers.begin(), use.consumers.end(), [&](const auto& consumer) {
      const Decision& decision = decisions_[static_cast<size_t>(consumer.first)];
      return decision.is_static() && decision.symmetric_activations;
    });
  }

  // Whether anything was pinned.
  bool PinNarrowValues() {
    std::vector<size_t> narrow;
    for (size_t t = 0; t < uses_.size(); ++t) {
      if (!ranges_[t] || pinned_[t] || MadeBySameScale(t)) continue;
      const TensorUse& use = uses_[t];
      const bool has_other_reader =
          use.is_graph_output ||
          std::any_of(use.consumers.begin(), use.consumers.end(), [&](const auto& consumer) {
            return !IsSameScale(static_cast<size_t>(consumer.first));
          });
      const Range& united = groups_[sets_.Find(t)].range;
      const float own_span = ranges_[t]->max - ranges_[t]->min;
      if (has_other_reader && own_span * kBearableWidening < united.max - united.min) {
        narrow.push_back(t);
      }
    }
    for (const size_t t : narrow) {
      // Of a finite range within a finite range: cannot be refused.
      const Result<AffineParams> params =
          IsSymmetric(t) ? SymmetricParams(*ranges_[t]) : AsymmetricParams(*ranges_[t]);
      if (params.ok()) pinned_[t] = params.value();
    }
    return !narrow.empty();
  }

  const ModelEditor& editor_;
  int32_t subgraph_;
  std::span<const Decision> decisions_;
  const CalibrationStats& stats_;
  const ObserverConfig& observer_;
  std::vector<TensorUse> uses_;
  std::vector<std::optional<Range>> ranges_;
  std::vector<std::optional<AffineParams>> pinned_;  // outside of every group
  DisjointSets sets_;
  std::vector<Group> groups_;
};

}  // namespace

Result<ActivationScales> SolveScales(const ModelEditor& editor, int32_t subgraph,
                                     std::span<const Decision> decisions,
                                     const CalibrationStats& stats,
                                     const ObserverConfig& observer) {
  return Solver(editor, subgraph, decisions, stats, observer).Solve();
}

}  // namespace octolite
