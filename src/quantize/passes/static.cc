#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "quantize/affine.h"
#include "quantize/passes/passes.h"
#include "quantize/weight_tensor.h"

namespace octolite {
namespace {

std::string_view SuffixOf(const Form& form, bool requantized) {
  if (form.type == DataType::kFloat32) return "_dequantized";
  return requantized ? "_requantized" : "_quantized";
}

class Rewriter {
 public:
  Rewriter(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
           const ActivationForms& forms, const EdgeTypes& edges, std::vector<std::string>& warnings)
      : editor_(editor),
        subgraph_(subgraph),
        decisions_(decisions),
        forms_(forms),
        edges_(edges),
        warnings_(warnings),
        uses_(FindUses(editor, subgraph)),
        values_(uses_.size()) {}

  Status Run() {
    FindForms();
    OCTO_RETURN_IF_ERROR(MakeEdges());
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
  const std::optional<Form>& form(int32_t index) const {
    return forms_.of_tensor[static_cast<size_t>(index)];
  }
  bool IsMadeStatic(int32_t index) const {
    const int32_t producer = use(index).producer;
    return producer >= 0 && decisions_[static_cast<size_t>(producer)].is_static();
  }

  // The form of an edge of the model: that of the value where the type is of its width.
  static Result<Form> EdgeForm(DataType type, const Form& inner) {
    if (type == inner.type || type == DataType::kFloat32) {
      return type == inner.type ? inner : Form();
    }
    Form of_8_bits = inner;
    if (inner.type != DataType::kInt8 || type == DataType::kInt16) {
      const DataType wanted = type == DataType::kInt16 ? DataType::kInt16 : DataType::kInt8;
      OCTO_ASSIGN_OR_RETURN(of_8_bits, FormForRange(RangeOfForm(inner), wanted, false));
    }
    return type == DataType::kUInt8 ? UInt8Form(of_8_bits.params) : of_8_bits;
  }

  // The form that each value has when its maker is done.
  void FindForms() {
    for (int32_t t = 0; t < static_cast<int32_t>(values_.size()); ++t) {
      if (form(t) && IsMadeStatic(t)) value(t).made = *form(t);
      value(t).forms.emplace_back(value(t).made, t);
    }
  }

  Status MakeEdges() {
    for (const int32_t t : editor_.subgraph(subgraph_).inputs) {
      OCTO_RETURN_IF_ERROR(MakeInput(t));
    }
    // By value: a tensor may be given as several outputs.
    for (int32_t t = 0; t < static_cast<int32_t>(values_.size()); ++t) {
      if (use(t).is_graph_output) {
        OCTO_RETURN_IF_ERROR(MakeOutput(t));
      } else if (IsMadeStatic(t) && form(t)) {
        SetForm(t, value(t).made);
      }
    }
    return Status::Ok();
  }

  Status MakeInput(int32_t t) {
    if (edges_.input == DataType::kFloat32 || tensor(t).type != DataType::kFloat32) {
      return Status::Ok();
    }
    if (!form(t)) {
      Warn("input", t, "no quantized operator reads it");
    } else if (use(t).is_graph_output && edges_.output != edges_.input) {
      Warn("input", t, "it is an output as well");
    } else {
      OCTO_ASSIGN_OR_RETURN(value(t).made, EdgeForm(edges_.input, *form(t)));
      value(t).forms[0].first = value(t).made;
      SetForm(t, value(t).made);
    }
    return Status::Ok();
  }

  Status MakeOutput(int32_t t) {
    if (use(t).is_graph_input || tensor(t).type != DataType::kFloat32) return Status::Ok();
    if (!IsMadeStatic(t)) {
      if (edges_.output != DataType::kFloat32) {
        Warn("output", t, "the operator that makes it is not quantized");
      }
      return Status::Ok();
    }
    const Form made = value(t).made;
    OCTO_ASSIGN_OR_RETURN(const Form wanted, EdgeForm(edges_.output, made));
    SetForm(t, wanted);
    if (wanted == made) return Status::Ok();
    // The maker writes a new tensor; index and name stay with what callers see.
    const int32_t inner =
        editor_.AddTensorLike(subgraph_, t, SuffixOf(made, false), made.type, ToQuantization(made));
    std::vector<int32_t>& outputs = editor_.op(subgraph_, use(t).producer).outputs;
    std::replace(outputs.begin(), outputs.end(), t, inner);
    value(t).forms = {{made, inner}, {wanted, t}};
    Convert(t, inner, t, wanted);
    return Status::Ok();
  }

  void SetForm(int32_t t, const Form& form) {
    tensor(t).type = form.type;
    tensor(t).quantization = ToQuantization(form);
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
                                                form.type, ToQuantization(form));
    Convert(t, value(t).forms[0].second, added, form);
    value(t).forms.emplace_back(form, added);
    return added;
  }

  Status RewriteStatic(int32_t i) {
    const Decision& decision = decisions_[static_cast<size_t>(i)];
    const QuantRule& rule = *decision.rule;
    float first_scale = 0;
    const size_t count = editor_.op(subgraph_, i).inputs.size();
    for (size_t k = 0; k < count; ++k) {
      const int32_t t = editor_.op(subgraph_, i).inputs[k];
      if (t == kNoTensor || !rule.is_activation(static_cast<int>(k)) ||
          ReadsShapeAlone(editor_, subgraph_, i)) {
        continue;
      }
      OCTO_ASSIGN_OR_RETURN(const int32_t quantized, QuantizedInput(i, k, t));
      editor_.op(subgraph_, i).inputs[k] = quantized;
      if (static_cast<int>(k) == FirstActivation(rule)) {
        first_scale = tensor(quantized).quantization->scale[0];
      }
    }
    if (HasStaticWeights(rule)) OCTO_RETURN_IF_ERROR(QuantizeWeights(i, first_scale));
    if (decision.activation_type() == DataType::kInt16) SetOptionsFor16Bits(i);
    editor_.RequireVersion(subgraph_, i, Version(i));
    return Status::Ok();
  }

