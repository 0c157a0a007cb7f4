#include "quantize/model_editor.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/shape.h"

namespace octolite {
namespace {

constexpr int32_t kRemoved = -2;

// Calls f on every reference to a tensor that a subgraph holds, model-wide ones included.
template <typename F>
void ForEachTensorReference(Model& model, int32_t index, F f) {
  Subgraph& subgraph = model.subgraphs[static_cast<size_t>(index)];
  for (int32_t& t : subgraph.inputs) f(t);
  for (int32_t& t : subgraph.outputs) f(t);
  for (Operator& op : subgraph.operators) {
    for (int32_t& t : op.inputs) f(t);
    for (int32_t& t : op.outputs) f(t);
    for (int32_t& t : op.intermediates) f(t);
  }
  for (Tensor& tensor : subgraph.tensors) {
    if (!tensor.quantization || !tensor.quantization->blockwise) continue;
    f(tensor.quantization->blockwise->scales);
    f(tensor.quantization->blockwise->zero_points);
  }
  for (Signature& signature : model.signatures) {
    if (static_cast<int32_t>(signature.subgraph) != index) continue;
    for (std::vector<NamedTensor>* list : {&signature.inputs, &signature.outputs}) {
      for (NamedTensor& named : *list) {
        auto t = static_cast<int32_t>(named.tensor);
        f(t);
        named.tensor = static_cast<uint32_t>(t);
      }
    }
  }
}

std::vector<bool> UsedTensors(Model& model, int32_t subgraph) {
  std::vector<bool> used(model.subgraphs[static_cast<size_t>(subgraph)].tensors.size());
  ForEachTensorReference(model, subgraph, [&](const int32_t& t) {
    if (t >= 0) used[static_cast<size_t>(t)] = true;
  });
  return used;
}

template <typename F>
void ForEachBufferReference(Model& model, F f) {
  for (Subgraph& subgraph : model.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) f(tensor.buffer);
  }
  for (Metadata& metadata : model.metadata) f(metadata.buffer);
  for (int32_t& buffer : model.metadata_buffer) {
    auto index = static_cast<uint32_t>(buffer);
    f(index);
    buffer = static_cast<int32_t>(index);
  }
}

std::vector<bool> UsedBuffers(Model& model) {
  std::vector<bool> used(model.buffers.size());
  ForEachBufferReference(model, [&](const uint32_t& b) {
    if (b < used.size()) used[b] = true;
  });
  if (!used.empty()) used[0] = true;  // empty by convention, and what added tensors refer to
  return used;
}

std::vector<bool> UsedCodes(const Model& model) {
  std::vector<bool> used(model.operator_codes.size());
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) used[op.opcode_index] = true;
  }
  return used;
}

// Keeps the elements with keep[i]; returns where each went, kRemoved for those that did not stay.
template <typename T>
std::vector<int32_t> Compact(std::vector<T>& items, const std::vector<bool>& keep) {
  std::vector<int32_t> moved(items.size(), kRemoved);
  size_t to = 0;
  for (size_t from = 0; from < items.size(); ++from) {
    if (!keep[from]) continue;
    moved[from] = static_cast<int32_t>(to);
    if (to != from) items[to] = std::move(items[from]);
    ++to;
  }
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(to), items.end());
  return moved;
}

// Unused now, but not as it came.
std::vector<bool> Kept(std::vector<bool> used_now, const std::vector<bool>& was_used) {
  for (size_t i = 0; i < was_used.size(); ++i) used_now[i] = used_now[i] || !was_used[i];
  return used_now;
}

int32_t DequantizeVersion(const Tensor& from) {
  switch (from.type) {
    case DataType::kInt2:
      return 7;
    case DataType::kInt4:
      return 6;
    case DataType::kFloat16:
    case DataType::kInt16:
      return 3;
    case DataType::kInt8:
      return from.quantization && from.quantization->per_channel() ? 5 : 2;
    default:
      return 1;
  }
}

// Of constants with equal source, type and parameters. Remote ones are made alike then.
bool SameContent(const ByteSlice& a, const ByteSlice& b) {
  return a.is_remote() == b.is_remote() && std::ranges::equal(a.bytes(), b.bytes());
}

int32_t QuantizeVersion(const Tensor& from, const Tensor& to) {
  return from.type == DataType::kInt16 || to.type == DataType::kInt16 ? 2 : 1;
}

}  // namespace

