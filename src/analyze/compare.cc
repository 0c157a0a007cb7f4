#include "analyze/compare.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "analyze/distribution.h"
#include "analyze/real_values.h"
#include "analyze/weight_values.h"
#include "base/json_writer.h"
#include "model/constants.h"
#include "model/quantized_type.h"

namespace octolite {
namespace {

const Signature* SignatureOf(const Model& model, int32_t subgraph) {
  for (const Signature& signature : model.signatures) {
    if (static_cast<int32_t>(signature.subgraph) == subgraph) return &signature;
  }
  return nullptr;
}

const NamedTensor* FindName(const std::vector<NamedTensor>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const NamedTensor& item) { return item.name == name; });
  return found == list.end() ? nullptr : &*found;
}

std::string_view NameOf(const std::vector<NamedTensor>& list, int32_t tensor) {
  for (const NamedTensor& item : list) {
    if (static_cast<int32_t>(item.tensor) == tensor) return item.name;
  }
  return "";
}

// For each of `ours` its partner in `theirs`: by the names of the signatures when both name all of
// theirs, else by position.
std::vector<int32_t> MatchEdges(const std::vector<int32_t>& ours,
                                const std::vector<NamedTensor>* our_names,
                                const std::vector<int32_t>& theirs,
                                const std::vector<NamedTensor>* their_names) {
  std::vector<int32_t> matched;
  for (size_t i = 0; our_names && their_names && i < ours.size(); ++i) {
    const std::string_view name = NameOf(*our_names, ours[i]);
    const NamedTensor* partner = name.empty() ? nullptr : FindName(*their_names, name);
    if (!partner) return theirs;
    matched.push_back(static_cast<int32_t>(partner->tensor));
  }
  return matched.empty() ? theirs : matched;
}

const TensorSpec& SpecOf(const Interpreter& interpreter, int32_t tensor) {
  return interpreter.plan().tensors()[static_cast<size_t>(tensor)].spec;
}

size_t LargestOf(std::span<const float> row) {
  return static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// The reals between which a quantized tensor's values round to a step it has.
struct RealRange {
  double low = 0;
  double high = 0;
};

std::optional<RealRange> RepresentableRange(const TensorSpec& spec) {
  if (!spec.quantized() || !IsQuantizedType(spec.type) || !(spec.scale() > 0)) return std::nullopt;
  const double steps = std::ldexp(1.0, DataTypeBits(spec.type));
  const bool is_unsigned = spec.type == DataType::kUInt8 || spec.type == DataType::kUInt4;
  const double lowest = is_unsigned ? 0 : -steps / 2;
  const auto scale = static_cast<double>(spec.scale());
  const double low = (lowest - spec.zero_point() - 0.5) * scale;
  const double high = low + steps * scale;
  if (!std::isfinite(low) || !std::isfinite(high)) return std::nullopt;
  return RealRange{low, high};
}

// Of finite values; wider by half a bin on either side, so that small errors do not lead outside.
RealRange RangeOf(std::span<const float> values) {
  RealRange range;
  bool any = false;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const auto real = static_cast<double>(value);
    range.low = any ? std::min(range.low, real) : real;
    range.high = any ? std::max(range.high, real) : real;
    any = true;
  }
  const double span = range.high - range.low;
  const double margin =
      span > 0 ? span / (2 * static_cast<double>(DistributionPair::kBins - 1)) : 0.5;
  return {range.low - margin, range.high + margin};
}

struct Pair {
  TensorComparison comparison;
  ErrorAccumulator error;
  ErrorAccumulator local_error;
  DistributionPair distribution;
  bool quantized = false;

  void Describe(const TensorSpec& candidate) {
    comparison.type = candidate.type;
    comparison.scale = candidate.scale();
    comparison.zero_point = candidate.zero_point();
    const std::optional<RealRange> range = RepresentableRange(candidate);
    quantized = range.has_value();
    if (range) distribution.SetRange(range->low, range->high);
  }

  void Add(std::span<const float> reference, std::span<const float> value) {
    error.Add(reference, value);
    if (!distribution.has_range()) {
      const RealRange range = RangeOf(reference);
      distribution.SetRange(range.low, range.high);
    }
    distribution.Add(reference, value);
  }

  TensorComparison result() const {
    TensorComparison done = comparison;
    done.error = error.metrics();
    done.clipped = quantized ? distribution.BeyondRange() : 0;
    done.kl_divergence = distribution.KlDivergence();
    return done;
  }
};

