#include "recover/reconstruct.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "analyze/real_values.h"
#include "base/rng.h"
#include "recover/float_model.h"
#include "recover/rounding.h"

namespace octolite {
namespace {

// One sample of four judges what the others gave.
constexpr size_t kJudgeEvery = 4;
constexpr std::array kDampings = {0.01, 0.3};
// Multiply-adds for the sums of one layer, and rows beyond which more tell nothing new.
constexpr int64_t kSumWork = int64_t{4} << 30;
constexpr int64_t kMaxRows = 32768;

const TensorSpec& SpecOf(const Interpreter& interpreter, int32_t tensor) {
  return interpreter.plan().tensors()[static_cast<size_t>(tensor)].spec;
}

// Takes a copy of a layer's input, and ends the run there.
class InputCatcher final : public Interpreter::Observer {
 public:
  explicit InputCatcher(const LinearLayer& layer) : layer_(layer) {}

  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    if (node.op_index != layer_.op) return Status::Ok();
    values = ToReals(SpecOf(interpreter, layer_.input), interpreter.tensor(layer_.input));
    input = interpreter.tensor(layer_.input).shape;
    output = interpreter.tensor(layer_.output).shape;
    caught = true;
    return Status(StatusCode::kCancelled, "what was looked for is there");
  }

  bool caught = false;
  std::vector<float> values;
  Shape input, output;

 private:
  const LinearLayer& layer_;
};

std::vector<LinearLayer> LinearLayers(const Model& model, int32_t subgraph) {
  std::vector<LinearLayer> layers;
  const auto count =
      static_cast<int32_t>(model.subgraphs[static_cast<size_t>(subgraph)].operators.size());
  for (int32_t i = 0; i < count; ++i) {
    const std::optional<LinearLayer> layer = FindLinearLayer(model, subgraph, i);
    if (layer) layers.push_back(*layer);
  }
  return layers;
}

std::vector<float> ChannelOf(std::span<const float> floats, const LinearLayer& layer,
                             int64_t channel) {
  std::vector<float> weights(static_cast<size_t>(layer.depth));
  for (int64_t k = 0; k < layer.depth; ++k) {
    weights[static_cast<size_t>(k)] = floats[layer.WeightIndex(channel, k)];
  }
  return weights;
}

std::vector<float> ChannelOf(const IntegerWeights& integers, const LinearLayer& layer,
                             int64_t channel) {
  std::vector<float> weights(static_cast<size_t>(layer.depth));
  for (int64_t k = 0; k < layer.depth; ++k) {
    weights[static_cast<size_t>(k)] = integers.Value(layer.WeightIndex(channel, k));
  }
  return weights;
}

double Dot(std::span<const float> weights, const double* inputs) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += static_cast<double>(weights[i]) * inputs[i];
  return sum;
}

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// How much the output of a channel with weights v lacks in the mean of each sample.
struct ChannelErrors {
  std::vector<double> fit;
  std::vector<double> judge;
};

ChannelErrors MeanErrors(const LayerInputs& seen, const LinearLayer& layer, int64_t channel,
                         std::span<const float> w, std::span<const float> v) {
  const auto at = static_cast<size_t>(channel / layer.units * layer.depth);
  ChannelErrors errors;
  for (const InputMeans& means : seen.samples) {
    (means.judges ? errors.judge : errors.fit)
        .push_back(Dot(w, &means.reference[at]) - Dot(v, &means.quantized[at]));
  }
  return errors;
}

// The mean of errors, shrunk towards 0 by its own uncertainty.
double ShrunkMean(std::span<const double> errors) {
  const auto n = static_cast<double>(errors.size());
  if (errors.size() < 2) return 0;
  const double mean = Mean(errors);
  double variance = 0;
  for (const double error : errors) variance += (error - mean) * (error - mean) / (n - 1);
  return mean == 0 ? 0 : mean * std::max(0.0, 1 - variance / n / (mean * mean));
}

// Integers or floats of a bias, by type.
struct BiasContent {
  DataType type = DataType::kFloat32;
  std::vector<double> scales;  // one for each channel; 1 for floats
  std::vector<double> values;  // real
};

