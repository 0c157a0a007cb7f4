#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "quantize/affine.h"
#include "quantize/passes/passes.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

// A form that a value can have: float32, or integers with parameters.
struct Form {
  DataType type = DataType::kFloat32;
  AffineParams params;
  bool operator==(const Form&) const = default;
};

Form Int8Form(const AffineParams& params) { return {DataType::kInt8, params}; }

// The same real numbers as in int8, 128 higher.
Form UInt8Form(const AffineParams& params) {
  return {DataType::kUInt8, {params.scale, params.zero_point + 128}};
}

std::optional<Quantization> QuantizationOf(const Form& form) {
  if (form.type == DataType::kFloat32) return std::nullopt;
  return ToQuantization(form.params);
}

std::string_view SuffixOf(const Form& form, bool requantized) {
  if (form.type == DataType::kFloat32) return "_dequantized";
  return requantized ? "_requantized" : "_quantized";
}

class Rewriter {
 public:
  Rewriter(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
           const ActivationScales& scales, const EdgeTypes& edges,
           std::vector<std::string>& warnings)
      : editor_(editor),
        subgraph_(subgraph),
        decisions_(decisions),
        scales_(scales),
        edges_(edges),
        warnings_(warnings),
        uses_(FindUses(editor, subgraph)),
        values_(uses_.size()) {}

  Status Run() {
    FindForms();
    MakeEdges();
    for (int32_t i = 0; i < editor_.num_operators(subgraph_); ++i) {
      if (editor_.removed(subgraph_, i)) continue;
      if (decisions_[static_cast<size_t>(i)].is_static()) {
        OCTO_RETURN_IF_ERROR(RewriteStatic(i));
      } else {
        RewriteFloat(i);
      }
    }
    return Status::Ok();
  }

 private:
  struct Value {
    // What its maker gives; all other forms are converted from it.
    Form made;
    std::vector<std::pair<Form, int32_t>> forms;  // and their tensors, the made one first
  };

  Tensor& tensor(int32_t index) { return editor_.tensor(subgraph_, index); }
  Value& value(int32_t index) { return values_[static_cast<size_t>(index)]; }
  const TensorUse& use(int32_t index) const { return uses_[static_cast<size_t>(index)]; }
  const std::optional<AffineParams>& params(int32_t index) const {
    return scales_.of_tensor[static_cast<size_t>(index)];
  }
  bool IsMadeStatic(int32_t index) const {
    const int32_t producer = use(index).producer;
    return producer >= 0 && decisions_[static_cast<size_t>(producer)].is_static();
  }

  Form FormOfType(DataType type, const AffineParams& params) const {
    return type == DataType::kUInt8 ? UInt8Form(params) : Int8Form(params);
  }

  // The form that each value has when its maker is done.
  void FindForms() {
    for (int32_t t = 0; t < static_cast<int32_t>(values_.size()); ++t) {
      if (params(t) && IsMadeStatic(t)) value(t).made = Int8Form(*params(t));
      value(t).forms.emplace_back(value(t).made, t);
    }
  }

  void MakeEdges() {
    for (const int32_t t : editor_.subgraph(subgraph_).inputs) MakeInput(t);
    // By value: a tensor may be given as several outputs.
    for (int32_t t = 0; t < static_cast<int32_t>(values_.size()); ++t) {
      if (use(t).is_graph_output) {
        MakeOutput(t);
      } else if (IsMadeStatic(t) && params(t)) {
        SetForm(t, value(t).made);
      }
    }
  }

  void MakeInput(int32_t t) {
    if (edges_.input == DataType::kFloat32 || tensor(t).type != DataType::kFloat32) return;
    if (!params(t)) {
      Warn("input", t, "no quantized operator reads it");
    } else if (use(t).is_graph_output && edges_.output != edges_.input) {
      Warn("input", t, "it is an output as well");
    } else {
      value(t).made = FormOfType(edges_.input, *params(t));
      value(t).forms[0].first = value(t).made;
      SetForm(t, value(t).made);
    }
  }

