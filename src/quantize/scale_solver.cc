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
  DataType type = DataType::kInt8;
  bool symmetric = false;
  bool has_member_source = false;  // something outside feeds a member that is not pinned
  // Forms of the pinned values that feed its operators.
  std::vector<Form> pinned;
  std::optional<Form> form;
};

class Solver {
 public:
  Solver(const ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
         const CalibrationStats& stats, std::span<const std::optional<Form>> prescribed)
      : editor_(editor),
        subgraph_(subgraph),
        decisions_(decisions),
        stats_(stats),
        prescribed_(prescribed),
        uses_(FindUses(editor, subgraph)),
        ranges_(uses_.size()),
        makers_(uses_.size()),
        pinned_(uses_.size()),
        sets_(0) {}

  Result<ActivationForms> Solve() {
    OCTO_RETURN_IF_ERROR(FindRanges());
    OCTO_RETURN_IF_ERROR(Unite());
    if (PinNarrowValues()) OCTO_RETURN_IF_ERROR(Unite());
    ActivationForms forms;
    forms.of_tensor.resize(uses_.size());
    forms.of_input.resize(decisions_.size());
    for (size_t t = 0; t < uses_.size(); ++t) {
      if (ranges_[t]) forms.of_tensor[t] = MadeForm(t);
    }
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!decisions_[i].is_static()) continue;
      forms.of_input[i].resize(op(i).inputs.size());
      for (size_t k = 0; k < forms.of_input[i].size(); ++k) {
        OCTO_ASSIGN_OR_RETURN(forms.of_input[i][k], InputForm(i, k));
      }
    }
    return forms;
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

  // The decision that a value's parameters follow: its maker's, or, where that is not quantized,
  // that of the first of its readers.
  const Decision& maker(size_t tensor) const { return decisions_[makers_[tensor]]; }
  DataType type(size_t tensor) const { return maker(tensor).activation_type(); }
  const std::optional<Form>& MadeForm(size_t tensor) {
    return pinned_[tensor] ? pinned_[tensor] : groups_[sets_.Find(tensor)].form;
  }
  // Whether operator i shares the parameters of its activation, not just its range.
  bool Joins(size_t i, size_t tensor) const {
    return !IsConstant(tensor) && !pinned_[tensor] &&
           type(tensor) == decisions_[i].activation_type();
  }

  Result<std::optional<Form>> InputForm(size_t i, size_t k) {
    const int32_t index = op(i).inputs[k];
    if (index == kNoTensor || !decisions_[i].rule->is_activation(static_cast<int>(k)) ||
        ReadsShapeAlone(editor_, subgraph_, static_cast<int32_t>(i))) {
      return std::optional<Form>();
    }
    const auto tensor = static_cast<size_t>(index);
    if (prescribed_[i]) return prescribed_[i];
    if (IsSameScale(i)) return groups_[sets_.Find(OpItem(i))].form;
    if (IsConstant(tensor)) return std::optional<Form>();
    const DataType wanted = decisions_[i].activation_type();
    if (type(tensor) == wanted) return MadeForm(tensor);
    // A prescribed output has no range of its own.
    const Range range = ranges_[tensor]->min < ranges_[tensor]->max
                            ? *ranges_[tensor]
                            : RangeOfForm(*MadeForm(tensor));
    OCTO_ASSIGN_OR_RETURN(const Form form,
                          FormForRange(range, wanted, decisions_[i].config.activations.symmetric));
    return std::optional(form);
  }

  // Calls f(tensor) for every activation operand that is there, constants too.
  template <typename F>
  void ForEachActivation(size_t i, F f) const {
    if (ReadsShapeAlone(editor_, subgraph_, static_cast<int32_t>(i))) return;
    const std::vector<int32_t>& inputs = op(i).inputs;
    for (size_t k = 0; k < inputs.size(); ++k) {
      if (inputs[k] != kNoTensor && decisions_[i].rule->is_activation(static_cast<int>(k))) {
        f(static_cast<size_t>(inputs[k]));
      }
    }
  }
  bool IsFloat(int32_t tensor) const {
    return editor_.tensor(subgraph_, tensor).type == DataType::kFloat32;
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
        if (!status.ok() || IsConstant(tensor) || ranges_[tensor]) return;
        makers_[tensor] = MakerOf(tensor, i);
        status = FindRange(tensor);
      };
      ForEachActivation(i, find);
      for (const int32_t t : op(i).outputs) {
        if (!IsFloat(t)) continue;
        if (rule.scale == ScaleRule::kFixedOutput || prescribed_[i]) {
          makers_[static_cast<size_t>(t)] = i;
          ranges_[static_cast<size_t>(t)] = Range();
          pinned_[static_cast<size_t>(t)] = prescribed_[i] ? prescribed_[i] : FixedForm(i);
        } else {
          find(static_cast<size_t>(t));
        }
      }
      OCTO_RETURN_IF_ERROR(status);
    }
    return Status::Ok();
  }

  size_t MakerOf(size_t tensor, size_t reader) const {
    const int32_t producer = uses_[tensor].producer;
    return producer >= 0 && decisions_[static_cast<size_t>(producer)].is_static()
               ? static_cast<size_t>(producer)
               : reader;
  }

  Form FixedForm(size_t i) const {
    // All operators with prescribed outputs in int16 have values of [-1, 1].
    if (decisions_[i].activation_type() == DataType::kInt16) {
      return {DataType::kInt16, {0x1p-15f, 0}};
    }
    const QuantRule& rule = *decisions_[i].rule;
    return {DataType::kInt8, {rule.fixed_scale, rule.fixed_zero_point}};
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
    const ActivationConfig& config = maker(tensor).config.activations;
    Result<Range> range =
        SelectRange(record->statistics, config.observer, config.bits, config.symmetric);
    if (!range.ok()) return range.status().AtTensor(index, name).AtSubgraph(subgraph_);
    ranges_[tensor] = range.value();
    return Status::Ok();
  }

  Status Unite() {
    sets_ = DisjointSets(uses_.size() + decisions_.size());
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!IsSameScale(i)) continue;
      for (const int32_t t : op(i).outputs) {
        if (IsFloat(t)) sets_.Unite(OpItem(i), static_cast<size_t>(t));
      }
      ForEachActivation(i, [&](size_t tensor) {
        if (Joins(i, tensor)) sets_.Unite(OpItem(i), tensor);
      });
    }
    groups_.assign(uses_.size() + decisions_.size(), {});
    for (size_t t = 0; t < uses_.size(); ++t) {
      if (!ranges_[t] || pinned_[t]) continue;
      Group& group = groups_[sets_.Find(t)];
      group.range.min = std::min(group.range.min, ranges_[t]->min);
      group.range.max = std::max(group.range.max, ranges_[t]->max);
      group.type = type(t);
      group.symmetric |= maker(t).config.activations.symmetric;
      group.has_member_source |= !MadeBySameScale(t);
    }
    for (size_t i = 0; i < decisions_.size(); ++i) {
      if (!IsSameScale(i)) continue;
      Group& group = groups_[sets_.Find(OpItem(i))];
      ForEachActivation(i, [&](size_t tensor) {
        if (pinned_[tensor] && type(tensor) == group.type) {
          group.pinned.push_back(*pinned_[tensor]);
        } else if (!Joins(i, tensor)) {
          group.has_member_source = true;
        }
      });
    }
    for (Group& group : groups_) {
      const bool all_equal = std::all_of(group.pinned.begin(), group.pinned.end(),
                                         [&](const Form& form) { return form == group.pinned[0]; });
      const bool fits = all_equal && !group.pinned.empty() &&
                        (!group.symmetric || group.pinned[0].params.zero_point == 0);
      if (fits && !group.has_member_source) {
        group.form = group.pinned[0];
        continue;
      }
      OCTO_ASSIGN_OR_RETURN(group.form, FormForRange(group.range, group.type, group.symmetric));
    }
    return Status::Ok();
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
      const Result<Form> form =
          FormForRange(*ranges_[t], type(t), maker(t).config.activations.symmetric);
      if (form.ok()) pinned_[t] = form.value();
    }
    return !narrow.empty();
  }

  const ModelEditor& editor_;
  int32_t subgraph_;
  std::span<const Decision> decisions_;
  const CalibrationStats& stats_;
  std::span<const std::optional<Form>> prescribed_;
  std::vector<TensorUse> uses_;
  std::vector<std::optional<Range>> ranges_;
  std::vector<size_t> makers_;               // operators; only of tensors with a range
  std::vector<std::optional<Form>> pinned_;  // outside of every group
  DisjointSets sets_;
  std::vector<Group> groups_;
};

}  // namespace

Result<ActivationForms> SolveScales(const ModelEditor& editor, int32_t subgraph,
                                    std::span<const Decision> decisions,
                                    const CalibrationStats& stats,
                                    std::span<const std::optional<Form>> prescribed) {
  return Solver(editor, subgraph, decisions, stats, prescribed).Solve();
}

}  // namespace octolite
