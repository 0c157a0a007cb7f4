#include "recover/equalize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "recover/float_model.h"

namespace octolite {
namespace {

// Numbers of fused activation functions, as in the file format.
constexpr int64_t kNone = 0;
constexpr int64_t kRelu = 1;

constexpr std::array kStrengths = {0.25, 0.5, 0.75, 1.0};
constexpr float kMaxFactor = 8;
// How much farther than on the samples a channel may reach before it does so beyond the range of
// the tensor: without it, every channel would be clipped by data that is new.
constexpr double kMargin = 1.5;
constexpr double kSteps = 255;        // of an activation's range
constexpr double kWeightSteps = 254;  // of a symmetric weight's

bool Commutes(int32_t builtin) {
  switch (static_cast<BuiltinOp>(builtin)) {
    case BuiltinOp::kRelu:
    case BuiltinOp::kLeakyRelu:
    case BuiltinOp::kPrelu:
    case BuiltinOp::kMaxPool2D:
    case BuiltinOp::kAveragePool2D:
    case BuiltinOp::kPad:
    case BuiltinOp::kResizeBilinear:
    case BuiltinOp::kResizeNearestNeighbor:
    case BuiltinOp::kReshape:
    case BuiltinOp::kSqueeze:
      return true;
    default:
      return false;
  }
}

bool Contains(const std::vector<int32_t>& list, int32_t item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// Ranges and energies by channel.
void ObserveRows(std::span<const float> values, std::vector<float>& min, std::vector<float>& max,
                 std::vector<double>& squares) {
  const size_t channels = min.size();
  for (size_t i = 0; i + channels <= values.size(); i += channels) {
    for (size_t c = 0; c < channels; ++c) {
      const float value = values[i + c];
      min[c] = std::min(min[c], value);
      max[c] = std::max(max[c], value);
      squares[c] += static_cast<double>(value) * static_cast<double>(value);
    }
  }
}

}  // namespace

class Equalizer::Observer final : public Interpreter::Observer {
 public:
  explicit Observer(std::vector<Chain>& chains) {
    for (Chain& chain : chains) {
      for (const LinearLayer& reader : chain.readers) chains_[reader.op] = &chain;
    }
  }

  // A tensor is seen when the first of its readers has run.
  Status OnNode(const Interpreter& interpreter, const PlanNode& node) override {
    const auto found = chains_.find(node.op_index);
    if (found == chains_.end() || !seen_.insert(found->second->tensor).second) return Status::Ok();
    Chain& chain = *found->second;
    const RuntimeTensor& value = interpreter.tensor(chain.tensor);
    if (value.data == nullptr || value.type != DataType::kFloat32) return Status::Ok();
    const size_t count = value.bytes / sizeof(float);
    ObserveRows({reinterpret_cast<const float*>(value.data), count}, chain.min, chain.max,
                chain.squares);
    chain.rows += count / chain.min.size();
    return Status::Ok();
  }