  void MakeOutput(int32_t t) {
    if (use(t).is_graph_input || tensor(t).type != DataType::kFloat32) return;
    if (!IsMadeStatic(t)) {
      if (edges_.output != DataType::kFloat32) {
        Warn("output", t, "the operator that makes it is not quantized");
      }
      return;
    }
    const Form made = value(t).made;
    const Form wanted =
        edges_.output == DataType::kFloat32 ? Form() : FormOfType(edges_.output, made.params);
    SetForm(t, wanted);
    if (wanted == made) return;
    // The maker writes a new tensor; index and name stay with what callers see.
    const int32_t inner =
        editor_.AddTensorLike(subgraph_, t, SuffixOf(made, false), made.type, QuantizationOf(made));
    std::vector<int32_t>& outputs = editor_.op(subgraph_, use(t).producer).outputs;
    std::replace(outputs.begin(), outputs.end(), t, inner);
    value(t).forms = {{made, inner}, {wanted, t}};
    Convert(t, inner, t, wanted);
  }

  void SetForm(int32_t t, const Form& form) {
    tensor(t).type = form.type;
    tensor(t).quantization = QuantizationOf(form);
  }

  void Warn(const char* what, int32_t t, const char* why) {
    warnings_.push_back(std::string(what) + " '" + tensor(t).name + "' stays float32: " + why);
  }

  // Adds the operator that converts value t from one tensor to another, where the value is made.
  void Convert(int32_t t, int32_t from, int32_t to, const Form& form) {
    const int32_t producer = use(t).producer;
    const ModelEditor::Place place = producer < 0
                                         ? ModelEditor::Place{}
                                         : ModelEditor::Place{ModelEditor::Place::kAfter, producer};
    if (form.type == DataType::kFloat32) {
      editor_.AddDequantize(subgraph_, place, from, to);
    } else {
      editor_.AddQuantize(subgraph_, place, from, to);
    }
  }

  // The tensor that holds value t in that form, converted where it is not there yet.
  int32_t Get(int32_t t, const Form& form) {
    for (const auto& [known, index] : value(t).forms) {
      if (known == form) return index;
    }
    const bool requantized = form.type == value(t).made.type;
    const int32_t added = editor_.AddTensorLike(subgraph_, t, SuffixOf(form, requantized),
                                                form.type, QuantizationOf(form));
    Convert(t, value(t).forms[0].second, added, form);
    value(t).forms.emplace_back(form, added);
    return added;
  }

  Status RewriteStatic(int32_t i) {
    const QuantRule& rule = *decisions_[static_cast<size_t>(i)].rule;
    float first_scale = 0;
    const size_t count = editor_.op(subgraph_, i).inputs.size();
    for (size_t k = 0; k < count; ++k) {
      const int32_t t = editor_.op(subgraph_, i).inputs[k];
      if (t == kNoTensor || !rule.is_activation(static_cast<int>(k))) continue;
      OCTO_ASSIGN_OR_RETURN(const int32_t quantized, QuantizedInput(i, t));
      editor_.op(subgraph_, i).inputs[k] = quantized;
      if (static_cast<int>(k) == FirstActivation(rule)) {
        first_scale = tensor(quantized).quantization->scale[0];
      }
    }
    if (rule.weight_input >= 0) QuantizeWeights(i, first_scale);
    editor_.RequireVersion(subgraph_, i, Version(i, rule));
    return Status::Ok();
  }