ModelEditor::ModelEditor(const Model& original) : model_(original) {
  for (int32_t s = 0; s < num_subgraphs(); ++s) {
    const size_t operators = subgraph(s).operators.size();
    Edits edits;
    edits.original_tensors = subgraph(s).tensors.size();
    edits.removed.resize(operators);
    edits.before.resize(operators);
    edits.after.resize(operators);
    edits_.push_back(std::move(edits));
    tensor_was_used_.push_back(UsedTensors(model_, s));
  }
  if (model_.buffers.empty()) model_.buffers.emplace_back();
  buffer_was_used_ = UsedBuffers(model_);
  code_was_used_ = UsedCodes(model_);
}

Tensor& ModelEditor::tensor(int32_t subgraph, int32_t index) {
  return model_.subgraphs[static_cast<size_t>(subgraph)].tensors[static_cast<size_t>(index)];
}
const Tensor& ModelEditor::tensor(int32_t subgraph, int32_t index) const {
  return model_.subgraphs[static_cast<size_t>(subgraph)].tensors[static_cast<size_t>(index)];
}
Operator& ModelEditor::op(int32_t subgraph, int32_t index) {
  return model_.subgraphs[static_cast<size_t>(subgraph)].operators[static_cast<size_t>(index)];
}
const Operator& ModelEditor::op(int32_t subgraph, int32_t index) const {
  return model_.subgraphs[static_cast<size_t>(subgraph)].operators[static_cast<size_t>(index)];
}
int32_t ModelEditor::builtin(int32_t subgraph, int32_t op_index) const {
  return model_.code(op(subgraph, op_index)).builtin;
}
int32_t ModelEditor::num_operators(int32_t subgraph) const {
  return static_cast<int32_t>(model_.subgraphs[static_cast<size_t>(subgraph)].operators.size());
}

bool ModelEditor::IsFloatConstant(int32_t subgraph, int32_t index) const {
  const Tensor& constant = tensor(subgraph, index);
  if (constant.type != DataType::kFloat32 || constant.sparsity || !model_.is_constant(constant)) {
    return false;
  }
  const std::optional<Shape> shape = Shape::Make(constant.shape);
  return shape &&
         model_.data_size(constant) == static_cast<size_t>(shape->num_elements()) * sizeof(float);
}

std::vector<float> ModelEditor::Floats(int32_t subgraph, int32_t index) const {
  return ReadFloats(subgraph, index, 0, content(subgraph, index).size() / sizeof(float));
}

std::vector<float> ModelEditor::ReadFloats(int32_t subgraph, int32_t index, size_t first,
                                           size_t count) const {
  std::vector<float> values(count);
  const Status status = content(subgraph, index)
                            .Read(first * sizeof(float), {reinterpret_cast<uint8_t*>(values.data()),
                                                          count * sizeof(float)});
  if (!status.ok()) {
    if (read_status_.ok()) read_status_ = status;
    std::fill(values.begin(), values.end(), 0.0f);
  }
  return values;
}

ByteSlice ModelEditor::LocalContent(int32_t subgraph, int32_t index) const {
  const ByteSlice& slice = content(subgraph, index);
  if (!slice.is_remote()) return slice;
  ByteVector bytes(slice.size());
  const Status status = slice.Read(0, bytes);
  if (!status.ok() && read_status_.ok()) read_status_ = status;
  return ByteSlice(std::move(bytes));
}

uint32_t ModelEditor::AddBuffer(ByteSlice bytes) {
  model_.buffers.push_back({std::move(bytes), true});
  return static_cast<uint32_t>(model_.buffers.size() - 1);
}

void ModelEditor::SetContent(int32_t subgraph, int32_t index, DataType type, ByteSlice bytes) {
  const uint32_t buffer = AddBuffer(std::move(bytes));
  tensor(subgraph, index).type = type;
  tensor(subgraph, index).buffer = buffer;
}

int32_t ModelEditor::AddTensorLike(int32_t subgraph_index, int32_t source, std::string_view suffix,
                                   DataType type, std::optional<Quantization> quantization) {
  const Tensor& like = tensor(subgraph_index, source);
  Tensor added;
  added.name = like.name + std::string(suffix);
  added.type = type;
  added.shape = like.shape;
  added.shape_signature = like.shape_signature;
  added.has_rank = like.has_rank;
  added.quantization = std::move(quantization);
  Subgraph& to = subgraph(subgraph_index);
  to.tensors.push_back(std::move(added));
  edits_[static_cast<size_t>(subgraph_index)].derived_from.push_back(source);
  return static_cast<int32_t>(to.tensors.size() - 1);
}

