#include "tflite/validate.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/builtin_op.h"

namespace octolite {
namespace {

constexpr uint32_t kFormatVersion = 3;

Status Invalid(std::string message) {
  return Status(StatusCode::kInvalidModel, std::move(message));
}

Status OutOfRange(std::string_view what, int64_t index, size_t count) {
  return Invalid(std::string(what) + " " + std::to_string(index) + " of " + std::to_string(count));
}

bool InRange(int64_t index, size_t count) {
  return index >= 0 && static_cast<uint64_t>(index) < count;
}

Status CheckTensorIndices(const std::vector<int32_t>& indices, const Subgraph& subgraph,
                          std::string_view what, bool optional) {
  for (const int32_t index : indices) {
    if (optional && index == kNoTensor) continue;
    if (!InRange(index, subgraph.tensors.size())) {
      return OutOfRange(std::string(what) + " is tensor", index, subgraph.tensors.size());
    }
  }
  return Status::Ok();
}

// Fields that refer to subgraphs, whatever the operator: their names say so.
bool RefersToSubgraphs(std::string_view field) {
  return field.ends_with("subgraph_index") || field.ends_with("subgraph_indices") ||
         field == "called_computations" || field == "subgraph";
}

Status CheckSubgraphReferences(const Model& model, const Options& options) {
  for (const OptionField& field : options.fields) {
    if (!RefersToSubgraphs(field.name)) continue;
    std::vector<int64_t> indices;
    if (const auto* index = std::get_if<int64_t>(&field.value)) indices = {*index};
    if (const auto* list = std::get_if<std::vector<int64_t>>(&field.value)) indices = *list;
    for (const int64_t index : indices) {
      if (!InRange(index, model.subgraphs.size())) {
        return OutOfRange("option " + field.name + " is subgraph", index, model.subgraphs.size());
      }
    }
  }
  return Status::Ok();
}

Status CheckOperator(const Model& model, const Subgraph& subgraph, const Operator& op) {
  OCTO_RETURN_IF_ERROR(CheckTensorIndices(op.inputs, subgraph, "an input", true));
  OCTO_RETURN_IF_ERROR(CheckTensorIndices(op.outputs, subgraph, "an output", false));
  OCTO_RETURN_IF_ERROR(CheckTensorIndices(op.intermediates, subgraph, "an intermediate", true));
  if (!op.mutating_variable_inputs.empty() &&
      op.mutating_variable_inputs.size() != op.inputs.size()) {
    return Invalid(std::to_string(op.mutating_variable_inputs.size()) +
                   " mutating-input flags for " + std::to_string(op.inputs.size()) + " inputs");
  }
  return CheckSubgraphReferences(model, op.options);
}

// Whether a tensor has content before any operator runs.
bool HasContent(const Model& model, const Tensor& tensor) {
  return model.is_constant(tensor) || tensor.is_variable || tensor.external_buffer != 0 ||
         std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
}

// Operators are listed in the order of execution: what one reads has been written, and it writes to
// what nothing else writes to. `written` has the tensors with content so far.
Status CheckDataFlow(const Model& model, const Subgraph& subgraph, const Operator& op,
                     std::vector<bool>* written) {
  for (const int32_t index : op.inputs) {
    if (index == kNoTensor || (*written)[static_cast<size_t>(index)]) continue;
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
    if (HasContent(model, tensor)) continue;
    return Invalid("the operator reads a tensor that has neither data nor an operator before it")
        .AtTensor(index, tensor.name);
  }
  for (const int32_t index : op.outputs) {
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
    if (model.is_constant(tensor)) {
      return Invalid("the operator writes to a constant").AtTensor(index, tensor.name);
    }
    if ((*written)[static_cast<size_t>(index)]) {
      return Invalid("the operator writes to a graph input or to what another operator writes")
          .AtTensor(index, tensor.name);
    }
    (*written)[static_cast<size_t>(index)] = true;
  }
  return Status::Ok();
}

Status CheckOperators(const Model& model, const Subgraph& subgraph) {
  std::vector<bool> written(subgraph.tensors.size());
  for (const int32_t input : subgraph.inputs) written[static_cast<size_t>(input)] = true;
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    if (op.opcode_index >= model.operator_codes.size()) {
      return OutOfRange("operator code", op.opcode_index, model.operator_codes.size())
          .AtOp(static_cast<int32_t>(i), "");
    }
    Status status = CheckOperator(model, subgraph, op);
    if (status.ok()) status = CheckDataFlow(model, subgraph, op, &written);
    if (!status.ok()) return status.AtOp(static_cast<int32_t>(i), OperatorName(model, op));
  }
  return Status::Ok();
}

Status CheckSubgraph(const Model& model, const Subgraph& subgraph) {
  for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
    Status status = ValidateTensor(model, subgraph, subgraph.tensors[i]);
    if (!status.ok()) return status.AtTensor(static_cast<int32_t>(i), subgraph.tensors[i].name);
  }
  OCTO_RETURN_IF_ERROR(CheckTensorIndices(subgraph.inputs, subgraph, "a graph input", false));
  OCTO_RETURN_IF_ERROR(CheckTensorIndices(subgraph.outputs, subgraph, "a graph output", false));
  return CheckOperators(model, subgraph);
}

