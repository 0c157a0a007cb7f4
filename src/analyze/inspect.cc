#include "analyze/inspect.h"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "base/json_writer.h"
#include "base/shape.h"
#include "model/quantized_type.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

bool IsQuantized(const Tensor& tensor) {
  return IsQuantizedType(tensor.type) && tensor.quantization &&
         (tensor.quantization->has_scale() || tensor.quantization->blockwise);
}

// Whether a tensor is what training for quantization leaves in a float model: integers between a
// QUANTIZE and DEQUANTIZE operators, or a constant that DEQUANTIZE operators alone read.
bool IsLeftByTraining(const Model& model, const Subgraph& subgraph, int32_t tensor) {
  const Tensor& integers = subgraph.tensors[static_cast<size_t>(tensor)];
  const bool is_constant = model.is_constant(integers);
  const bool type_fits = integers.type == DataType::kInt8 || integers.type == DataType::kUInt8 ||
                         integers.type == DataType::kInt16 ||
                         (is_constant && integers.type == DataType::kInt32);
  if (!type_fits || integers.quantization->blockwise) return false;
  if (!is_constant && integers.quantization->per_channel()) return false;
  const auto is_at_edge = [&](const std::vector<int32_t>& edge) {
    return std::find(edge.begin(), edge.end(), tensor) != edge.end();
  };
  if (is_at_edge(subgraph.inputs) || is_at_edge(subgraph.outputs)) return false;
  bool read = false;
  for (const Operator& op : subgraph.operators) {
    const int32_t builtin = model.code(op).builtin;
    if (is_at_edge(op.outputs) && builtin != static_cast<int32_t>(BuiltinOp::kQuantize)) {
      return false;
    }
    if (!is_at_edge(op.inputs)) continue;
    if (builtin != static_cast<int32_t>(BuiltinOp::kDequantize)) return false;
    read = true;
  }
  return read;
}

TensorSummary Summarize(const Subgraph& subgraph, int32_t index) {
  TensorSummary summary;
  summary.index = index;
  if (index < 0) return summary;
  const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
  summary.name = tensor.name;
  summary.type = tensor.type;
  summary.shape = tensor.shape_signature && tensor.shape_signature->size() == tensor.shape.size()
                      ? *tensor.shape_signature
                      : tensor.shape;
  if (tensor.quantization && tensor.quantization->has_scale()) {
    summary.scale = tensor.quantization->scale[0];
    summary.zero_point = tensor.quantization->zero_point_at(0);
    summary.channels = static_cast<int32_t>(tensor.quantization->scale.size());
  }
  return summary;
}

// From the shapes in the file; 0 where they do not say.
int64_t MultiplyAdds(const Model& model, const Subgraph& subgraph, const Operator& op) {
  const OpDef* def = FindOp(model.code(op).builtin);
  if (!def || !def->multiply_adds) return 0;
  // Padded, so that the function may look at any operand: one that is not there has no elements.
  const auto specs = [&](const std::vector<int32_t>& indices, size_t least) {
    std::vector<TensorSpec> list;
    for (const int32_t index : indices) {
      TensorSpec spec;
      if (index >= 0) {
        const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
        spec.index = index;
        spec.type = tensor.type;
        spec.shape = Shape::Make(tensor.shape).value_or(Shape());
        if (tensor.quantization) spec.quantization = &*tensor.quantization;
      }
      list.push_back(spec);
    }
    if (list.size() < least) list.resize(least);
    return list;
  };
  const std::vector<TensorSpec> inputs = specs(op.inputs, 4);
  const std::vector<TensorSpec> outputs = specs(op.outputs, 1);
  return def->multiply_adds(inputs, outputs);
}

// What the tensors of a model are, for naming its kind.
struct Facts {
  bool float_constants = false;
  bool float16_constants = false;
  bool int4_constants = false;
  bool int8_constants = false;  // and uint8
  bool float_activations = false;
  bool int8_activations = false;
  bool uint8_activations = false;
  bool int16_activations = false;
  bool hybrid = false;  // an operator takes integer weights with float activations
};