std::optional<BiasContent> ReadBias(const Model& model, int32_t subgraph,
                                    const LinearLayer& layer) {
  if (layer.bias < 0) return std::nullopt;
  const Tensor& tensor =
      model.subgraphs[static_cast<size_t>(subgraph)].tensors[static_cast<size_t>(layer.bias)];
  const std::span<const uint8_t> bytes = model.data(tensor);
  const auto count = static_cast<size_t>(layer.channels());
  BiasContent bias;
  bias.type = tensor.type;
  bias.scales.assign(count, 1);
  bias.values.resize(count);
  const auto read = [&]<typename T>(T*) {
    if (bytes.size() != count * sizeof(T)) return false;
    for (size_t i = 0; i < count; ++i) {
      T value = 0;
      std::memcpy(&value, &bytes[i * sizeof(T)], sizeof(T));
      bias.values[i] = static_cast<double>(value) * bias.scales[i];
    }
    return true;
  };
  if (tensor.type != DataType::kFloat32) {
    if (!tensor.quantization || !tensor.quantization->has_scale()) return std::nullopt;
    const std::vector<float>& scales = tensor.quantization->scale;
    if (scales.size() != 1 && scales.size() != count) return std::nullopt;
    for (size_t i = 0; i < count; ++i) bias.scales[i] = scales[scales.size() == 1 ? 0 : i];
  }
  bool fits = false;
  if (tensor.type == DataType::kFloat32) fits = read(static_cast<float*>(nullptr));
  if (tensor.type == DataType::kInt32) fits = read(static_cast<int32_t*>(nullptr));
  if (tensor.type == DataType::kInt64) fits = read(static_cast<int64_t*>(nullptr));
  return fits ? std::optional(bias) : std::nullopt;
}

ByteVector BiasBytes(const BiasContent& bias) {
  ByteVector bytes;
  const auto write = [&]<typename T>(T*) {
    // Half of int32 is left to the sums of products.
    const double bound = sizeof(T) == 4 ? 0x1p30 : 0x1p40;
    bytes.resize(bias.values.size() * sizeof(T));
    for (size_t i = 0; i < bias.values.size(); ++i) {
      const auto value = static_cast<T>(
          std::clamp(std::nearbyint(bias.values[i] / bias.scales[i]), -bound, bound));
      std::memcpy(&bytes[i * sizeof(T)], &value, sizeof(T));
    }
  };
  if (bias.type == DataType::kInt32) {
    write(static_cast<int32_t*>(nullptr));
  } else if (bias.type == DataType::kInt64) {
    write(static_cast<int64_t*>(nullptr));
  } else {
    std::vector<float> floats(bias.values.begin(), bias.values.end());
    bytes.resize(floats.size() * sizeof(float));
    std::memcpy(bytes.data(), floats.data(), bytes.size());
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<Reconstructor>> Reconstructor::Create(const Model& reference,
                                                             const Model& quantized,
                                                             const ReconstructOptions& options) {
  std::unique_ptr<Reconstructor> work(new Reconstructor());
  work->options_ = options;
  work->model_ = std::make_shared<const Model>(WithFloat32Constants(reference));
  work->quantized_ = quantized;
  PlanOptions plan_options;
  plan_options.subgraph = options.subgraph;
  plan_options.custom_ops = options.custom_ops;
  plan_options.parallel = options.parallel;
  plan_options.observed = true;
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(work->model_, plan_options));
  OCTO_ASSIGN_OR_RETURN(work->reference_, Interpreter::Create(std::move(plan)));
  OCTO_RETURN_IF_ERROR(work->MakeQuantized());
  OCTO_RETURN_IF_ERROR(work->MatchLayers());
  return work;
}

Status Reconstructor::MakeQuantized() {
  PlanOptions plan_options = reference_->plan().options();
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(quantized_), plan_options));
  OCTO_ASSIGN_OR_RETURN(candidate_, Interpreter::Create(std::move(plan)));
  return Status::Ok();
}

