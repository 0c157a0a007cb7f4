#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arithmetic.h"
#include "base/data_type.h"
#include "base/shape.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/builtin_op.h"
#include "model/model.h"
#include "ops/quant_rule.h"
#include "ops/resources.h"

namespace octolite {

// What an operator sees of a tensor when it is prepared.
struct TensorSpec {
  int32_t index = kNoTensor;
  std::string_view name;
  DataType type = DataType::kFloat32;
  Shape shape;
  // Null when the tensor has none.
  const Quantization* quantization = nullptr;
  // Content known before anything runs: in the file, or folded. Valid as long as the plan.
  bool is_constant = false;
  std::span<const uint8_t> constant;
  bool is_variable = false;

  // Per-tensor parameters (of channel 0 where there are several); 0 and 0 for a tensor without.
  float scale() const {
    return quantization && quantization->has_scale() ? quantization->scale[0] : 0.0f;
  }
  int32_t zero_point() const {
    return quantization ? static_cast<int32_t>(quantization->zero_point_at(0)) : 0;
  }
  bool quantized() const { return quantization != nullptr && quantization->has_scale(); }
  template <typename T>
  const T* constant_as() const {
    return reinterpret_cast<const T*>(constant.data());
  }
};

// A tensor while a plan runs.
struct RuntimeTensor {
  DataType type = DataType::kFloat32;
  Shape shape;
  uint8_t* data = nullptr;
  size_t bytes = 0;
};

// What an operator keeps between runs, one for each interpreter: a generator's state, for instance.
class OpState {
 public:
  virtual ~OpState() = default;
};

// What an operator sees when it runs. Inputs and outputs have the shapes and types that were there
// when it was prepared; nothing is left to check but contents.
class EvalContext {
 public:
  // What the interpreter does for an operator while it runs.
  class Host {
   public:
    virtual ~Host() = default;
    // Memory for a tensor whose shape the data decides; valid until the next run. `bytes` is for
    // strings, whose size the shape does not tell.
    virtual Status Allocate(RuntimeTensor& tensor, const Shape& shape,
                            std::optional<size_t> bytes) = 0;
    // Runs another subgraph of the model on copies of `inputs`; its outputs are valid until it is
    // called again.
    virtual Result<std::span<const RuntimeTensor* const>> CallSubgraph(
        int32_t subgraph, std::span<const RuntimeTensor* const> inputs) = 0;
    virtual ResourceStore& resources() = 0;
    virtual bool cancelled() const = 0;
  };

  EvalContext(std::span<RuntimeTensor* const> inputs, std::span<RuntimeTensor* const> outputs,
              uint8_t* scratch, OpState* state, Host* host, const Parallel& parallel = {})
      : inputs_(inputs),
        outputs_(outputs),
        scratch_(scratch),
        state_(state),
        host_(host),
        parallel_(parallel) {}

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  bool has_input(int i) const { return i < num_inputs() && inputs_[static_cast<size_t>(i)]; }
  const RuntimeTensor& input_tensor(int i) const { return *inputs_[static_cast<size_t>(i)]; }
  RuntimeTensor& output_tensor(int i) { return *outputs_[static_cast<size_t>(i)]; }
  std::span<RuntimeTensor* const> inputs() const { return inputs_; }

  template <typename T>
  const T* input(int i) const {
    return reinterpret_cast<const T*>(input_tensor(i).data);
  }
  // For variable tensors, which operators change through their inputs.
  template <typename T>
  T* variable(int i) const {
    return reinterpret_cast<T*>(input_tensor(i).data);
  }
  template <typename T>
  T* output(int i) {
    return reinterpret_cast<T*>(output_tensor(i).data);
  }
  // The bytes that prepare asked for, 64-byte aligned, contents undefined.
  template <typename T>
  T* scratch() {
    return reinterpret_cast<T*>(scratch_);
  }
  // Has no more threads than prepare saw: scratch memory may go by thread.
  const Parallel& parallel() const { return parallel_; }
  // What OpKernel::NewState made.
  template <typename T>
  T& state() {
    return static_cast<T&>(*state_);
  }
  // For outputs that prepare declared with SetOutputDynamic; `bytes` for strings alone.
  Status AllocateOutput(int i, const Shape& shape, std::optional<size_t> bytes = std::nullopt) {
    return host_->Allocate(output_tensor(i), shape, bytes);
  }
  // Operators that use the host beyond AllocateOutput are not `pure` (OpDef).
  Host& host() { return *host_; }

