#include "quantize/invariants.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "model/quantized_type.h"
#include "ops/op_def.h"
#include "quantize/recurrent.h"
#include "quantize/variables.h"

namespace octolite::testing {
namespace {

struct Checker {
  const Model& model;
  const Subgraph& subgraph;
  const Operator& op;
  const QuantRule* found;  // null for operators that are not there

  const Tensor* Input(int i) const {
    if (i < 0 || i >= static_cast<int>(op.inputs.size())) return nullptr;
    const int32_t index = op.inputs[static_cast<size_t>(i)];
    return index < 0 ? nullptr : &subgraph.tensors[static_cast<size_t>(index)];
  }
  const Tensor& Output(size_t i) const {
    return subgraph.tensors[static_cast<size_t>(op.outputs[i])];
  }

  static bool WithinOneUlp(float a, float b) {
    const float infinity = std::numeric_limits<float>::infinity();
    return a >= std::nextafter(b, -infinity) && a <= std::nextafter(b, infinity);
  }

  static bool SameParameters(const Tensor& a, const Tensor& b) {
    return a.quantization->scale == b.quantization->scale &&
           a.quantization->zero_point == b.quantization->zero_point;
  }

  static std::string BadActivation(const Tensor& tensor, DataType type) {
    if (tensor.type != type) {
      return "activation '" + tensor.name + "' is not " + std::string(DataTypeName(type));
    }
    if (!tensor.quantization || tensor.quantization->scale.size() != 1 ||
        tensor.quantization->zero_point.size() != 1) {
      return "activation '" + tensor.name + "' needs one scale and one zero point";
    }
    const float scale = tensor.quantization->scale[0];
    const int64_t zero_point = tensor.quantization->zero_point[0];
    const bool wide = type == DataType::kInt16;
    if (!(scale > 0) || !std::isfinite(scale) || zero_point < (wide ? 0 : -128) ||
        zero_point > (wide ? 0 : 127)) {
      return "activation '" + tensor.name + "' has bad parameters";
    }
    return "";
  }

  std::string BadWeights() const {
    const Tensor& weights = *Input(found->weight_input);
    const bool packed = weights.type == DataType::kInt4 || weights.type == DataType::kInt2;
    if (weights.type != DataType::kInt8 && !packed) return "weights are not integers";
    const Quantization& quantization = *weights.quantization;
    if (quantization.zero_point.size() != quantization.scale.size()) return "zero points lack";
    for (size_t c = 0; c < quantization.scale.size(); ++c) {
      if (quantization.zero_point[c] != 0) return "weights have a zero point";
      if (!(quantization.scale[c] > 0)) return "weights have a scale of zero";
    }
    if (quantization.per_channel()) {
      const auto axis = static_cast<size_t>(found->channel_axis);
      if (quantization.quantized_dimension != found->channel_axis ||
          static_cast<size_t>(weights.shape[axis]) != quantization.scale.size()) {
        return "weights have scales along the wrong axis";
      }
    }
    for (const uint8_t byte : model.data(weights)) {
      if (byte == 0x80 && !packed) return "a weight is -128";
    }
    const Tensor* bias = Input(found->bias_input);
    if (bias == nullptr) return "";
    const bool wide = Output(0).type == DataType::kInt16;
    if (bias->type != (wide ? DataType::kInt64 : DataType::kInt32)) return "bias has a wrong type";
    int input = 0;
    while (!found->is_activation(input)) ++input;
    const float input_scale = Input(input)->quantization->scale[0];
    if (bias->quantization->scale.size() != quantization.scale.size()) return "bias scales lack";
    for (size_t c = 0; c < quantization.scale.size(); ++c) {
      if (!WithinOneUlp(bias->quantization->scale[c], input_scale * quantization.scale[c])) {
        return "bias scale is not the product";
      }
    }
    return "";
  }

  std::string Static() const {
    const QuantRule& rule = *found;
    std::vector<const Tensor*> activations;
    for (int i = 0; i < static_cast<int>(op.inputs.size()); ++i) {
      if (Input(i) != nullptr && rule.is_activation(i)) activations.push_back(Input(i));
    }
    const size_t inputs = activations.size();
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      if (IsQuantizedType(Output(i).type)) activations.push_back(&Output(i));
    }
    for (const Tensor* tensor : activations) {
      const std::string problem = BadActivation(*tensor, Output(0).type);
      if (!problem.empty()) return problem;
      if (rule.scale == ScaleRule::kSameScale && !SameParameters(*tensor, *activations[0])) {
        return "'" + tensor->name + "' differs from '" + activations[0]->name + "'";
      }
    }
    const bool wide = Output(0).type == DataType::kInt16;
    for (size_t i = inputs; i < activations.size(); ++i) {
      if (rule.scale == ScaleRule::kFixedOutput &&
          (activations[i]->quantization->scale[0] != (wide ? 0x1p-15f : rule.fixed_scale) ||
           activations[i]->quantization->zero_point[0] != (wide ? 0 : rule.fixed_zero_point))) {
        return "the output is not as prescribed";
      }
    }
    const int version = wide ? rule.int16_version : rule.int8_version;
    if (version == 0) return "there is no such static form";
    if (model.code(op).version < version) return "the version is too low";
    return HasStaticWeights(rule) ? BadWeights() : "";
  }

  std::string Dynamic() const {
    const Quantization& quantization = *Input(found->weight_input)->quantization;
    if (quantization.blockwise) return found->dynamic_blockwise ? "" : "it has no blocks";
    const int version =
        quantization.per_channel() ? found->dynamic_per_channel_version : found->dynamic_version;
    if (version == 0) return "there is no such dynamic form";
    if (model.code(op).version < version) return "the version is too low";
    for (const int64_t zero_point : quantization.zero_point) {
      if (zero_point != 0) return "weights have a zero point";
    }
    return "";
  }