Status CheckSignature(const Model& model, const Signature& signature) {
  if (signature.subgraph >= model.subgraphs.size()) {
    return OutOfRange("signature '" + signature.key + "' is of subgraph", signature.subgraph,
                      model.subgraphs.size());
  }
  const size_t tensors = model.subgraphs[signature.subgraph].tensors.size();
  for (const std::vector<NamedTensor>* list : {&signature.inputs, &signature.outputs}) {
    for (const NamedTensor& entry : *list) {
      if (entry.tensor >= tensors) {
        return OutOfRange("signature '" + signature.key + "': '" + entry.name + "' is tensor",
                          entry.tensor, tensors);
      }
    }
  }
  return Status::Ok();
}

Status CheckModelParts(const Model& model) {
  for (const OperatorCode& code : model.operator_codes) {
    if (code.builtin < 0) return Invalid("operator code " + std::to_string(code.builtin));
  }
  for (const Metadata& metadata : model.metadata) {
    if (metadata.buffer >= model.buffers.size()) {
      return OutOfRange("metadata '" + metadata.name + "' is in buffer", metadata.buffer,
                        model.buffers.size());
    }
  }
  for (const int32_t buffer : model.metadata_buffer) {
    if (!InRange(buffer, model.buffers.size())) {
      return OutOfRange("metadata is in buffer", buffer, model.buffers.size());
    }
  }
  for (const ExternalBuffer& buffer : model.external_buffers) {
    if (buffer.group >= model.external_buffer_groups.size()) {
      return OutOfRange("external buffer " + std::to_string(buffer.id) + " is in group",
                        buffer.group, model.external_buffer_groups.size());
    }
  }
  return Status::Ok();
}

// Tensors refer to external buffers by id, not by index.
Status CheckExternalBuffers(const Model& model) {
  std::vector<uint32_t> ids;
  for (const ExternalBuffer& buffer : model.external_buffers) ids.push_back(buffer.id);
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) {
    return Invalid("two external buffers have the id " + std::to_string(*twice));
  }
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    const std::vector<Tensor>& tensors = model.subgraphs[i].tensors;
    for (size_t j = 0; j < tensors.size(); ++j) {
      const uint32_t id = tensors[j].external_buffer;
      if (id == 0 || std::binary_search(ids.begin(), ids.end(), id)) continue;
      return Invalid("external buffer " + std::to_string(id) + " is not described in the file")
          .AtTensor(static_cast<int32_t>(j), tensors[j].name)
          .AtSubgraph(static_cast<int32_t>(i));
    }
  }
  return Status::Ok();
}

}  // namespace

Status ValidateModel(const Model& model) {
  if (model.version != kFormatVersion) {
    return Status(StatusCode::kUnsupportedModel,
                  "version " + std::to_string(model.version) + " of the format")
        .WithHint("convert the model again with a converter that writes version 3");
  }
  if (model.subgraphs.empty()) return Invalid("the model has no subgraph");
  if (model.buffers.empty()) return Invalid("the model has no buffers");
  OCTO_RETURN_IF_ERROR(CheckModelParts(model));
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    Status status = CheckSubgraph(model, model.subgraphs[i]);
    if (!status.ok()) return status.AtSubgraph(static_cast<int32_t>(i));
  }
  for (const Signature& signature : model.signatures) {
    OCTO_RETURN_IF_ERROR(CheckSignature(model, signature));
  }
  return CheckExternalBuffers(model);
}

}  // namespace octolite