// Quantization adds and removes no layer of these kinds, so they correspond one to one.
Status Reconstructor::MatchLayers() {
  const Status misfit(StatusCode::kInvalidArgument,
                      "the quantized model was not made from this float model");
  if (candidate_->num_inputs() != reference_->num_inputs()) return misfit;
  for (int i = 0; i < candidate_->num_inputs(); ++i) {
    if (!(candidate_->input(i).shape == reference_->input(i).shape)) return misfit;
  }
  const std::vector<LinearLayer> ours = LinearLayers(*model_, options_.subgraph);
  const std::vector<LinearLayer> theirs = LinearLayers(quantized_, options_.subgraph);
  if (ours.size() != theirs.size()) return misfit;
  for (size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].kind != theirs[i].kind || ours[i].groups != theirs[i].groups ||
        ours[i].units != theirs[i].units || ours[i].depth != theirs[i].depth) {
      return misfit;
    }
    pairs_.push_back({ours[i], theirs[i]});
  }
  return Status::Ok();
}

bool Reconstructor::AddSample() {
  size_t bytes = 0;
  for (int i = 0; i < reference_->num_inputs(); ++i) bytes += reference_->input(i).bytes;
  if (sample_bytes_ + bytes > options_.sample_memory) return false;
  sample_bytes_ += bytes;
  Sample& sample = samples_.emplace_back();
  for (int i = 0; i < reference_->num_inputs(); ++i) {
    const RuntimeTensor& input = reference_->input(i);
    sample.emplace_back(input.data, input.data + input.bytes);
  }
  return true;
}

Result<LayerInputs> Reconstructor::Observe(const Pair& pair, bool rounds, CancelToken* cancel) {
  const LinearLayer& layer = pair.reference;
  const auto groups = static_cast<size_t>(layer.groups);
  const auto depth = static_cast<size_t>(layer.depth);
  LayerInputs seen;
  for (size_t g = 0; rounds && g < groups; ++g) {
    seen.fit.emplace_back(depth);
    seen.judge.emplace_back(depth);
  }
  const int64_t work = layer.groups * layer.depth * layer.depth;
  const int64_t rows = std::clamp(kSumWork / work, 4 * layer.depth, kMaxRows);
  const auto rows_of_sample =
      std::max<int64_t>(rows / static_cast<int64_t>(samples_.size()), int64_t{1});
  std::vector<float> patch(groups * depth);
  std::vector<std::vector<float>> x(groups);
  std::vector<std::vector<float>> y(groups);
  for (size_t s = 0; s < samples_.size(); ++s) {
    InputCatcher float_input(layer);
    InputCatcher quantized_input(pair.quantized);
    reference_->ResetState();
    candidate_->ResetState();
    for (int i = 0; i < reference_->num_inputs(); ++i) {
      OCTO_RETURN_IF_ERROR(reference_->SetInput(i, samples_[s][static_cast<size_t>(i)]));
      const std::vector<float> reals =
          ToReals(SpecOf(*reference_, reference_->plan().subgraph().inputs[static_cast<size_t>(i)]),
                  reference_->input(i));
      OCTO_RETURN_IF_ERROR(FromReals(
          reals, SpecOf(*candidate_, candidate_->plan().subgraph().inputs[static_cast<size_t>(i)]),
          candidate_->input(i)));
    }
    const Status float_run = reference_->Invoke(&float_input, cancel);
    if (!float_input.caught && !float_run.ok()) return float_run;
    const Status quantized_run = candidate_->Invoke(&quantized_input, cancel);
    if (!quantized_input.caught && !quantized_run.ok()) return quantized_run;
    // What both plans computed beforehand shows no inputs.
    if (!float_input.caught || !quantized_input.caught) break;
    const std::optional<PatchReader> reader =
        PatchReader::Make(*model_, options_.subgraph, layer, float_input.input, float_input.output);
    if (!reader || float_input.values.size() != quantized_input.values.size()) break;
    // Evenly spread, from another start in each sample.
    const int64_t step = std::max<int64_t>(reader->rows() / rows_of_sample, 1);
    Rng rng(s);
    for (size_t g = 0; g < groups; ++g) {
      x[g].clear();
      y[g].clear();
    }
    InputMeans means{std::vector<double>(patch.size()), std::vector<double>(patch.size()), false};
    const auto read = [&](const InputCatcher& from, int64_t row, std::vector<double>& sums,
                          std::vector<std::vector<float>>& rows_of_group) {
      reader->Read(from.values.data(), row, patch.data());
      for (size_t i = 0; i < patch.size(); ++i) sums[i] += static_cast<double>(patch[i]);
      for (size_t g = 0; rounds && g < groups; ++g) {
        rows_of_group[g].insert(rows_of_group[g].end(), &patch[g * depth],
                                &patch[g * depth] + depth);
      }
    };
    int64_t count = 0;
    for (int64_t row = rng.Integer(0, step - 1); row < reader->rows(); row += step, ++count) {
      read(float_input, row, means.reference, x);
      read(quantized_input, row, means.quantized, y);
    }
    if (count == 0) continue;
    for (std::vector<double>* sums : {&means.reference, &means.quantized}) {
      for (double& sum : *sums) sum /= static_cast<double>(count);
    }
    means.judges = s % kJudgeEvery == kJudgeEvery - 1;
    const bool judges = means.judges;
    seen.samples.push_back(std::move(means));
    for (size_t g = 0; rounds && g < groups; ++g) {
      (judges ? seen.judge : seen.fit)[g].Add(x[g], y[g]);
    }
  }
  return seen;
}