int32_t ModelEditor::AddConstantLike(int32_t subgraph, int32_t source, std::string_view suffix,
                                     DataType type, std::optional<Quantization> quantization,
                                     ByteSlice bytes) {
  return AddContent(subgraph, source, suffix, type, tensor(subgraph, source).shape,
                    std::move(quantization), std::move(bytes));
}

int32_t ModelEditor::AddConstant(int32_t subgraph, int32_t source, std::string_view suffix,
                                 DataType type, std::vector<int32_t> shape,
                                 std::vector<uint8_t> bytes) {
  const int32_t added = AddContent(subgraph, source, suffix, type, std::move(shape), std::nullopt,
                                   ByteSlice(std::move(bytes)));
  Edits& edits = edits_[static_cast<size_t>(subgraph)];
  edits.derived_from[static_cast<size_t>(added) - edits.original_tensors] = kNoTensor;
  return added;
}

int32_t ModelEditor::AddContent(int32_t subgraph, int32_t source, std::string_view suffix,
                                DataType type, std::vector<int32_t> shape,
                                std::optional<Quantization> quantization, ByteSlice bytes) {
  const uint32_t source_buffer = tensor(subgraph, source).buffer;
  const auto found = std::find_if(constants_.begin(), constants_.end(), [&](const Constant& c) {
    return c.source_buffer == source_buffer && c.type == type && c.shape == shape &&
           c.quantization == quantization && SameContent(model_.buffers[c.buffer].data, bytes);
  });
  if (found != constants_.end()) {
    for (size_t i = 0; i < found->tensors.size(); ++i) {
      if (found->tensors[i].first == subgraph && found->sources[i] == source) {
        return found->tensors[i].second;
      }
    }
  }
  const int32_t added = AddTensorLike(subgraph, source, suffix, type, quantization);
  if (tensor(subgraph, added).shape != shape) {
    tensor(subgraph, added).shape = shape;
    tensor(subgraph, added).shape_signature.reset();
  }
  Constant& constant = found != constants_.end()
                           ? *found
                           : constants_.emplace_back(Constant{source_buffer,
                                                              std::move(shape),
                                                              type,
                                                              std::move(quantization),
                                                              AddBuffer(std::move(bytes)),
                                                              {},
                                                              {}});
  tensor(subgraph, added).buffer = constant.buffer;
  constant.tensors.emplace_back(subgraph, added);
  constant.sources.push_back(source);
  return added;
}

uint32_t ModelEditor::CodeIndex(int32_t builtin, int32_t version) {
  std::vector<OperatorCode>& codes = model_.operator_codes;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (codes[i].builtin == builtin && codes[i].version == version && !codes[i].has_custom_code) {
      return static_cast<uint32_t>(i);
    }
  }
  OperatorCode code;
  code.builtin = builtin;
  code.version = version;
  codes.push_back(code);
  return static_cast<uint32_t>(codes.size() - 1);
}

void ModelEditor::Add(int32_t subgraph, Place place, Operator op) {
  Edits& edits = edits_[static_cast<size_t>(subgraph)];
  switch (place.side) {
    case Place::kStart:
      edits.at_start.push_back(std::move(op));
      break;
    case Place::kBefore:
      edits.before[static_cast<size_t>(place.op)].push_back(std::move(op));
      break;
    case Place::kAfter:
      edits.after[static_cast<size_t>(place.op)].push_back(std::move(op));
      break;
  }
}

void ModelEditor::AddQuantize(int32_t subgraph, Place place, int32_t from, int32_t to) {
  Operator op;
  op.opcode_index = CodeIndex(static_cast<int32_t>(BuiltinOp::kQuantize),
                              QuantizeVersion(tensor(subgraph, from), tensor(subgraph, to)));
  op.inputs = {from};
  op.outputs = {to};
  Add(subgraph, place, std::move(op));
  ++added_quantize_;
}

void ModelEditor::AddDequantize(int32_t subgraph, Place place, int32_t from, int32_t to) {
  Operator op;
  op.opcode_index = CodeIndex(static_cast<int32_t>(BuiltinOp::kDequantize),
                              DequantizeVersion(tensor(subgraph, from)));
  op.inputs = {from};
  op.outputs = {to};
  Add(subgraph, place, std::move(op));
  ++added_dequantize_;
}

void ModelEditor::Remove(int32_t subgraph, int32_t op) {
  edits_[static_cast<size_t>(subgraph)].removed[static_cast<size_t>(op)] = true;
}
void ModelEditor::Restore(int32_t subgraph, int32_t op) {
  edits_[static_cast<size_t>(subgraph)].removed[static_cast<size_t>(op)] = false;
}
bool ModelEditor::removed(int32_t subgraph, int32_t op) const {
  return edits_[static_cast<size_t>(subgraph)].removed[static_cast<size_t>(op)];
}

