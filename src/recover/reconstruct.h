#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/status.h"
#include "model/model.h"
#include "recover/integer_weights.h"
#include "recover/linear_layer.h"
#include "recover/moments.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite {

struct ReconstructOptions {
  // Round weights by what their layer gives instead of one by one (recover/rounding.h).
  bool rounding = true;
  // Correct each bias by the mean error of its layer's output.
  bool bias = true;
  int32_t subgraph = 0;
  // Of both models.
  std::vector<const OpDef*> custom_ops;
  Parallel parallel;
  // Bytes for samples; those beyond are not used. And for the sums of one layer: larger layers keep
  // their weights.
  size_t sample_memory = size_t{256} << 20;
  size_t layer_memory = size_t{256} << 20;
};

// What was done to one layer.
struct ReconstructedLayer {
  int32_t op = 0;  // index in the quantized model
  std::string op_name;
  std::string output_name;
  int64_t channels = 0;
  int64_t rounded_channels = 0;    // that got other codes
  int64_t corrected_channels = 0;  // whose bias was changed
  std::string skipped;             // why nothing was done, in plain words; else empty
};

// Means over one sample of the inputs that a layer has in the two models, [groups, depth].
struct InputMeans {
  std::vector<double> reference;
  std::vector<double> quantized;
  bool judges = false;  // one of the samples that are kept apart
};

// What was seen of the inputs of a layer.
struct LayerInputs {
  std::vector<InputMeans> samples;
  // [group], of the samples that fit and of those that judge; for rounding alone.
  std::vector<Moments> fit;
  std::vector<Moments> judge;
};

// Improves a quantized model layer by layer, from the inputs to the outputs: the integers of the
// weights and the biases, nothing else, so that size, speed and types stay as they are. Each layer
// sees what the layers before it, already improved, give it, and is to give what the float model
// gives.
//
// Bias: less the mean error of each channel, as in Nagel et al. 2019, "Data-Free Quantization
// Through Weight Equalization and Bias Correction", with means of inputs that are measured in both
// models. A mean over few samples is itself uncertain, so it is shrunk by as much as the samples
// differ (James and Stein 1961): a channel whose error has no clear sign keeps its bias. Weights:
// see LayerRounder. A quarter of the samples is kept apart, and a channel gets new codes only if
// they do better on those.
//
//   auto work = Reconstructor::Create(model, quantized, options);
//   for each sample: set the inputs of work->interpreter(), then work->AddSample();
//   while (!work->done()) work->Step();
class Reconstructor {
 public:
  // INVALID_ARGUMENT when `quantized` was not made from `reference`; as Plan::Compile refuses.
  static Result<std::unique_ptr<Reconstructor>> Create(const Model& reference,
                                                       const Model& quantized,
                                                       const ReconstructOptions& options);

  // Of the float model, for setting inputs.
  Interpreter& interpreter() { return *reference_; }
  // Keeps a copy of the inputs as they stand; false when there is no room left.
  bool AddSample();
  size_t samples() const { return samples_.size(); }

  // Works on one layer. INVALID_ARGUMENT without samples.
  Status Step(CancelToken* cancel = nullptr);
  bool done() const { return next_ == pairs_.size(); }
  size_t steps() const { return pairs_.size(); }

  const Model& model() const { return quantized_; }
  const std::vector<ReconstructedLayer>& report() const { return report_; }

 private:
  using Sample = std::vector<std::vector<uint8_t>>;
  struct Pair {
    LinearLayer reference;
    LinearLayer quantized;
  };

  Reconstructor() = default;
  Status MatchLayers();
  Status MakeQuantized();
  std::string AgainstLayer(const Pair& pair, const std::optional<IntegerWeights>& weights) const;
  Result<LayerInputs> Observe(const Pair& pair, bool rounds, CancelToken* cancel);
  void Round(const Pair& pair, std::span<const float> floats, const LayerInputs& seen,
             bool has_bias, IntegerWeights& weights, ReconstructedLayer& line) const;
  void CorrectBias(const Pair& pair, std::span<const float> floats, const IntegerWeights& weights,
                   const LayerInputs& seen, ReconstructedLayer& line);

  ReconstructOptions options_;
  std::shared_ptr<const Model> model_;
  Model quantized_;
  std::unique_ptr<Interpreter> reference_;
  std::unique_ptr<Interpreter> candidate_;
  std::vector<Pair> pairs_;
  std::vector<Sample> samples_;
  size_t sample_bytes_ = 0;
  size_t next_ = 0;
  std::vector<ReconstructedLayer> report_;
};

}  // namespace octolite