std::string Reconstructor::AgainstLayer(const Pair& pair,
                                        const std::optional<IntegerWeights>& weights) const {
  if (!weights) return "its weights are no integers of its own";
  const std::vector<float> floats =
      FloatConstant(*model_, options_.subgraph, pair.reference.weights);
  if (floats.size() != weights->codes.size()) {
    return "its weights in the float model are no finite constants";
  }
  return "";
}

Status Reconstructor::Step(CancelToken* cancel) {
  if (samples_.empty()) return Status(StatusCode::kInvalidArgument, "there are no samples");
  const Pair& pair = pairs_[next_];
  const Subgraph& graph = quantized_.subgraphs[static_cast<size_t>(options_.subgraph)];
  ReconstructedLayer line;
  line.op = pair.quantized.op;
  line.op_name = OperatorName(quantized_, graph.operators[static_cast<size_t>(pair.quantized.op)]);
  line.output_name = graph.tensors[static_cast<size_t>(pair.quantized.output)].name;
  line.channels = pair.quantized.channels();
  std::optional<IntegerWeights> weights =
      ReadIntegerWeights(quantized_, options_.subgraph, pair.quantized);
  line.skipped = AgainstLayer(pair, weights);
  if (line.skipped.empty()) {
    const size_t bytes = static_cast<size_t>(pair.reference.groups) * 2 *
                         Moments::BytesFor(static_cast<size_t>(pair.reference.depth));
    const bool rounds = options_.rounding && bytes <= options_.layer_memory;
    if (options_.rounding && !rounds)
      line.skipped = "its weights are too many to be rounded as one";
    OCTO_ASSIGN_OR_RETURN(const LayerInputs seen, Observe(pair, rounds, cancel));
    const bool observed =
        rounds ? seen.fit[0].rows() > 0 && seen.judge[0].rows() > 0 : !seen.samples.empty();
    if (observed) {
      const std::vector<float> floats =
          FloatConstant(*model_, options_.subgraph, pair.reference.weights);
      const bool has_bias = options_.bias && pair.quantized.bias >= 0 &&
                            CountReaders(graph, pair.quantized.bias) == 1;
      if (rounds) {
        Round(pair, floats, seen, has_bias, *weights, line);
        WriteCodes(quantized_, options_.subgraph, *weights);
      }
      if (has_bias) CorrectBias(pair, floats, *weights, seen, line);
      OCTO_RETURN_IF_ERROR(MakeQuantized());
    } else {
      line.skipped = samples_.size() < kJudgeEvery ? "it needs more samples" : "it never ran";
    }
  }
  report_.push_back(std::move(line));
  ++next_;
  return Status::Ok();
}

