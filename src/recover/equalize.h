#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/model.h"
#include "recover/linear_layer.h"
#include "runtime/interpreter.h"

namespace octolite {

struct EqualizeOptions {
  // Between layers that convolve: cross-layer equalization.
  bool layers = true;
  // Into FULLY_CONNECTED and pointwise CONV_2D from what is no layer (MUL, ADD): SmoothQuant.
  bool smooth = true;
  int32_t subgraph = 0;
  std::vector<const OpDef*> custom_ops;
  Parallel parallel;
};

// What was done to one tensor between layers.
struct EqualizedTensor {
  std::string name;
  int64_t channels = 0;
  int64_t scaled_channels = 0;
  float largest_factor = 1;
  // What is foreseen for the noise that quantization of the tensor and of the weights that read it
  // adds to their outputs: after over before, in power.
  double noise_ratio = 1;
};

// Changes a float model so that it gives the same, but loses less when it is quantized: channels
// of a tensor that use little of its range are multiplied by factors, which the layer that makes
// them takes into its weights and bias, and the layers that read them divide out of theirs.
//
// That is cross-layer equalization (Nagel et al. 2019, "Data-Free Quantization Through Weight
// Equalization and Bias Correction") where both ends are convolutions, and SmoothQuant (Xiao et al.
// 2022) where normalization ends in constants that take the factors; both with factors
// (two thirds of the range of the tensor / range of the channel)^alpha. As weights are quantized
// per channel of their output, it is ranges of activations that are equalized, as in the latter.
// The strength alpha is chosen for each tensor, as what gives least noise by its ranges and
// energies on the samples and the weights that read it; 0 leaves it alone.
//
// Factors go through what multiplies: RELU, LEAKY_RELU, PRELU, pooling, padding with zeros,
// resizing, reshaping that keeps the channels. Not through RELU6: a factor moves its bound, and
// where no sample reached it others do (a tried rule that kept channels below two fifths of the
// bound cost a float MobileNet all but 29 dB).
class Equalizer {
 public:
  // As Plan::Compile refuses.
  static Result<std::unique_ptr<Equalizer>> Create(const Model& model,
                                                   const EqualizeOptions& options);

  // For setting inputs.
  Interpreter& interpreter() { return *interpreter_; }
  // Runs the model on the inputs as they stand, and observes.
  Status Step();
  // The model with all that can be equalized.
  Model Finish();
  const std::vector<EqualizedTensor>& report() const { return report_; }

 private:
  // A constant that takes the factors: it is multiplied by them, channel by channel of its last
  // axis, or of the weights' output.
  struct Constant {
    int32_t tensor = 0;
    bool is_weights = false;
  };
  // Where factors can be moved from one end to the other.
  struct Chain {
    int32_t tensor = 0;  // that the layers read
    int64_t channels = 0;
    LinearLayer maker;  // of `constants` that are weights
    std::vector<Constant> constants;
    std::vector<LinearLayer> readers;
    bool smooth = false;
    // Of the tensor, by channel.
    std::vector<float> min, max;
    std::vector<double> squares;
    uint64_t rows = 0;
  };
  class Observer;

  Equalizer() = default;
  void FindChains();
  bool FindMaker(int32_t tensor, Chain& chain) const;
  std::vector<float> Factors(const Chain& chain, double strength) const;
  double Noise(const Chain& chain, std::span<const float> factors) const;
  void Apply(const Chain& chain, std::span<const float> factors);

  EqualizeOptions options_;
  Model model_;
  std::unique_ptr<Interpreter> interpreter_;
  std::vector<Chain> chains_;
  std::vector<EqualizedTensor> report_;
};

}  // namespace octolite