  Result<int32_t> QuantizedInput(int32_t i, int32_t t) {
    const std::optional<AffineParams>& agreed = scales_.of_operator[static_cast<size_t>(i)];
    if (!editor_.IsFloatConstant(subgraph_, t))
      return Get(t, Int8Form(agreed ? *agreed : *params(t)));
    const std::vector<float> values = editor_.Floats(subgraph_, t);
    AffineParams own;
    if (agreed) {
      own = *agreed;
    } else {
      OCTO_ASSIGN_OR_RETURN(const Range range, RangeOf(values));
      OCTO_ASSIGN_OR_RETURN(own, decisions_[static_cast<size_t>(i)].symmetric_activations
                                     ? SymmetricParams(range)
                                     : AsymmetricParams(range));
    }
    return editor_.AddConstantLike(subgraph_, t, "_quantized", DataType::kInt8, ToQuantization(own),
                                   QuantizeToInt8(values, own));
  }

  void QuantizeWeights(int32_t i, float input_scale) {
    const Decision& decision = decisions_[static_cast<size_t>(i)];
    const QuantRule& rule = *decision.rule;
    const auto weight_input = static_cast<size_t>(rule.weight_input);
    const int32_t weights = editor_.op(subgraph_, i).inputs[weight_input];
    const std::vector<float> values = editor_.Floats(subgraph_, weights);
    const int axis = WeightAxis(rule, decision.granularity);
    std::vector<float> scales =
        SymmetricScales(values, ChannelLayout::Of(tensor(weights).shape, axis));

    const auto bias_input = static_cast<size_t>(rule.bias_input);
    const bool has_bias = rule.bias_input >= 0 &&
                          bias_input < editor_.op(subgraph_, i).inputs.size() &&
                          editor_.op(subgraph_, i).inputs[bias_input] != kNoTensor;
    const int32_t bias = has_bias ? editor_.op(subgraph_, i).inputs[bias_input] : kNoTensor;
    const std::vector<float> bias_values =
        has_bias ? editor_.Floats(subgraph_, bias) : std::vector<float>();
    WidenForBias(bias_values, input_scale, scales);
    if (has_bias) {
      QuantizedBias quantized = QuantizeBias(bias_values, input_scale, scales);
      Quantization quantization;
      quantization.zero_point.assign(quantized.scales.size(), 0);
      quantization.scale = std::move(quantized.scales);
      editor_.op(subgraph_, i).inputs[bias_input] =
          editor_.AddConstantLike(subgraph_, bias, "_quantized", DataType::kInt32,
                                  std::move(quantization), std::move(quantized.bytes));
    }
    editor_.op(subgraph_, i).inputs[weight_input] =
        AddSymmetricWeights(editor_, subgraph_, weights, axis, values, std::move(scales));
  }

  int32_t Version(int32_t i, const QuantRule& rule) const {
    const bool is_fully_connected =
        editor_.builtin(subgraph_, i) == static_cast<int32_t>(BuiltinOp::kFullyConnected);
    // The format's one case where a missing bias counts.
    constexpr int32_t kFullyConnectedWithoutBias = 6;
    if (is_fully_connected && editor_.op(subgraph_, i).inputs.size() == 2) {
      return kFullyConnectedWithoutBias;
    }
    return rule.int8_version;
  }

  void RewriteFloat(int32_t i) {
    for (size_t k = 0; k < editor_.op(subgraph_, i).inputs.size(); ++k) {
      const int32_t t = editor_.op(subgraph_, i).inputs[k];
      // Tensors that other passes added are none of ours.
      if (t < 0 || t >= static_cast<int32_t>(values_.size())) continue;
      if (value(t).made.type != DataType::kFloat32) {
        editor_.op(subgraph_, i).inputs[k] = Get(t, Form());
      }
    }
  }

  ModelEditor& editor_;
  int32_t subgraph_;
  std::span<const Decision> decisions_;
  const ActivationScales& scales_;
  const EdgeTypes& edges_;
  std::vector<std::string>& warnings_;
  std::vector<TensorUse> uses_;
  std::vector<Value> values_;
};

}  // namespace

Status QuantizeStatic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                      const ActivationScales& scales, const EdgeTypes& edges,
                      std::vector<std::string>& warnings) {
  return Rewriter(editor, subgraph, decisions, scales, edges, warnings).Run();
}

}  // namespace octolite