void ModelEditor::RequireVersion(int32_t subgraph, int32_t op_index, int32_t version) {
  const OperatorCode& code = model_.code(op(subgraph, op_index));
  if (code.version >= version) return;
  op(subgraph, op_index).opcode_index = CodeIndex(code.builtin, version);
}

Model ModelEditor::Finish() {
  for (int32_t s = 0; s < num_subgraphs(); ++s) {
    LayOperators(s);
    DropTensors(s);
  }
  DropBuffers();
  DropCodes();
  return std::move(model_);
}

void ModelEditor::LayOperators(int32_t index) {
  Edits& edits = edits_[static_cast<size_t>(index)];
  std::vector<Operator> laid = std::move(edits.at_start);
  std::vector<Operator>& operators = subgraph(index).operators;
  const auto append = [&](std::vector<Operator>& added) {
    for (Operator& op : added) laid.push_back(std::move(op));
  };
  for (size_t i = 0; i < operators.size(); ++i) {
    append(edits.before[i]);
    edits.position.push_back(edits.removed[i] ? -1 : static_cast<int32_t>(laid.size()));
    if (!edits.removed[i]) laid.push_back(std::move(operators[i]));
    append(edits.after[i]);
  }
  operators = std::move(laid);
}

void ModelEditor::DropTensors(int32_t index) {
  const Edits& edits = edits_[static_cast<size_t>(index)];
  std::vector<Tensor>& tensors = subgraph(index).tensors;
  std::vector<bool> keep =
      Kept(UsedTensors(model_, index), tensor_was_used_[static_cast<size_t>(index)]);
  // What was added takes the place and the name of what it was made from, where that is gone.
  std::vector<int32_t> place(tensors.size());
  for (size_t i = 0; i < place.size(); ++i) place[i] = static_cast<int32_t>(i);
  for (size_t i = 0; i < edits.derived_from.size(); ++i) {
    const size_t added = edits.original_tensors + i;
    if (edits.derived_from[i] == kNoTensor) continue;
    const auto source = static_cast<size_t>(edits.derived_from[i]);
    if (!keep[added] || keep[source]) continue;
    std::swap(tensors[source].name, tensors[added].name);
    std::swap(tensors[source], tensors[added]);
    keep[source] = true;
    keep[added] = false;
    place[added] = static_cast<int32_t>(source);
  }
  const std::vector<int32_t> moved = Compact(tensors, keep);
  ForEachTensorReference(model_, index, [&](int32_t& t) {
    if (t >= 0) t = moved[static_cast<size_t>(place[static_cast<size_t>(t)])];
  });
}

void ModelEditor::DropBuffers() {
  const std::vector<int32_t> moved =
      Compact(model_.buffers, Kept(UsedBuffers(model_), buffer_was_used_));
  ForEachBufferReference(model_, [&](uint32_t& b) {
    if (b < moved.size()) b = static_cast<uint32_t>(moved[b]);
  });
}

void ModelEditor::DropCodes() {
  const std::vector<int32_t> moved =
      Compact(model_.operator_codes, Kept(UsedCodes(model_), code_was_used_));
  for (Subgraph& subgraph : model_.subgraphs) {
    for (Operator& op : subgraph.operators) {
      op.opcode_index = static_cast<uint32_t>(moved[op.opcode_index]);
    }
  }
}

std::vector<TensorUse> FindUses(const ModelEditor& editor, int32_t subgraph_index) {
  const Subgraph& subgraph = editor.model().subgraphs[static_cast<size_t>(subgraph_index)];
  std::vector<TensorUse> uses(subgraph.tensors.size());
  for (const int32_t t : subgraph.inputs) {
    if (t >= 0) uses[static_cast<size_t>(t)].is_graph_input = true;
  }
  for (const int32_t t : subgraph.outputs) {
    if (t >= 0) uses[static_cast<size_t>(t)].is_graph_output = true;
  }
  for (int32_t i = 0; i < editor.num_operators(subgraph_index); ++i) {
    if (editor.removed(subgraph_index, i)) continue;
    const Operator& op = editor.op(subgraph_index, i);
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (op.inputs[k] >= 0) {
        uses[static_cast<size_t>(op.inputs[k])].consumers.emplace_back(i, static_cast<int32_t>(k));
      }
    }
    for (const int32_t t : op.outputs) {
      if (t >= 0) uses[static_cast<size_t>(t)].producer = i;
    }
  }
  return uses;
}

}  // namespace octolite