 private:
  std::map<int32_t, Chain*> chains_;  // by operator that reads
  std::set<int32_t> seen_;
};

Result<std::unique_ptr<Equalizer>> Equalizer::Create(const Model& model,
                                                     const EqualizeOptions& options) {
  std::unique_ptr<Equalizer> equalizer(new Equalizer());
  equalizer->options_ = options;
  equalizer->model_ = WithFloat32Constants(model);
  equalizer->FindChains();
  PlanOptions plan_options;
  plan_options.subgraph = options.subgraph;
  plan_options.custom_ops = options.custom_ops;
  plan_options.parallel = options.parallel;
  plan_options.observed = true;
  OCTO_ASSIGN_OR_RETURN(
      std::shared_ptr<const Plan> plan,
      Plan::Compile(std::make_shared<const Model>(equalizer->model_), plan_options));
  OCTO_ASSIGN_OR_RETURN(equalizer->interpreter_, Interpreter::Create(std::move(plan)));
  return equalizer;
}

void Equalizer::FindChains() {
  const Subgraph& graph = model_.subgraphs[static_cast<size_t>(options_.subgraph)];
  std::map<int32_t, std::vector<LinearLayer>> readers;
  for (int32_t i = 0; i < static_cast<int32_t>(graph.operators.size()); ++i) {
    const std::optional<LinearLayer> layer = FindLinearLayer(model_, options_.subgraph, i);
    if (layer) readers[layer->input].push_back(*layer);
  }
  for (auto& [tensor, layers] : readers) {
    Chain chain;
    chain.tensor = tensor;
    chain.channels = graph.tensors[static_cast<size_t>(tensor)].shape.back();
    const bool divisible = std::all_of(layers.begin(), layers.end(), [&](const LinearLayer& layer) {
      const std::vector<float> weights = FloatConstant(model_, options_.subgraph, layer.weights);
      return static_cast<int64_t>(weights.size()) == layer.channels() * layer.depth &&
             CountReaders(graph, layer.weights) == 1 &&
             (layer.kind != BuiltinOp::kFullyConnected || layer.depth % chain.channels == 0);
    });
    if (!divisible || CountReaders(graph, tensor) != static_cast<int>(layers.size()) ||
        Contains(graph.outputs, tensor) || !FindMaker(tensor, chain)) {
      continue;
    }
    if (chain.smooth ? !options_.smooth : !options_.layers) continue;
    chain.readers = layers;
    const auto channels = static_cast<size_t>(chain.channels);
    chain.min.assign(channels, 0);
    chain.max.assign(channels, 0);
    chain.squares.assign(channels, 0);
    chains_.push_back(std::move(chain));
  }
}

// Goes back to constants that can take factors; false where something on the way does not let them
// through.
bool Equalizer::FindMaker(int32_t tensor, Chain& chain) const {
  const Subgraph& graph = model_.subgraphs[static_cast<size_t>(options_.subgraph)];
  const auto last_of = [&](int32_t t) -> int64_t {
    const std::vector<int32_t>& shape = graph.tensors[static_cast<size_t>(t)].shape;
    return shape.empty() ? 0 : shape.back();
  };
  // A constant of one value for each channel, read here alone.
  const auto is_vector = [&](int32_t t) {
    return t >= 0 && last_of(t) == chain.channels && CountReaders(graph, t) == 1 &&
           static_cast<int64_t>(FloatConstant(model_, options_.subgraph, t).size()) ==
               chain.channels;
  };
  for (size_t steps = 0; steps <= graph.operators.size(); ++steps) {
    const auto maker =
        std::find_if(graph.operators.begin(), graph.operators.end(),
                     [&](const Operator& op) { return Contains(op.outputs, tensor); });
    if (maker == graph.operators.end() || maker->outputs.size() != 1) return false;
    const int32_t builtin = model_.code(*maker).builtin;
    const int64_t activation = maker->options.Int("fused_activation_function", kNone);
    if (activation != kNone && activation != kRelu) return false;
    const auto index = static_cast<int32_t>(maker - graph.operators.begin());
    const std::optional<LinearLayer> layer = FindLinearLayer(model_, options_.subgraph, index);
    if (layer) {
      if (layer->channels() != chain.channels || last_of(layer->output) != chain.channels ||
          CountReaders(graph, layer->weights) != 1 ||
          static_cast<int64_t>(FloatConstant(model_, options_.subgraph, layer->weights).size()) !=
              layer->channels() * layer->depth) {
        return false;
      }
      chain.maker = *layer;
      chain.constants.push_back({layer->weights, true});
      if (layer->bias < 0) return true;
      if (!is_vector(layer->bias)) return false;
      chain.constants.push_back({layer->bias, false});
      return true;
    }
    const bool adds = builtin == static_cast<int32_t>(BuiltinOp::kAdd) ||
                      builtin == static_cast<int32_t>(BuiltinOp::kSub);
    if (adds || builtin == static_cast<int32_t>(BuiltinOp::kMul)) {
      if (maker->inputs.size() != 2) return false;
      const bool first = is_vector(maker->inputs[0]);
      if (first == is_vector(maker->inputs[1])) return false;
      chain.constants.push_back({maker->inputs[first ? 0 : 1], false});
      if (!adds) {
        chain.smooth = true;
        return true;
      }
      tensor = maker->inputs[first ? 1 : 0];
    } else if (Commutes(builtin) && !maker->inputs.empty()) {
      tensor = maker->inputs[0];
    } else {
      return false;
    }
    if (tensor < 0 || last_of(tensor) != chain.channels || CountReaders(graph, tensor) != 1 ||
        Contains(graph.outputs, tensor)) {
      return false;
    }
  }
  return false;
}

Status Equalizer::Step() {
  Observer observer(chains_);
  return interpreter_->Invoke(&observer);
}

std::vector<float> Equalizer::Factors(const Chain& chain, double strength) const {
  const auto channels = static_cast<size_t>(chain.channels);
  float widest = 0;
  for (size_t c = 0; c < channels; ++c) {
    widest = std::max({widest, chain.max[c], -chain.min[c]});
  }
  std::vector<float> factors(channels, 1);
  for (size_t c = 0; c < channels; ++c) {
    const float own = std::max(chain.max[c], -chain.min[c]);
    if (own == 0) continue;
    const auto ratio = std::max(static_cast<double>(widest / own) / kMargin, 1.0);
    factors[c] = std::min(static_cast<float>(std::pow(ratio, strength)), kMaxFactor);
  }
  return factors;
}

// Power of the noise of all outputs, for noise that is uniform over a step: of the tensor, weighted
// by the weights that read it, and of these, weighted by its energy.
double Equalizer::Noise(const Chain& chain, std::span<const float> factors) const {
  const auto channels = static_cast<size_t>(chain.channels);
  double low = 0;
  double high = 0;
  for (size_t c = 0; c < channels; ++c) {
    low = std::min(low, static_cast<double>(chain.min[c] * factors[c]));
    high = std::max(high, static_cast<double>(chain.max[c] * factors[c]));
  }
  const double step = (high - low) / kSteps;
  double noise = 0;
  for (const LinearLayer& layer : chain.readers) {
    const std::vector<float> weights = FloatConstant(model_, options_.subgraph, layer.weights);
    for (int64_t o = 0; o < layer.channels(); ++o) {
      double widest = 0;
      double gain = 0;
      double energy = 0;
      for (int64_t k = 0; k < layer.depth; ++k) {
        const auto c = static_cast<size_t>(layer.InputChannel(o, k, chain.channels));
        const auto factor = static_cast<double>(factors[c]);
        const double weight = static_cast<double>(weights[layer.WeightIndex(o, k)]) / factor;
        widest = std::max(widest, std::fabs(weight));
        gain += weight * weight;
        energy += factor * factor * chain.squares[c] / static_cast<double>(chain.rows);
      }
      const double weight_step = 2 * widest / kWeightSteps;
      noise += (step * step * gain + weight_step * weight_step * energy) / 12;
    }
  }
  return noise;
}

void Equalizer::Apply(const Chain& chain, std::span<const float> factors) {
  const auto channels = static_cast<size_t>(chain.channels);
  for (const Constant& constant : chain.constants) {
    std::vector<float> values = FloatConstant(model_, options_.subgraph, constant.tensor);
    if (constant.is_weights) {
      for (int64_t o = 0; o < chain.channels; ++o) {
        for (int64_t k = 0; k < chain.maker.depth; ++k) {
          values[chain.maker.WeightIndex(o, k)] *= factors[static_cast<size_t>(o)];
        }
      }
    } else {
      for (size_t i = 0; i < values.size(); ++i) values[i] *= factors[i % channels];
    }
    SetFloatConstant(model_, options_.subgraph, constant.tensor, values);
  }
  for (const LinearLayer& layer : chain.readers) {
    std::vector<float> values = FloatConstant(model_, options_.subgraph, layer.weights);
    for (int64_t o = 0; o < layer.channels(); ++o) {
      for (int64_t k = 0; k < layer.depth; ++k) {
        const int64_t c = layer.InputChannel(o, k, chain.channels);
        values[layer.WeightIndex(o, k)] /= factors[static_cast<size_t>(c)];
      }
    }
    SetFloatConstant(model_, options_.subgraph, layer.weights, values);
  }
}

Model Equalizer::Finish() {
  const Subgraph& graph = model_.subgraphs[static_cast<size_t>(options_.subgraph)];
  for (const Chain& chain : chains_) {
    if (chain.rows == 0) continue;
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(chain.min.begin(), chain.min.end(), finite) ||
        !std::all_of(chain.max.begin(), chain.max.end(), finite)) {
      continue;
    }
    std::vector<float> best(static_cast<size_t>(chain.channels), 1);
    const double before = Noise(chain, best);
    double least = before;
    for (const double strength : kStrengths) {
      std::vector<float> factors = Factors(chain, strength);
      const double noise = Noise(chain, factors);
      if (noise < least) {
        least = noise;
        best = std::move(factors);
      }
    }
    EqualizedTensor line;
    line.name = graph.tensors[static_cast<size_t>(chain.tensor)].name;
    line.channels = chain.channels;
    if (least < before) {
      line.scaled_channels =
          std::count_if(best.begin(), best.end(), [](float factor) { return factor != 1; });
      line.largest_factor = *std::max_element(best.begin(), best.end());
      line.noise_ratio = least / before;
      Apply(chain, best);
    }
    report_.push_back(std::move(line));
  }
  return model_;
}

}  // namespace octolite
