#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/builtin_op.h"
#include "model/model.h"

namespace octolite {

// A copy of a model under change. Until Finish, indices of the original's operators and tensors
// stay what they were: operators are added beside the original ones, tensors behind them.
class ModelEditor {
 public:
  explicit ModelEditor(const Model& original);

  const Model& model() const { return model_; }
  Subgraph& subgraph(int32_t index) { return model_.subgraphs[static_cast<size_t>(index)]; }
  Tensor& tensor(int32_t subgraph, int32_t index);
  Operator& op(int32_t subgraph, int32_t index);
  const Tensor& tensor(int32_t subgraph, int32_t index) const;
  const Operator& op(int32_t subgraph, int32_t index) const;
  int32_t builtin(int32_t subgraph, int32_t op) const;
  int32_t num_subgraphs() const { return static_cast<int32_t>(model_.subgraphs.size()); }
  int32_t num_operators(int32_t subgraph) const;

  // The content of a float32 constant.
  std::vector<float> Floats(int32_t subgraph, int32_t tensor) const;
  // The same as f(values, index of the first of them), piece by piece where it is remote.
  template <typename F>
  void ForEachPiece(int32_t subgraph, int32_t tensor, F f) const {
    const size_t count = content(subgraph, tensor).size() / sizeof(float);
    const size_t most = content(subgraph, tensor).is_remote() ? kPieceElements : count;
    for (size_t first = 0; first < count; first += most) {
      const std::vector<float> values =
          ReadFloats(subgraph, tensor, first, std::min(most, count - first));
      f(std::span<const float>(values), first);
    }
  }
  // The bytes of a constant.
  const ByteSlice& content(int32_t subgraph, int32_t index) const {
    return model_.buffers[tensor(subgraph, index).buffer].data;
  }
  // What went wrong when remote content was read, which is taken for zeros then.
  const Status& read_status() const { return read_status_; }
  // Whether the tensor is a float32 constant whose bytes are as many as its shape needs.
  bool IsFloatConstant(int32_t subgraph, int32_t tensor) const;

  // Gives a tensor another constant as content.
  void SetContent(int32_t subgraph, int32_t tensor, DataType type, ByteSlice bytes);
  void SetContent(int32_t subgraph, int32_t tensor, DataType type, ByteVector bytes) {
    SetContent(subgraph, tensor, type, ByteSlice(std::move(bytes)));
  }
  // The bytes of a constant, in memory: read if they are remote.
  ByteSlice LocalContent(int32_t subgraph, int32_t tensor) const;

  // A tensor like `source` in shape, without content, of another type. It takes the source's
  // place and name if nothing uses the source in the end; until then it is called by the source's
  // name and `suffix`.
  int32_t AddTensorLike(int32_t subgraph, int32_t source, std::string_view suffix, DataType type,
                        std::optional<Quantization> quantization);
  // The same with content; what was added before with equal source, type, parameters and content is
  // found again, and constants that shared a buffer go on sharing one.
  int32_t AddConstantLike(int32_t subgraph, int32_t source, std::string_view suffix, DataType type,
                          std::optional<Quantization> quantization, ByteSlice bytes);
  int32_t AddConstantLike(int32_t subgraph, int32_t source, std::string_view suffix, DataType type,
                          std::optional<Quantization> quantization, ByteVector bytes) {
    return AddConstantLike(subgraph, source, suffix, type, std::move(quantization),
                           ByteSlice(std::move(bytes)));
  }

  // A constant that belongs to `source` and is called by its name and `suffix`. What was added
  // before with equal source, type, shape and content is found again.
  int32_t AddConstant(int32_t subgraph, int32_t source, std::string_view suffix, DataType type,
                      std::vector<int32_t> shape, std::vector<uint8_t> bytes);

  // Where an added operator stands: before everything, or beside an operator of the original.
  struct Place {
    enum Side : uint8_t { kStart, kBefore, kAfter } side = kStart;
    int32_t op = 0;
  };
  // Adds a conversion from one tensor to another.
  void AddQuantize(int32_t subgraph, Place place, int32_t from, int32_t to);
  void AddDequantize(int32_t subgraph, Place place, int32_t from, int32_t to);
  int32_t added_quantize() const { return added_quantize_; }
  int32_t added_dequantize() const { return added_dequantize_; }
  void Remove(int32_t subgraph, int32_t op);
  void Restore(int32_t subgraph, int32_t op);
  bool removed(int32_t subgraph, int32_t op) const;

  // Raises the version of an operator.
  void RequireVersion(int32_t subgraph, int32_t op, int32_t version);

  // Lays the operators in order, drops tensors, buffers and operator codes that the changes left
  // unused, and corrects every index. The editor is spent then but for `position`.
  Model Finish();
  // Where an operator of the original is in what Finish returned; -1: it was removed.
  int32_t position(int32_t subgraph, int32_t op) const {
    return edits_[static_cast<size_t>(subgraph)].position[static_cast<size_t>(op)];
  }

 private:
  struct Edits {
    size_t original_tensors = 0;
    std::vector<int32_t> derived_from;  // of added tensors; -1: nothing whose place it can take
    std::vector<bool> removed;
    std::vector<Operator> at_start;
    std::vector<std::vector<Operator>> before;
    std::vector<std::vector<Operator>> after;
    std::vector<int32_t> position;
  };
  struct Constant {
    uint32_t source_buffer = 0;
    std::vector<int32_t> shape;
    DataType type = DataType::kFloat32;
    std::optional<Quantization> quantization;
    uint32_t buffer = 0;
    // Tensors that hold it.
    std::vector<std::pair<int32_t, int32_t>> tensors;  // subgraph, tensor
    std::vector<int32_t> sources;                      // parallel: what they were made from
  };

  static constexpr size_t kPieceElements = size_t{1} << 18;

  std::vector<float> ReadFloats(int32_t subgraph, int32_t tensor, size_t first, size_t count) const;
  uint32_t AddBuffer(ByteSlice bytes);
  int32_t AddContent(int32_t subgraph, int32_t source, std::string_view suffix, DataType type,
                     std::vector<int32_t> shape, std::optional<Quantization> quantization,
                     ByteSlice bytes);
  uint32_t CodeIndex(int32_t builtin, int32_t version);
  void Add(int32_t subgraph, Place place, Operator op);
  void LayOperators(int32_t subgraph);
  void DropTensors(int32_t subgraph);
  void DropBuffers();
  void DropCodes();

  Model model_;
  std::vector<Edits> edits_;
  std::vector<bool> buffer_was_used_;
  std::vector<bool> code_was_used_;
  std::vector<std::vector<bool>> tensor_was_used_;
  std::vector<Constant> constants_;
  int32_t added_quantize_ = 0;
  int32_t added_dequantize_ = 0;
  mutable Status read_status_;
};

// Per tensor of a subgraph: the operator that makes it, and all that read it. Of the operators as
// they are now, without those that were removed.
struct TensorUse {
  int32_t producer = -1;
  std::vector<std::pair<int32_t, int32_t>> consumers;  // operator, input
  bool is_graph_input = false;
  bool is_graph_output = false;
};
std::vector<TensorUse> FindUses(const ModelEditor& editor, int32_t subgraph);

}  // namespace octolite