 private:
  std::span<RuntimeTensor* const> inputs_;
  std::span<RuntimeTensor* const> outputs_;
  uint8_t* scratch_;
  OpState* state_;
  Host* host_;
  Parallel parallel_;
};

// An operator made ready for certain shapes and types: parameters computed, weights packed, kernel
// chosen. Immutable, so that several interpreters and threads may share it.
class OpKernel {
 public:
  virtual ~OpKernel() = default;
  virtual Status Eval(EvalContext& ctx) const = 0;
  // Null: nothing is kept between runs.
  virtual std::unique_ptr<OpState> NewState() const { return nullptr; }
  // Memory it holds beside the model: packed weights, tables.
  virtual size_t owned_bytes() const { return 0; }
  // Whether Eval reads the content of input i, a constant: not where prepare made its own of it.
  virtual bool reads_constant(int /*i*/) const { return true; }
};

namespace internal {
template <typename F>
class FunctionKernel final : public OpKernel {
 public:
  explicit FunctionKernel(F function) : function_(std::move(function)) {}
  Status Eval(EvalContext& ctx) const override { return function_(ctx); }

 private:
  F function_;
};
}  // namespace internal

// An OpKernel from a lambda Status(EvalContext&).
template <typename F>
std::unique_ptr<OpKernel> MakeKernel(F function) {
  return std::make_unique<internal::FunctionKernel<F>>(std::move(function));
}

// Rows and columns of real zero around the images of an NHWC tensor, which are not in memory.
struct ImagePadding {
  int32_t top = 0, bottom = 0, left = 0, right = 0;
};

// What an operator sees when it is prepared: it validates everything here (counts, types, shapes,
// options, quantization), sets the shape of every output, asks for scratch and returns its kernel.
class PrepareContext {
 public:
  struct Node {
    int32_t index = 0;
    std::string_view name;
    const Options* options = nullptr;
    std::span<const uint8_t> custom_options;
    const Model* model = nullptr;
    const Operator* op = nullptr;        // of `subgraph`
    const Subgraph* subgraph = nullptr;  // of `model`
    const void* user = nullptr;          // OpDef::user
    ImagePadding padding;                // of input 0; others than none where OpDef::takes_padding
  };

  PrepareContext(const Node& node, Arithmetic arithmetic, std::span<const TensorSpec> inputs,
                 std::span<TensorSpec> outputs, int threads = 1)
      : node_(node),
        arithmetic_(arithmetic),
        threads_(threads),
        inputs_(inputs),
        outputs_(outputs),
        output_states_(outputs.size(), OutputState::kUnset) {}

  const Options& options() const { return *node_.options; }
  std::span<const uint8_t> custom_options() const { return node_.custom_options; }
  // For operators that run other subgraphs.
  const Model& model() const { return *node_.model; }
  const void* user() const { return node_.user; }
  // To be taken for a part of input 0, beside what the operator's own options pad it with.
  const ImagePadding& padding() const { return node_.padding; }
  // Tensors without content that tell how values inside the operator are quantized (LSTM).
  int num_intermediates() const { return static_cast<int>(node_.op->intermediates.size()); }
  // Null for one that is left out or has no quantization.
  const Quantization* intermediate(int i) const;
  Arithmetic arithmetic() const { return arithmetic_; }
  // Most that EvalContext::parallel() will have; what each needs of scratch memory is to be
  // requested for all.
  int threads() const { return threads_; }

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  // Whether input i is there: optional inputs may be left out, or be shorter than the list.
  bool has_input(int i) const {
    return i < num_inputs() && inputs_[static_cast<size_t>(i)].index != kNoTensor;
  }
  const TensorSpec& input(int i) const { return inputs_[static_cast<size_t>(i)]; }
  // Type and quantization as the model declares; the shape is the model's until SetOutputShape.
  const TensorSpec& output(int i) const { return outputs_[static_cast<size_t>(i)]; }