bool Converts(int32_t builtin) {
  return builtin == static_cast<int32_t>(BuiltinOp::kDequantize) ||
         builtin == static_cast<int32_t>(BuiltinOp::kQuantize);
}

Facts Gather(const Model& model) {
  Facts facts;
  for (const Subgraph& subgraph : model.subgraphs) {
    const auto tensor = [&](int32_t index) -> const Tensor* {
      return index < 0 ? nullptr : &subgraph.tensors[static_cast<size_t>(index)];
    };
    for (const Operator& op : subgraph.operators) {
      const bool converts = Converts(model.code(op).builtin);
      bool integer_weights = false;
      for (const int32_t index : op.inputs) {
        const Tensor* input = tensor(index);
        if (!input || !model.is_constant(*input)) continue;
        facts.float_constants |= input->type == DataType::kFloat32;
        facts.float16_constants |= input->type == DataType::kFloat16;
        if (!IsQuantized(*input)) continue;
        integer_weights = true;
        const bool four_bits = DataTypeBits(input->type) <= 4;
        facts.int4_constants |= four_bits;
        facts.int8_constants |= !four_bits;
      }
      for (const int32_t index : op.outputs) {
        const Tensor* output = tensor(index);
        if (!output) continue;
        const bool is_float = output->type == DataType::kFloat32;
        facts.hybrid |= integer_weights && is_float && !converts;
        // Conversions and edges do not make a model a float model.
        facts.float_activations |= is_float && !converts;
        if (!IsQuantized(*output)) continue;
        facts.int8_activations |= output->type == DataType::kInt8;
        facts.uint8_activations |= output->type == DataType::kUInt8;
        facts.int16_activations |= output->type == DataType::kInt16;
      }
    }
  }
  return facts;
}

bool UsesFloat(const Model& model, const Subgraph& subgraph, const Operator& op) {
  if (Converts(model.code(op).builtin)) return false;
  const auto is_float = [&](int32_t index) {
    return index >= 0 && subgraph.tensors[static_cast<size_t>(index)].type == DataType::kFloat32;
  };
  const auto is_float_activation = [&](int32_t index) {
    return is_float(index) && !model.is_constant(subgraph.tensors[static_cast<size_t>(index)]);
  };
  return std::any_of(op.outputs.begin(), op.outputs.end(), is_float) ||
         std::any_of(op.inputs.begin(), op.inputs.end(), is_float_activation);
}

bool HasFloatEdges(const Model& model) {
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const std::vector<int32_t>* list : {&subgraph.inputs, &subgraph.outputs}) {
      for (const int32_t index : *list) {
        if (index >= 0 && subgraph.tensors[static_cast<size_t>(index)].type == DataType::kFloat32) {
          return true;
        }
      }
    }
  }
  return false;
}

std::string KindOf(const Model& model) {
  const Facts facts = Gather(model);
  const std::string weights = facts.int4_constants && !facts.int8_constants ? "int4" : "int8";
  if (facts.int16_activations) {
    return facts.int8_activations ? "mixed" : "int16 activations";
  }
  if (facts.int8_activations || facts.uint8_activations) {
    if (facts.float_activations) return "mixed";
    std::string kind = facts.int8_activations ? "full int8" : "full uint8";
    if (HasFloatEdges(model)) kind += " with float inputs or outputs";
    return kind;
  }
  if (facts.hybrid) return "dynamic range " + weights;
  if (facts.int8_constants || facts.int4_constants) return "weight-only " + weights;
  if (facts.float16_constants) return "float16 weights";
  return facts.float_activations || facts.float_constants || HasFloatEdges(model) ? "float32"
                                                                                  : "no float";
}