  // Of operators with several weights, whose own test says more.
  bool IsInnerWeight(int i) const {
    const RecurrentRule* rule = FindRecurrent(model.code(op).builtin);
    return rule != nullptr &&
           std::find(rule->weights.begin(), rule->weights.end(), i) != rule->weights.end();
  }

  std::string Check() const {
    const int32_t builtin = model.code(op).builtin;
    if (builtin == static_cast<int32_t>(BuiltinOp::kQuantize)) {
      return op.inputs.size() == 1 && Output(0).quantization && Output(0).quantization->has_scale()
                 ? ""
                 : "the output has no parameters";
    }
    if (builtin == static_cast<int32_t>(BuiltinOp::kDequantize)) {
      return Output(0).type == DataType::kFloat32 && !Output(0).quantization
                 ? ""
                 : "the output is not plain float32";
    }
    if (found == nullptr || op.outputs.empty()) return "";
    const bool quantized = Output(0).quantization && Output(0).quantization->has_scale();
    if (quantized && IsQuantizedType(Output(0).type)) return Static();
    for (int i = 0; i < static_cast<int>(op.inputs.size()); ++i) {
      const Tensor* input = Input(i);
      if (input && IsQuantizedType(input->type) && input->quantization &&
          (input->quantization->has_scale() || input->quantization->blockwise)) {
        if (i == found->weight_input && Output(0).type == DataType::kFloat32) return Dynamic();
        if (IsInnerWeight(i) || Output(0).type != DataType::kFloat32) continue;
        return "int8 in and not out";
      }
    }
    return "";
  }
};

const QuantRule* RuleOf(int32_t builtin) {
  if (const RecurrentRule* recurrent = FindRecurrent(builtin)) return &recurrent->quant;
  if (const QuantRule* variable = FindVariableRule(builtin)) return variable;
  const OpDef* def = FindOp(builtin);
  return def == nullptr ? nullptr : &def->quant;
}

// "" when every operator reads what is there by then.
std::string BrokenOrder(const Model& model, const Subgraph& subgraph) {
  std::vector<bool> made(subgraph.tensors.size());
  std::vector<bool> has_maker(subgraph.tensors.size());
  for (const Operator& op : subgraph.operators) {
    for (const int32_t t : op.outputs) {
      if (t >= 0) has_maker[static_cast<size_t>(t)] = true;
    }
  }
  for (size_t t = 0; t < made.size(); ++t) {
    made[t] = model.is_constant(subgraph.tensors[t]) || !has_maker[t];
  }
  for (const int32_t t : subgraph.inputs) {
    if (t >= 0) made[static_cast<size_t>(t)] = true;
  }
  for (const Operator& op : subgraph.operators) {
    for (const int32_t t : op.inputs) {
      if (t >= 0 && !made[static_cast<size_t>(t)]) {
        return "'" + subgraph.tensors[static_cast<size_t>(t)].name + "' is read before it is made";
      }
    }
    for (const int32_t t : op.outputs) {
      if (t >= 0) made[static_cast<size_t>(t)] = true;
    }
  }
  return "";
}

std::string NamesOf(const Subgraph& subgraph, const std::vector<int32_t>& tensors) {
  std::string names;
  for (const int32_t t : tensors) {
    names += t < 0 ? "-" : subgraph.tensors[static_cast<size_t>(t)].name;
    names += '\n';
  }
  return names;
}

}  // namespace

std::string BrokenInvariant(const Model& original, const Model& quantized) {
  if (original.signatures.size() != quantized.signatures.size()) return "signatures are gone";
  for (size_t s = 0; s < quantized.subgraphs.size(); ++s) {
    const Subgraph& subgraph = quantized.subgraphs[s];
    if (NamesOf(subgraph, subgraph.inputs) !=
            NamesOf(original.subgraphs[s], original.subgraphs[s].inputs) ||
        NamesOf(subgraph, subgraph.outputs) !=
            NamesOf(original.subgraphs[s], original.subgraphs[s].outputs)) {
      return "inputs or outputs have other names";
    }
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      const Checker checker{quantized, subgraph, op, RuleOf(quantized.code(op).builtin)};
      const std::string problem = checker.Check();
      if (!problem.empty()) {
        return "operator " + std::to_string(i) + " " + std::string(OperatorName(quantized, op)) +
               ": " + problem;
      }
    }
    // An original that breaks the order may do so still.
    if (BrokenOrder(original, original.subgraphs[s]).empty()) {
      const std::string problem = BrokenOrder(quantized, subgraph);
      if (!problem.empty()) return problem;
    }
  }
  for (size_t i = 0; i < quantized.signatures.size(); ++i) {
    const Signature& before = original.signatures[i];
    const Signature& after = quantized.signatures[i];
    const auto name = [](const Model& model, const Signature& signature, const NamedTensor& named) {
      return named.name + " " + model.subgraphs[signature.subgraph].tensors[named.tensor].name;
    };
    for (size_t k = 0; k < before.inputs.size(); ++k) {
      if (name(original, before, before.inputs[k]) != name(quantized, after, after.inputs[k])) {
        return "signature '" + after.key + "' names other inputs";
      }
    }
    for (size_t k = 0; k < before.outputs.size(); ++k) {
      if (name(original, before, before.outputs[k]) != name(quantized, after, after.outputs[k])) {
        return "signature '" + after.key + "' names other outputs";
      }
    }
  }
  return "";
}

}  // namespace octolite::testing