void Reconstructor::Round(const Pair& pair, std::span<const float> floats, const LayerInputs& seen,
                          bool has_bias, IntegerWeights& weights, ReconstructedLayer& line) const {
  const LinearLayer& layer = pair.quantized;
  const auto depth = static_cast<size_t>(layer.depth);
  for (int64_t g = 0; g < layer.groups; ++g) {
    const Moments& fit = seen.fit[static_cast<size_t>(g)];
    const Moments& judge = seen.judge[static_cast<size_t>(g)];
    const std::vector<double> judge_yy = judge.MomentsYY(true);
    const std::vector<double> judge_xy = judge.MomentsXY(true);
    std::vector<LayerRounder> rounders;
    for (const bool centered : {false, true}) {
      // What the bias makes up for need not be made up for by the weights.
      if (centered && !has_bias) continue;
      for (const double damping : kDampings) {
        rounders.emplace_back(depth, fit.MomentsYY(centered), fit.MomentsXY(centered), damping);
      }
    }
    for (int64_t u = 0; u < layer.units; ++u) {
      const int64_t channel = g * layer.units + u;
      const std::vector<float> w = ChannelOf(floats, layer, channel);
      std::vector<float> scales(depth);
      std::vector<int8_t> zero_points(depth);
      for (size_t k = 0; k < depth; ++k) {
        const size_t at = layer.WeightIndex(channel, static_cast<int64_t>(k));
        scales[k] = weights.scales[at];
        zero_points[k] = weights.zero_points[at];
      }
      const WeightGrid grid = {scales, zero_points, weights.min_code, weights.max_code};
      // Of weights v and the bias that goes with them.
      const auto error_of = [&](std::span<const float> v) {
        const ChannelErrors errors = MeanErrors(seen, layer, channel, w, v);
        const double bias = has_bias ? ShrunkMean(errors.fit) : 0;
        const double mean = Mean(errors.judge) - bias;
        return OutputError(judge_yy, judge_xy, w, v) + mean * mean;
      };
      double best = error_of(ChannelOf(weights, layer, channel));
      std::vector<int8_t> best_codes;
      for (const LayerRounder& rounder : rounders) {
        for (const bool compensate : {false, true}) {
          const std::vector<int8_t> codes = rounder.Round(w, grid, compensate);
          std::vector<float> v(depth);
          for (size_t k = 0; k < depth; ++k) {
            v[k] = scales[k] * static_cast<float>(codes[k] - zero_points[k]);
          }
          const double error = error_of(v);
          if (error < best) {
            best = error;
            best_codes = codes;
          }
        }
      }
      if (best_codes.empty()) continue;
      ++line.rounded_channels;
      for (size_t k = 0; k < depth; ++k) {
        weights.codes[layer.WeightIndex(channel, static_cast<int64_t>(k))] = best_codes[k];
      }
    }
  }
}

void Reconstructor::CorrectBias(const Pair& pair, std::span<const float> floats,
                                const IntegerWeights& weights, const LayerInputs& seen,
                                ReconstructedLayer& line) {
  const LinearLayer& layer = pair.quantized;
  std::optional<BiasContent> bias = ReadBias(quantized_, options_.subgraph, layer);
  const std::optional<BiasContent> wanted = ReadBias(*model_, options_.subgraph, pair.reference);
  if (!bias || !wanted) return;
  for (int64_t channel = 0; channel < layer.channels(); ++channel) {
    const std::vector<float> w = ChannelOf(floats, layer, channel);
    const std::vector<float> v = ChannelOf(weights, layer, channel);
    ChannelErrors errors = MeanErrors(seen, layer, channel, w, v);
    errors.fit.insert(errors.fit.end(), errors.judge.begin(), errors.judge.end());
    const double error = ShrunkMean(errors.fit);
    if (error == 0) continue;
    const auto c = static_cast<size_t>(channel);
    bias->values[c] = wanted->values[c] + error;
    ++line.corrected_channels;
  }
  if (line.corrected_channels == 0) return;
  SetTensorBytes(quantized_, options_.subgraph, layer.bias, BiasBytes(*bias));
}

}  // namespace octolite
