#include "recover/linear_layer.h"

#include <algorithm>

namespace octolite {
namespace {

bool IsLinear(int32_t builtin) { return LinearInputsOf(builtin).has_value(); }

int64_t Elements(std::span<const int32_t> shape) {
  int64_t elements = 1;
  for (const int32_t size : shape) elements *= size;
  return elements;
}

}  // namespace

std::optional<LinearInputs> LinearInputsOf(int32_t builtin) {
  switch (static_cast<BuiltinOp>(builtin)) {
    case BuiltinOp::kConv2D:
    case BuiltinOp::kDepthwiseConv2D:
    case BuiltinOp::kFullyConnected:
      return LinearInputs{0, 1, 2};
    case BuiltinOp::kTransposeConv:
      return LinearInputs{2, 1, 3};
    default:
      return std::nullopt;
  }
}

std::optional<LinearLayer> FindLinearLayer(const Model& model, int32_t subgraph, int32_t index) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  const Operator& op = graph.operators[static_cast<size_t>(index)];
  const int32_t builtin = model.code(op).builtin;
  if (!IsLinear(builtin)) return std::nullopt;
  const LinearInputs inputs = *LinearInputsOf(builtin);
  if (op.inputs.size() <= inputs.input || op.inputs.size() <= inputs.weights ||
      op.outputs.empty()) {
    return std::nullopt;
  }
  LinearLayer layer;
  layer.op = index;
  layer.kind = static_cast<BuiltinOp>(builtin);
  layer.input = op.inputs[inputs.input];
  layer.weights = op.inputs[inputs.weights];
  layer.bias = op.inputs.size() > inputs.bias ? op.inputs[inputs.bias] : kNoTensor;
  layer.output = op.outputs[0];
  if (layer.input < 0 || layer.weights < 0 || layer.output < 0) return std::nullopt;
  const std::vector<int32_t>& weights = graph.tensors[static_cast<size_t>(layer.weights)].shape;
  const std::vector<int32_t>& input = graph.tensors[static_cast<size_t>(layer.input)].shape;
  if (weights.size() < 2 || input.empty() || Elements(weights) < 1 || input.back() < 1) {
    return std::nullopt;
  }
  if (layer.kind == BuiltinOp::kFullyConnected) {
    if (weights.size() != 2) return std::nullopt;
    layer.units = weights[0];
    layer.depth = weights[1];
    return layer;
  }
  if (weights.size() != 4 || input.size() != 4) return std::nullopt;
  if (layer.kind == BuiltinOp::kDepthwiseConv2D) {
    if (weights[0] != 1 || weights[3] % input[3] != 0) return std::nullopt;
    layer.groups = input[3];
    layer.units = weights[3] / input[3];
    layer.depth = Elements(weights) / weights[3];
    return layer;
  }
  if (input[3] % weights[3] != 0) return std::nullopt;
  layer.groups = input[3] / weights[3];
  if (weights[0] % layer.groups != 0) return std::nullopt;
  if (layer.kind == BuiltinOp::kTransposeConv && layer.groups != 1) return std::nullopt;
  layer.units = weights[0] / layer.groups;
  layer.depth = Elements(weights) / weights[0];
  return layer;
}

std::optional<PatchReader> PatchReader::Make(const Model& model, int32_t subgraph,
                                             const LinearLayer& layer, const Shape& input,
                                             const Shape& output) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  PatchReader reader;
  reader.layer_ = layer;
  if (layer.kind == BuiltinOp::kFullyConnected) {
    if (input.num_elements() % layer.depth != 0) return std::nullopt;
    reader.rows_ = input.num_elements() / layer.depth;
    return reader;
  }
  if (input.rank() != 4 || output.rank() != 4 || output.num_elements() == 0) return std::nullopt;
  const Options& options = graph.operators[static_cast<size_t>(layer.op)].options;
  const std::vector<int32_t>& weights = graph.tensors[static_cast<size_t>(layer.weights)].shape;
  WindowGeometry& window = reader.window_;
  const auto option = [&](const char* name, int64_t otherwise) {
    return static_cast<int32_t>(std::max<int64_t>(options.Int(name, otherwise), 1));
  };
  window.window_h = weights[1];
  window.window_w = weights[2];
  window.stride_h = option("stride_h", 1);
  window.stride_w = option("stride_w", 1);
  const bool transposed = layer.kind == BuiltinOp::kTransposeConv;
  window.dilation_h = transposed ? 1 : option("dilation_h_factor", 1);
  window.dilation_w = transposed ? 1 : option("dilation_w_factor", 1);
  window.output_h = output[1];
  window.output_w = output[2];
  // A transposed convolution is padded as the convolution is that leads back to its input.
  const Padding padding = options.Int("padding", 0) == 0 ? Padding::kSame : Padding::kValid;
  const Shape& from = transposed ? output : input;
  const Shape& to = transposed ? input : output;
  const auto rows =
      ComputeWindowAxis(padding, from[1], window.window_h, window.stride_h, window.dilation_h);
  const auto columns =
      ComputeWindowAxis(padding, from[2], window.window_w, window.stride_w, window.dilation_w);
  if (!rows || !columns || rows->output != to[1] || columns->output != to[2]) return std::nullopt;
  window.pad_top = rows->before;
  window.pad_left = columns->before;
  reader.input_h_ = input[1];
  reader.input_w_ = input[2];
  reader.input_c_ = input[3];
  reader.rows_ = static_cast<int64_t>(output[0]) * output[1] * output[2];
  return reader;
}

void PatchReader::Read(const float* input, int64_t row, float* patch) const {
  if (layer_.kind == BuiltinOp::kFullyConnected) {
    std::copy_n(input + row * layer_.depth, layer_.depth, patch);
    return;
  }
  const int64_t pixels = static_cast<int64_t>(window_.output_h) * window_.output_w;
  const int64_t y = row % pixels / window_.output_w;
  const int64_t x = row % pixels % window_.output_w;
  const float* image = input + row / pixels * input_h_ * input_w_ * input_c_;
  const bool transposed = layer_.kind == BuiltinOp::kTransposeConv;
  const int64_t taps = static_cast<int64_t>(window_.window_h) * window_.window_w;
  const int64_t group_c = input_c_ / layer_.groups;
  std::fill_n(patch, layer_.groups * layer_.depth, 0.0f);
  for (int64_t tap = 0; tap < taps; ++tap) {
    const int64_t i = tap / window_.window_w;
    const int64_t j = tap % window_.window_w;
    int64_t from_y = y * window_.stride_h - window_.pad_top + i * window_.dilation_h;
    int64_t from_x = x * window_.stride_w - window_.pad_left + j * window_.dilation_w;
    if (transposed) {
      from_y = y + window_.pad_top - i;
      from_x = x + window_.pad_left - j;
      if (from_y % window_.stride_h != 0 || from_x % window_.stride_w != 0) continue;
      from_y /= window_.stride_h;
      from_x /= window_.stride_w;
    }
    if (from_y < 0 || from_x < 0 || from_y >= input_h_ || from_x >= input_w_) continue;
    const float* pixel = image + (from_y * input_w_ + from_x) * input_c_;
    for (int64_t g = 0; g < layer_.groups; ++g) {
      std::copy_n(pixel + g * group_c, group_c, patch + g * layer_.depth + tap * group_c);
    }
  }
}

}  // namespace octolite