// Collects the values of certain tensors while the reference runs.
class Collector final : public Interpreter::Observer {
 public:
  explicit Collector(std::map<int32_t, std::vector<float>>& values) : values_(values) {}
  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    for (const int32_t tensor : node.outputs) {
      const auto found = values_.find(tensor);
      if (found != values_.end()) {
        found->second = ToReals(SpecOf(interpreter, tensor), interpreter.tensor(tensor));
      }
    }
    return Status::Ok();
  }

 private:
  std::map<int32_t, std::vector<float>>& values_;
};

// Compares with them while the candidate runs.
class LayerComparer final : public Interpreter::Observer {
 public:
  LayerComparer(const std::map<int32_t, std::vector<float>>& values,
                const std::map<int32_t, size_t>& layer_of_candidate, std::vector<Pair>& layers)
      : values_(values), layer_of_candidate_(layer_of_candidate), layers_(layers) {}
  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    for (const int32_t tensor : node.outputs) {
      const auto found = layer_of_candidate_.find(tensor);
      if (found == layer_of_candidate_.end()) continue;
      Pair& layer = layers_[found->second];
      const std::vector<float>& reference = values_.at(layer.comparison.reference_tensor);
      const std::vector<float> value =
          ToReals(SpecOf(interpreter, tensor), interpreter.tensor(tensor));
      if (reference.size() == value.size()) layer.Add(reference, value);
    }
    return Status::Ok();
  }

 private:
  const std::map<int32_t, std::vector<float>>& values_;
  const std::map<int32_t, size_t>& layer_of_candidate_;
  std::vector<Pair>& layers_;
};

// Measures what each operator adds by itself: as soon as an output was compared, it is set to the
// reference's value, which the operators behind it then read. Lets the values go.
class LocalComparer final : public Interpreter::Observer {
 public:
  LocalComparer(std::map<int32_t, std::vector<float>>& values,
                const std::map<int32_t, size_t>& layer_of_candidate, std::vector<Pair>& layers)
      : values_(values), layer_of_candidate_(layer_of_candidate), layers_(layers) {}
  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    for (const int32_t tensor : node.outputs) {
      const auto found = layer_of_candidate_.find(tensor);
      if (found == layer_of_candidate_.end()) continue;
      Pair& layer = layers_[found->second];
      std::vector<float>& reference = values_[layer.comparison.reference_tensor];
      const TensorSpec& spec = SpecOf(interpreter, tensor);
      RuntimeTensor memory = interpreter.tensor(tensor);
      const std::vector<float> value = ToReals(spec, memory);
      if (reference.size() == value.size()) {
        layer.local_error.Add(reference, value);
        OCTO_RETURN_IF_ERROR(FromReals(reference, spec, memory));
      }
      reference = {};
    }
    return Status::Ok();
  }

 private:
  std::map<int32_t, std::vector<float>>& values_;
  const std::map<int32_t, size_t>& layer_of_candidate_;
  std::vector<Pair>& layers_;
};

// Relative to the signal's, of which no more than all can be lost.
double ErrorEnergy(const ErrorMetrics& error) {
  return std::min(1.0, std::pow(10.0, -error.sqnr_db / 10));
}

void WriteComparison(JsonWriter& json, const TensorComparison& item) {
  json.BeginObject();
  json.Field("name", item.name);
  json.Field("op", item.op_name);
  json.Field("sqnr_db", item.error.sqnr_db);
  json.Field("cosine", item.error.cosine);
  json.Field("max_abs_error", item.error.max_abs_error);
  json.Field("mean_abs_error", item.error.mean_abs_error);
  json.Field("rmse", item.error.rmse);
  json.Field("count", item.error.count);
  json.Field("non_finite", item.error.non_finite);
  json.Field("reference_min", item.error.reference_min);
  json.Field("reference_max", item.error.reference_max);
  json.Field("type", DataTypeName(item.type));
  json.Field("scale", item.scale);
  json.Field("zero_point", item.zero_point);
  json.Field("clipped", item.clipped);
  json.Field("kl_divergence", item.kl_divergence);
  if (item.local_error) {
    json.Field("local_sqnr_db", item.local_error->sqnr_db);
    json.Field("local_share", item.local_share);
    json.Field("weight_bytes_before", item.weight_bytes_before);
    json.Field("weight_bytes_after", item.weight_bytes_after);
  }
  if (item.weight_error) json.Field("weight_sqnr_db", item.weight_error->sqnr_db);
  if (item.rows > 0) {
    json.Field("rows", item.rows);
    json.Field("top1_equal", item.top1_equal);
    json.Field("top1_agreement",
               static_cast<double>(item.top1_equal) / static_cast<double>(item.rows));
  }
  json.EndObject();
}

}  // namespace

