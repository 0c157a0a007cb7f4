#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/shape.h"
#include "model/builtin_op.h"
#include "model/model.h"
#include "ops/common/conv_geometry.h"

namespace octolite {

// An operator whose output is, before its activation function, weights times patches of the input:
// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV. Seen as one matrix product for each
// of `groups` groups: [rows, depth] patches by [depth, units] weights.
struct LinearLayer {
  int32_t op = 0;  // in its subgraph
  BuiltinOp kind = BuiltinOp::kConv2D;
  int32_t input = 0;  // tensors
  int32_t weights = 0;
  int32_t bias = kNoTensor;
  int32_t output = 0;
  int64_t groups = 1;  // of channels that see inputs of their own; all of a depthwise convolution's
  int64_t units = 0;   // output channels of a group
  int64_t depth = 0;   // weights of a unit

  int64_t channels() const { return groups * units; }
  // Where the weight of output channel c at `depth` k lies in the weights' tensor.
  size_t WeightIndex(int64_t channel, int64_t k) const {
    return static_cast<size_t>(kind == BuiltinOp::kDepthwiseConv2D ? k * channels() + channel
                                                                   : channel * depth + k);
  }
  // The channel of the input, of which there are `input_channels`, that this weight is for.
  int64_t InputChannel(int64_t channel, int64_t k, int64_t input_channels) const {
    if (kind == BuiltinOp::kDepthwiseConv2D) return channel / units;
    const int64_t of_group = input_channels / groups;
    return channel / units * of_group + k % of_group;
  }
};

// The inputs of such an operator by their roles; nothing for other operators.
struct LinearInputs {
  size_t input = 0, weights = 1, bias = 2;
};
std::optional<LinearInputs> LinearInputsOf(int32_t builtin);

// Nothing for operators of other kinds, and for those whose shapes do not fit together.
std::optional<LinearLayer> FindLinearLayer(const Model& model, int32_t subgraph, int32_t op);

// Gives patches of a layer's input, row by row.
class PatchReader {
 public:
  // `input` and `output` are the shapes that they have in this run. Nothing where they do not fit
  // the layer.
  static std::optional<PatchReader> Make(const Model& model, int32_t subgraph,
                                         const LinearLayer& layer, const Shape& input,
                                         const Shape& output);

  int64_t rows() const { return rows_; }
  // Patch `row` of every group: [groups, depth]. What lies outside the image is 0.
  void Read(const float* input, int64_t row, float* patch) const;

 private:
  LinearLayer layer_;
  int64_t rows_ = 0;
  WindowGeometry window_;
  int64_t input_h_ = 1, input_w_ = 1, input_c_ = 1;
};

}  // namespace octolite