  // Every output needs one of these two.
  void SetOutputShape(int i, const Shape& shape) {
    outputs_[static_cast<size_t>(i)].shape = shape;
    output_states_[static_cast<size_t>(i)] = OutputState::kShaped;
  }
  // For operators whose output has the type of an input whatever the file says.
  void SetOutputType(int i, DataType type) { outputs_[static_cast<size_t>(i)].type = type; }
  // The shape is known only when the operator runs, which then calls AllocateOutput.
  void SetOutputDynamic(int i) { output_states_[static_cast<size_t>(i)] = OutputState::kDynamic; }
  // One block a node, valid during Eval; the largest request counts.
  void RequestScratch(size_t bytes) {
    scratch_bytes_ = bytes > scratch_bytes_ ? bytes : scratch_bytes_;
  }

  // Output 0 may be given the memory of input i, as the kernel reads each element of that before it
  // writes the output's at the same place, and none twice. Both have the same number of bytes.
  void AllowInPlace(int i) { in_place_inputs_ |= 1u << i; }
  // Output 0 has the bytes of input 0, and may be given the same memory: then Eval has nothing to
  // do.
  void SetOutputView() { output_is_view_ = true; }

  // Refusals, located at this operator.
  Status Error(StatusCode code, std::string message) const;
  Status InputError(int i, StatusCode code, std::string message) const;
  Status OutputError(int i, StatusCode code, std::string message) const;

  // Common checks; each names the operator and the tensor.
  Status ExpectCounts(int min_inputs, int max_inputs, int outputs) const;
  Status ExpectInput(int i) const;  // present
  Status ExpectType(const TensorSpec& tensor, DataType type) const;
  Status ExpectSameType(const TensorSpec& a, const TensorSpec& b) const;
  // Has exactly one positive finite scale and a zero point that fits the type.
  Status ExpectPerTensorQuantization(const TensorSpec& tensor) const;
  // "operator X does not run with int16 input": for a type no kernel is there for.
  Status UnsupportedType(const TensorSpec& tensor) const;

  enum class OutputState : uint8_t { kUnset, kShaped, kDynamic };
  OutputState output_state(int i) const { return output_states_[static_cast<size_t>(i)]; }
  size_t scratch_bytes() const { return scratch_bytes_; }
  uint32_t in_place_inputs() const { return in_place_inputs_; }
  bool output_is_view() const { return output_is_view_; }

 private:
  Node node_;
  Arithmetic arithmetic_;
  int threads_;
  std::span<const TensorSpec> inputs_;
  std::span<TensorSpec> outputs_;
  std::vector<OutputState> output_states_;
  size_t scratch_bytes_ = 0;
  uint32_t in_place_inputs_ = 0;  // a bit for each
  bool output_is_view_ = false;
};

// Everything the library knows of a builtin operator. One file in ops/ defines one, and one line in
// ops/all_ops.inc makes it known.
struct OpDef {
  BuiltinOp op;
  Result<std::unique_ptr<OpKernel>> (*prepare)(PrepareContext& ctx);
  QuantRule quant = {};
  // Multiply-adds of one run, for reports; null for operators that do none worth counting.
  int64_t (*multiply_adds)(std::span<const TensorSpec> inputs,
                           std::span<const TensorSpec> outputs) = nullptr;

  // The output depends on the inputs alone and nothing else changes, so that a run on constants can
  // be done once.
  bool pure = true;
  // Only the shapes and types of the inputs are read, never their content: folded as soon as those
  // are known.
  bool shape_only = false;
  // Heeds ctx.padding().
  bool takes_padding = false;
  // Applies the options' "fused_activation_function" of RELU and its kin to its float32 output as
  // its last step.
  bool fuses_activation = false;
  // For custom operators: the code that names them, and what prepare gets as ctx.user().
  std::string_view custom_code = {};
  const void* user = nullptr;

  std::string_view name() const {
    return op == BuiltinOp::kCustom ? custom_code : BuiltinOpName(static_cast<int32_t>(op));
  }
};

// Null for an operator that is not there. `custom_code` counts for custom operators alone.
const OpDef* FindOp(int32_t builtin, std::string_view custom_code = {});
std::span<const OpDef* const> AllOps();

}  // namespace octolite