  Result<int32_t> QuantizedInput(int32_t i, size_t k, int32_t t) {
    const Decision& decision = decisions_[static_cast<size_t>(i)];
    const std::optional<Form>& agreed = forms_.of_input[static_cast<size_t>(i)][k];
    if (!editor_.IsFloatConstant(subgraph_, t)) return Get(t, *agreed);
    const std::vector<float> values = editor_.Floats(subgraph_, t);
    Form own;
    if (agreed) {
      own = *agreed;
    } else {
      OCTO_ASSIGN_OR_RETURN(const Range range, RangeOf(values));
      OCTO_ASSIGN_OR_RETURN(own, FormForRange(range, decision.activation_type(),
                                              decision.config.activations.symmetric));
    }
    return editor_.AddConstantLike(subgraph_, t, "_quantized", own.type, ToQuantization(own),
                                   QuantizeActivations(values, own));
  }

  Status QuantizeWeights(int32_t i, float input_scale) {
    const Decision& decision = decisions_[static_cast<size_t>(i)];
    const auto bias_input = static_cast<size_t>(decision.rule->bias_input);
    const bool has_bias = decision.rule->bias_input >= 0 &&
                          bias_input < editor_.op(subgraph_, i).inputs.size() &&
                          editor_.op(subgraph_, i).inputs[bias_input] != kNoTensor;
    const int32_t bias = has_bias ? editor_.op(subgraph_, i).inputs[bias_input] : kNoTensor;
    const std::vector<float> bias_values =
        has_bias ? editor_.Floats(subgraph_, bias) : std::vector<float>();
    const DataType bias_type =
        decision.activation_type() == DataType::kInt16 ? DataType::kInt64 : DataType::kInt32;
    const BiasScale scale = {bias_values, input_scale, bias_type == DataType::kInt32};
    OCTO_ASSIGN_OR_RETURN(const AddedWeights weights,
                          AddWeights(editor_, subgraph_, i, decision, &scale));
    editor_.op(subgraph_, i).inputs[static_cast<size_t>(decision.rule->weight_input)] =
        weights.tensor;
    if (!has_bias) return Status::Ok();
    QuantizedBias quantized = QuantizeBias(bias_values, input_scale, weights.scales, bias_type);
    Quantization quantization;
    quantization.zero_point.assign(quantized.scales.size(), 0);
    quantization.scale = std::move(quantized.scales);
    editor_.op(subgraph_, i).inputs[bias_input] =
        editor_.AddConstantLike(subgraph_, bias, "_quantized", bias_type, std::move(quantization),
                                std::move(quantized.bytes));
    return Status::Ok();
  }

  // ADD and SUB take scales that are no powers of two only if they are told.
  void SetOptionsFor16Bits(int32_t i) {
    const int32_t builtin = editor_.builtin(subgraph_, i);
    if (builtin != static_cast<int32_t>(BuiltinOp::kAdd) &&
        builtin != static_cast<int32_t>(BuiltinOp::kSub)) {
      return;
    }
    editor_.op(subgraph_, i).options.Set("pot_scale_int16", int64_t{0});
  }

  // Of an operator whose inputs and output have their forms: where more counts than types.
  int32_t Version(int32_t i) {
    const Decision& decision = decisions_[static_cast<size_t>(i)];
    const int32_t version = RequiredVersion(decision);
    const Operator& op = editor_.op(subgraph_, i);
    const bool wide = decision.activation_type() == DataType::kInt16;
    switch (static_cast<BuiltinOp>(editor_.builtin(subgraph_, i))) {
      case BuiltinOp::kFullyConnected: {
        constexpr int32_t kWithoutBias = 6;
        constexpr int32_t kInt4WithInt16 = 13;
        const int32_t of_inputs = op.inputs.size() == 2 ? kWithoutBias : 0;
        const bool int4 = decision.config.weights.bits == 4;
        return std::max({version, of_inputs, int4 && wide ? kInt4WithInt16 : 0});
      }
      case BuiltinOp::kMul: {
        constexpr int32_t kFactorOfOneOrMore = 3;
        const auto scale = [&](int32_t t) { return tensor(t).quantization->scale[0]; };
        const bool grows = scale(op.inputs[0]) * scale(op.inputs[1]) >= scale(op.outputs[0]);
        return grows ? std::max(version, kFactorOfOneOrMore) : version;
      }
      default:
        return version;
    }
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
  const ActivationForms& forms_;
  const EdgeTypes& edges_;
  std::vector<std::string>& warnings_;
  std::vector<TensorUse> uses_;
  std::vector<Value> values_;
};

}  // namespace

Status QuantizeStatic(ModelEditor& editor, int32_t subgraph, std::span<const Decision> decisions,
                      const ActivationForms& forms, const EdgeTypes& edges,
                      std::vector<std::string>& warnings) {
  return Rewriter(editor, subgraph, decisions, forms, edges, warnings).Run();
}

}  // namespace octolite