std::string CompareReport::ToJson() const {
  JsonWriter json;
  json.BeginObject().Field("samples", samples);
  json.Key("outputs").BeginArray();
  for (const TensorComparison& item : outputs) WriteComparison(json, item);
  json.EndArray().Key("layers").BeginArray();
  for (const TensorComparison& item : layers) WriteComparison(json, item);
  json.EndArray().EndObject();
  return json.text();
}

struct ModelComparator::State {
  std::unique_ptr<Interpreter> reference;
  std::unique_ptr<Interpreter> candidate;
  // The candidate again, with variables of its own, for local errors; null without layers.
  std::unique_ptr<Interpreter> local;
  uint64_t samples = 0;
  std::vector<std::pair<int32_t, int32_t>> inputs;  // tensors of reference and candidate
  std::vector<Pair> outputs;
  std::vector<Pair> layers;
  std::map<int32_t, size_t> layer_of_candidate;
  std::map<int32_t, std::vector<float>> reference_values;

  Status MatchInputs();
  Status MatchOutputs();
  void MatchLayers();
  // Compares what the operators have in the files.
  void CompareOperators(TensorComparison& layer, const PlanNode& ours,
                        const PlanNode& theirs) const;
  std::vector<TensorComparison> LayerResults() const;
  void CompareOutput(Pair& output) const;
};

namespace {

Result<std::shared_ptr<const Plan>> MakePlan(std::shared_ptr<const Model> model, int32_t subgraph,
                                             std::vector<const OpDef*> custom_ops,
                                             const CompareOptions& options) {
  PlanOptions plan_options;
  plan_options.subgraph = subgraph;
  plan_options.custom_ops = std::move(custom_ops);
  plan_options.arithmetic = options.arithmetic;
  plan_options.input_shapes = options.input_shapes;
  plan_options.parallel = options.parallel;
  // The report names operators as the models have them.
  plan_options.observed = true;
  return Plan::Compile(std::move(model), plan_options);
}

const std::vector<NamedTensor>* InputNames(const Plan& plan) {
  const Signature* signature = SignatureOf(plan.model(), plan.options().subgraph);
  return signature ? &signature->inputs : nullptr;
}
const std::vector<NamedTensor>* OutputNames(const Plan& plan) {
  const Signature* signature = SignatureOf(plan.model(), plan.options().subgraph);
  return signature ? &signature->outputs : nullptr;
}

Status CountMismatch(const char* what, size_t ours, size_t theirs) {
  return Status(StatusCode::kInvalidArgument, "the models do not correspond: one has " +
                                                  std::to_string(ours) + " " + what +
                                                  ", the other " + std::to_string(theirs));
}

}  // namespace

Status ModelComparator::State::MatchInputs() {
  const std::vector<int32_t>& ours = reference->plan().subgraph().inputs;
  const std::vector<int32_t>& theirs = candidate->plan().subgraph().inputs;
  if (ours.size() != theirs.size()) return CountMismatch("inputs", ours.size(), theirs.size());
  const std::vector<int32_t> matched =
      MatchEdges(ours, InputNames(reference->plan()), theirs, InputNames(candidate->plan()));
  for (size_t i = 0; i < ours.size(); ++i) {
    const TensorSpec& from = SpecOf(*reference, ours[i]);
    const TensorSpec& to = SpecOf(*candidate, matched[i]);
    if (from.shape.num_elements() != to.shape.num_elements()) {
      Status status(StatusCode::kShapeMismatch, "the models do not correspond: input " +
                                                    std::to_string(i) + " is " +
                                                    from.shape.ToString() + " in one and " +
                                                    to.shape.ToString() + " in the other");
      return status.AtTensor(from.index, from.name);
    }
    inputs.emplace_back(ours[i], matched[i]);
  }
  return Status::Ok();
}