void CountBytes(const Model& model, ModelSummary& summary) {
  std::map<uint32_t, DataType> weights;  // by buffer
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      if (!model.buffers[tensor.buffer].data.empty()) weights.emplace(tensor.buffer, tensor.type);
    }
  }
  std::map<DataType, int64_t> by_type;
  for (const auto& [buffer, type] : weights) {
    const auto bytes = static_cast<int64_t>(model.buffers[buffer].data.size());
    by_type[type] += bytes;
    summary.weight_bytes += bytes;
  }
  for (const auto& [type, bytes] : by_type) summary.weight_bytes_by_type.push_back({type, bytes});
  std::set<uint32_t> metadata;
  for (const Metadata& item : model.metadata) {
    if (item.buffer < model.buffers.size() && !weights.contains(item.buffer)) {
      metadata.insert(item.buffer);
    }
  }
  summary.metadata_bytes = static_cast<int64_t>(model.tail.size());
  for (const uint32_t buffer : metadata) {
    summary.metadata_bytes += static_cast<int64_t>(model.buffers[buffer].data.size());
  }
  summary.other_bytes =
      std::max<int64_t>(0, summary.file_bytes - summary.weight_bytes - summary.metadata_bytes);
}

OperatorSummary Summarize(const Model& model, const Subgraph& subgraph, size_t index) {
  const Operator& op = subgraph.operators[index];
  OperatorSummary summary;
  summary.index = static_cast<int32_t>(index);
  summary.name = OperatorName(model, op);
  summary.version = model.code(op).version;
  summary.supported = FindOp(model.code(op).builtin) != nullptr;
  summary.uses_float = UsesFloat(model, subgraph, op);
  summary.inputs = op.inputs;
  summary.outputs = op.outputs;
  summary.options = op.options;
  if (!op.outputs.empty() && op.outputs[0] >= 0) {
    summary.output_name = subgraph.tensors[static_cast<size_t>(op.outputs[0])].name;
  }
  std::set<uint32_t> counted;
  for (const int32_t input : op.inputs) {
    if (input < 0) continue;
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(input)];
    if (!model.is_constant(tensor) || !counted.insert(tensor.buffer).second) continue;
    summary.weight_bytes += static_cast<int64_t>(model.data_size(tensor));
  }
  summary.multiply_adds = MultiplyAdds(model, subgraph, op);
  return summary;
}

void WriteTensor(JsonWriter& json, const TensorSummary& tensor) {
  json.BeginObject();
  json.Field("index", tensor.index);
  json.Field("name", tensor.name);
  json.Field("type", DataTypeName(tensor.type));
  json.Field("shape", tensor.shape);
  if (tensor.channels > 0) {
    json.Key("quantization").BeginObject();
    json.Field("scale", tensor.scale);
    json.Field("zero_point", tensor.zero_point);
    json.Field("channels", tensor.channels);
    json.EndObject();
  }
  json.EndObject();
}

void WriteOperator(JsonWriter& json, const OperatorSummary& op) {
  json.BeginObject();
  json.Field("index", op.index);
  json.Field("name", op.name);
  json.Field("version", op.version);
  json.Field("supported", op.supported);
  json.Field("uses_float", op.uses_float);
  json.Field("inputs", op.inputs);
  json.Field("outputs", op.outputs);
  json.Field("output_name", op.output_name);
  json.Key("options").BeginObject();
  for (const OptionField& field : op.options.fields) {
    json.Key(field.name);
    std::visit([&](const auto& value) { json.Value(value); }, field.value);
  }
  json.EndObject();
  json.Field("weight_bytes", op.weight_bytes);
  json.Field("multiply_adds", op.multiply_adds);
  json.EndObject();
}

void WriteNames(JsonWriter& json, std::string_view key, const std::vector<NamedTensor>& names) {
  json.Key(key).BeginArray();
  for (const NamedTensor& named : names) {
    json.BeginObject().Field("name", named.name).Field("tensor", named.tensor).EndObject();
  }
  json.EndArray();
}

