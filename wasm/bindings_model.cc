// Loading models and saying what is in them.

#include <emscripten/bind.h>

#include <cstdlib>
#include <string>

#include "analyze/inspect.h"
#include "handles.h"
#include "model/builtin_op.h"
#include "result.h"
#include "tensor_details.h"
#include "tflite/reader.h"

namespace octolite::wasm {

using emscripten::val;

val Bytes::View() { return val(emscripten::typed_memory_view(bytes_.size(), bytes_.data())); }

namespace {

// A failing std::vector would stop the module, so ask first; nothing else runs in between.
val AllocateBytes(double size) {
  const bool fits = size >= 0 && size <= 4294967295.0;
  void* probe = fits ? std::malloc(static_cast<size_t>(size) + 1) : nullptr;
  if (probe == nullptr) {
    return Failure(Status(StatusCode::kOutOfMemory, "there is no memory for a file of " +
                                                        std::to_string(static_cast<int64_t>(size)) +
                                                        " bytes"));
  }
  std::free(probe);
  return Success(std::make_shared<Bytes>(ByteVector(static_cast<size_t>(size))));
}

val Load(Bytes& bytes, CustomOps custom_ops) {
  ByteVector file = bytes.Take();
  const auto file_bytes = static_cast<int64_t>(file.size());
  Result<Model> model = ReadModel(std::move(file));
  if (!model.ok()) return Failure(model.status());
  return Success(
      std::make_shared<ModelHandle>(std::move(model).value(), file_bytes, std::move(custom_ops)));
}

val LoadModel(Bytes& bytes, const val& custom_ops) { return Load(bytes, CustomOps(custom_ops)); }

// With the custom operators of another model.
val LoadModelLike(const ModelHandle& other, Bytes& bytes) {
  return Load(bytes, other.custom_ops());
}

// What the regular expressions of a recipe are matched with: the names of the operator's outputs,
// or of its inputs when it has none, each followed by a semicolon.
std::string OperatorScope(const Subgraph& subgraph, const OperatorSummary& op) {
  std::string scope;
  for (const std::vector<int32_t>& side : {op.outputs, op.inputs}) {
    for (const int32_t index : side) {
      if (index == kNoTensor) continue;
      const std::string& name = subgraph.tensors[static_cast<size_t>(index)].name;
      if (!name.empty()) scope += name + ";";
    }
    if (!scope.empty()) break;
  }
  return scope;
}

val SubgraphRecord(const Subgraph& subgraph, const SubgraphSummary& summary) {
  val operators = val::array();
  for (size_t i = 0; i < summary.operators.size(); ++i) {
    const OperatorSummary& op = summary.operators[i];
    val record = val::object();
    record.set("index", op.index);
    record.set("name", op.name);
    record.set("version", op.version);
    record.set("supported", op.supported);
    record.set("usesFloat", op.uses_float);
    record.set("inputs", NumberArray(std::span<const int32_t>(op.inputs)));
    record.set("outputs", NumberArray(std::span<const int32_t>(op.outputs)));
    record.set("output", op.output_name);
    record.set("scope", OperatorScope(subgraph, op));
    record.set("weightBytes", static_cast<double>(op.weight_bytes));
    record.set("multiplyAdds", static_cast<double>(op.multiply_adds));
    operators.set(i, record);
  }
  val record = val::object();
  record.set("name", summary.name);
  record.set("inputs", TensorDetailsList(subgraph, subgraph.inputs));
  record.set("outputs", TensorDetailsList(subgraph, subgraph.outputs));
  record.set("operators", operators);
  record.set("multiplyAdds", static_cast<double>(summary.multiply_adds));
  return record;
}

// The library's own summary does not know the operators that the model was loaded with.
void MarkSupported(const Model& model, const CustomOps& custom_ops, ModelSummary& summary) {
  for (size_t s = 0; s < summary.subgraphs.size(); ++s) {
    for (OperatorSummary& op : summary.subgraphs[s].operators) {
      const Operator& from = model.subgraphs[s].operators[static_cast<size_t>(op.index)];
      const OperatorCode& code = model.code(from);
      if (code.builtin != static_cast<int32_t>(BuiltinOp::kCustom)) continue;
      if (!custom_ops.Has(code.custom_code)) continue;
      op.supported = true;
      std::erase(summary.unsupported_operators, op.name);
    }
  }
}

val TensorMap(const std::vector<NamedTensor>& tensors) {
  val map = val::object();
  for (const NamedTensor& tensor : tensors) map.set(tensor.name, tensor.tensor);
  return map;
}

val StringArray(const std::vector<std::string>& strings) {
  val array = val::array();
  for (size_t i = 0; i < strings.size(); ++i) array.set(i, strings[i]);
  return array;
}

}  // namespace

val ModelHandle::Inspect() const {
  ModelSummary summary = octolite::Inspect(*model_, file_bytes_);
  MarkSupported(*model_, custom_ops_, summary);
  val record = val::object();
  record.set("description", summary.description);
  record.set("kind", summary.kind);
  record.set("quantizable", summary.quantizable);
  record.set("perChannel", summary.per_channel);
  record.set("fileBytes", static_cast<double>(summary.file_bytes));
  record.set("weightBytes", static_cast<double>(summary.weight_bytes));
  record.set("metadataBytes", static_cast<double>(summary.metadata_bytes));
  record.set("otherBytes", static_cast<double>(summary.other_bytes));
  val by_type = val::object();
  for (const BytesOfType& part : summary.weight_bytes_by_type) {
    by_type.set(std::string(DataTypeName(part.type)), static_cast<double>(part.bytes));
  }
  record.set("weightBytesByType", by_type);
  record.set("signatures", Signatures());
  val subgraphs = val::array();
  for (size_t i = 0; i < summary.subgraphs.size(); ++i) {
    subgraphs.set(i, SubgraphRecord(model_->subgraphs[i], summary.subgraphs[i]));
  }
  record.set("subgraphs", subgraphs);
  record.set("metadata", StringArray(summary.metadata));
  record.set("unsupportedOperators", StringArray(summary.unsupported_operators));
  return record;
}

val ModelHandle::Signatures() const {
  val list = val::array();
  for (size_t i = 0; i < model_->signatures.size(); ++i) {
    const Signature& signature = model_->signatures[i];
    val entry = val::object();
    entry.set("key", signature.key);
    entry.set("subgraph", signature.subgraph);
    entry.set("inputs", TensorMap(signature.inputs));
    entry.set("outputs", TensorMap(signature.outputs));
    list.set(i, entry);
  }
  return list;
}

EMSCRIPTEN_BINDINGS(octolite_model) {
  emscripten::class_<Bytes>("Bytes")
      .smart_ptr<std::shared_ptr<Bytes>>("BytesPointer")
      .function("view", &Bytes::View);
  emscripten::class_<ModelHandle>("Model")
      .smart_ptr<std::shared_ptr<ModelHandle>>("ModelPointer")
      .function("fileBytes", &ModelHandle::file_bytes)
      .function("inspect", &ModelHandle::Inspect)
      .function("signatures", &ModelHandle::Signatures);
  emscripten::function("allocateBytes", &AllocateBytes);
  emscripten::function("loadModel", &LoadModel);
  emscripten::function("loadModelLike", &LoadModelLike);
}

}  // namespace octolite::wasm