Status ModelComparator::State::MatchOutputs() {
  const std::vector<int32_t>& ours = reference->plan().subgraph().outputs;
  const std::vector<int32_t>& theirs = candidate->plan().subgraph().outputs;
  if (ours.size() != theirs.size()) return CountMismatch("outputs", ours.size(), theirs.size());
  const std::vector<int32_t> matched =
      MatchEdges(ours, OutputNames(reference->plan()), theirs, OutputNames(candidate->plan()));
  for (size_t i = 0; i < ours.size(); ++i) {
    Pair pair;
    pair.comparison.name = SpecOf(*reference, ours[i]).name;
    pair.comparison.reference_tensor = ours[i];
    pair.comparison.candidate_tensor = matched[i];
    for (const PlanNode& node : reference->plan().nodes()) {
      if (std::find(node.outputs.begin(), node.outputs.end(), ours[i]) != node.outputs.end()) {
        pair.comparison.op_name = node.def->name();
        pair.comparison.op_index = node.op_index;
      }
    }
    pair.Describe(SpecOf(*candidate, matched[i]));
    outputs.push_back(std::move(pair));
  }
  return Status::Ok();
}

void ModelComparator::State::MatchLayers() {
  // Names that several tensors share say nothing.
  std::map<std::string_view, std::vector<std::pair<int32_t, const PlanNode*>>> by_name;
  for (const PlanNode& node : candidate->plan().nodes()) {
    for (const int32_t tensor : node.outputs) {
      by_name[SpecOf(*candidate, tensor).name].emplace_back(tensor, &node);
    }
  }
  for (const PlanNode& node : reference->plan().nodes()) {
    for (const int32_t tensor : node.outputs) {
      const TensorSpec& spec = SpecOf(*reference, tensor);
      const auto found = by_name.find(spec.name);
      if (found == by_name.end() || found->second.size() != 1) continue;
      const auto [partner, partner_node] = found->second[0];
      if (!HasRealValues(spec) || !HasRealValues(SpecOf(*candidate, partner)) ||
          layer_of_candidate.contains(partner)) {
        continue;
      }
      Pair pair;
      pair.comparison.name = spec.name;
      pair.comparison.reference_tensor = tensor;
      pair.comparison.candidate_tensor = partner;
      pair.comparison.op_name = node.def->name();
      pair.comparison.op_index = node.op_index;
      pair.Describe(SpecOf(*candidate, partner));
      CompareOperators(pair.comparison, node, *partner_node);
      layer_of_candidate[partner] = layers.size();
      reference_values[tensor] = {};
      layers.push_back(std::move(pair));
    }
  }
}

void ModelComparator::State::CompareOperators(TensorComparison& layer, const PlanNode& ours,
                                              const PlanNode& theirs) const {
  const Plan& a = reference->plan();
  const Plan& b = candidate->plan();
  layer.weight_bytes_before = OperatorConstantBytes(a.model(), a.options().subgraph, ours.op_index);
  layer.weight_bytes_after =
      OperatorConstantBytes(b.model(), b.options().subgraph, theirs.op_index);
  layer.weight_error = CompareWeights(
      a.model(), a.subgraph(), a.subgraph().operators[static_cast<size_t>(ours.op_index)],
      b.model(), b.subgraph(), b.subgraph().operators[static_cast<size_t>(theirs.op_index)]);
}

std::vector<TensorComparison> ModelComparator::State::LayerResults() const {
  std::vector<TensorComparison> results;
  double sum = 0;
  for (const Pair& layer : layers) {
    results.push_back(layer.result());
    results.back().local_error = layer.local_error.metrics();
    sum += ErrorEnergy(*results.back().local_error);
  }
  for (TensorComparison& layer : results) {
    layer.local_share = sum > 0 ? ErrorEnergy(*layer.local_error) / sum : 0;
  }
  return results;
}

void ModelComparator::State::CompareOutput(Pair& output) const {
  TensorComparison& comparison = output.comparison;
  const TensorSpec& spec = SpecOf(*reference, comparison.reference_tensor);
  const RuntimeTensor& ours = reference->tensor(comparison.reference_tensor);
  const std::vector<float> a = ToReals(spec, ours);
  const std::vector<float> b = ToReals(SpecOf(*candidate, comparison.candidate_tensor),
                                       candidate->tensor(comparison.candidate_tensor));
  // Shapes that depend on data may differ: nothing can be compared then but the count.
  if (a.size() != b.size()) return;
  output.Add(a, b);
  const int rank = ours.shape.rank();
  const auto classes = static_cast<size_t>(rank > 0 ? ours.shape.dim(rank - 1) : 0);
  if (rank < 1 || rank > 2 || classes < 2) return;
  for (size_t at = 0; at + classes <= a.size(); at += classes) {
    ++comparison.rows;
    comparison.top1_equal += LargestOf(std::span(a).subspan(at, classes)) ==
                             LargestOf(std::span(b).subspan(at, classes));
  }
}