void WriteSubgraph(JsonWriter& json, const SubgraphSummary& subgraph) {
  json.BeginObject().Field("name", subgraph.name);
  json.Key("inputs").BeginArray();
  for (const TensorSummary& tensor : subgraph.inputs) WriteTensor(json, tensor);
  json.EndArray().Key("outputs").BeginArray();
  for (const TensorSummary& tensor : subgraph.outputs) WriteTensor(json, tensor);
  json.EndArray().Key("operators").BeginArray();
  for (const OperatorSummary& op : subgraph.operators) WriteOperator(json, op);
  json.EndArray().Field("multiply_adds", subgraph.multiply_adds).EndObject();
}

}  // namespace

ModelSummary Inspect(const Model& model, int64_t file_bytes) {
  ModelSummary summary;
  summary.description = model.description;
  summary.kind = KindOf(model);
  summary.file_bytes = file_bytes;
  summary.quantizable = true;
  std::set<std::string> unsupported;
  for (const Subgraph& subgraph : model.subgraphs) {
    SubgraphSummary part;
    part.name = subgraph.name;
    for (const int32_t index : subgraph.inputs) part.inputs.push_back(Summarize(subgraph, index));
    for (const int32_t index : subgraph.outputs) {
      part.outputs.push_back(Summarize(subgraph, index));
    }
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      part.operators.push_back(Summarize(model, subgraph, i));
      part.multiply_adds += part.operators.back().multiply_adds;
      if (!part.operators.back().supported) unsupported.insert(part.operators.back().name);
    }
    for (size_t t = 0; t < subgraph.tensors.size(); ++t) {
      const Tensor& tensor = subgraph.tensors[t];
      if (!IsQuantized(tensor)) continue;
      summary.quantizable =
          summary.quantizable && IsLeftByTraining(model, subgraph, static_cast<int32_t>(t));
      summary.per_channel |= tensor.type != DataType::kInt32 && tensor.quantization->per_channel();
    }
    summary.subgraphs.push_back(std::move(part));
  }
  summary.unsupported_operators.assign(unsupported.begin(), unsupported.end());
  for (const Signature& signature : model.signatures) {
    summary.signatures.push_back({signature.key, static_cast<int32_t>(signature.subgraph),
                                  signature.inputs, signature.outputs});
  }
  for (const Metadata& item : model.metadata) summary.metadata.push_back(item.name);
  CountBytes(model, summary);
  return summary;
}

std::string ModelSummary::ToJson() const {
  JsonWriter json;
  json.BeginObject();
  json.Field("description", description);
  json.Field("kind", kind);
  json.Field("quantizable", quantizable);
  json.Field("per_channel", per_channel);
  json.Key("bytes").BeginObject();
  json.Field("file", file_bytes);
  json.Field("weights", weight_bytes);
  json.Field("metadata", metadata_bytes);
  json.Field("other", other_bytes);
  json.Key("weights_by_type").BeginObject();
  for (const BytesOfType& part : weight_bytes_by_type) {
    json.Field(DataTypeName(part.type), part.bytes);
  }
  json.EndObject().EndObject();
  json.Key("subgraphs").BeginArray();
  for (const SubgraphSummary& subgraph : subgraphs) WriteSubgraph(json, subgraph);
  json.EndArray().Key("signatures").BeginArray();
  for (const SignatureSummary& signature : signatures) {
    json.BeginObject().Field("key", signature.key).Field("subgraph", signature.subgraph);
    WriteNames(json, "inputs", signature.inputs);
    WriteNames(json, "outputs", signature.outputs);
    json.EndObject();
  }
  json.EndArray();
  json.Field("metadata", metadata);
  json.Field("unsupported_operators", unsupported_operators);
  json.EndObject();
  return json.text();
}

}  // namespace octolite