Result<std::unique_ptr<ModelComparator>> ModelComparator::Create(
    std::shared_ptr<const Model> reference, std::shared_ptr<const Model> candidate,
    const CompareOptions& options) {
  auto state = std::make_unique<State>();
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> reference_plan,
                        MakePlan(std::move(reference), options.reference_subgraph,
                                 options.reference_custom_ops, options));
  OCTO_ASSIGN_OR_RETURN(state->reference, Interpreter::Create(std::move(reference_plan)));
  OCTO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> candidate_plan,
                        MakePlan(std::move(candidate), options.candidate_subgraph,
                                 options.candidate_custom_ops, options));
  OCTO_ASSIGN_OR_RETURN(state->candidate, Interpreter::Create(candidate_plan));
  OCTO_RETURN_IF_ERROR(state->MatchInputs());
  OCTO_RETURN_IF_ERROR(state->MatchOutputs());
  if (options.per_layer) state->MatchLayers();
  if (!state->layers.empty()) {
    OCTO_ASSIGN_OR_RETURN(state->local, Interpreter::Create(candidate_plan));
  }
  return std::unique_ptr<ModelComparator>(new ModelComparator(std::move(state)));
}

ModelComparator::ModelComparator(std::unique_ptr<State> state) : state_(std::move(state)) {}
ModelComparator::~ModelComparator() = default;

Interpreter& ModelComparator::reference() { return *state_->reference; }
Interpreter& ModelComparator::candidate() { return *state_->candidate; }

Status ModelComparator::Step() {
  State& state = *state_;
  for (size_t i = 0; i < state.inputs.size(); ++i) {
    const TensorSpec& from = SpecOf(*state.reference, state.inputs[i].first);
    const TensorSpec& to = SpecOf(*state.candidate, state.inputs[i].second);
    const RuntimeTensor& value = state.reference->tensor(state.inputs[i].first);
    const std::vector<int32_t>& theirs = state.candidate->plan().subgraph().inputs;
    const auto position = std::find(theirs.begin(), theirs.end(), state.inputs[i].second);
    const auto input = static_cast<int>(position - theirs.begin());
    const bool same_parameters = from.quantized() == to.quantized() && from.scale() == to.scale() &&
                                 from.zero_point() == to.zero_point();
    if (from.type == to.type && same_parameters) {
      OCTO_RETURN_IF_ERROR(state.candidate->SetInput(input, {value.data, value.bytes}));
      continue;
    }
    if (!HasRealValues(from)) {
      Status status(StatusCode::kTypeMismatch, "cannot be converted for the other model");
      return status.AtTensor(from.index, from.name);
    }
    OCTO_RETURN_IF_ERROR(FromReals(ToReals(from, value), to, state.candidate->input(input)));
  }
  Collector collector(state.reference_values);
  for (int i = 0; state.local && i < state.candidate->num_inputs(); ++i) {
    const RuntimeTensor& value = state.candidate->input(i);
    OCTO_RETURN_IF_ERROR(state.local->SetInput(i, {value.data, value.bytes}));
  }
  LayerComparer comparer(state.reference_values, state.layer_of_candidate, state.layers);
  const bool per_layer = !state.layers.empty();
  OCTO_RETURN_IF_ERROR(state.reference->Invoke(per_layer ? &collector : nullptr));
  OCTO_RETURN_IF_ERROR(state.candidate->Invoke(per_layer ? &comparer : nullptr));
  if (state.local) {
    LocalComparer local(state.reference_values, state.layer_of_candidate, state.layers);
    OCTO_RETURN_IF_ERROR(state.local->Invoke(&local));
  }
  for (Pair& output : state.outputs) state.CompareOutput(output);
  ++state.samples;
  return Status::Ok();
}

CompareReport ModelComparator::report() const {
  CompareReport report;
  report.samples = state_->samples;
  for (const Pair& output : state_->outputs) report.outputs.push_back(output.result());
  report.layers = state_->LayerResults();
  return report;
}

}  // namespace octolite
