#include "compress/prune.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace octolite {
namespace {

// How many of the least magnitudes go. Magnitudes are counted by their bits, whose order is
// theirs, in two rounds: by the upper half, then by the lower half of where the limit lies. That
// takes no memory for the elements and gives the exact limit.
class Threshold {
 public:
  template <typename ForEachMagnitude>
  Threshold(ForEachMagnitude&& for_each, int64_t count) : rest_(count) {
    if (count <= 0) return;
    std::vector<int64_t> upper(1u << 16u, 0);
    for_each([&](float magnitude) { ++upper[std::bit_cast<uint32_t>(magnitude) >> 16u]; });
    const uint32_t high = Find(upper);
    std::vector<int64_t> lower(1u << 16u, 0);
    for_each([&](float magnitude) {
      const auto bits = std::bit_cast<uint32_t>(magnitude);
      if (bits >> 16u == high) ++lower[bits & 0xFFFFu];
    });
    limit_ = std::bit_cast<float>((high << 16u) | Find(lower));
  }

  // Whether the next element goes; to be asked for each once, in order.
  bool Takes(float magnitude) {
    if (magnitude < limit_) return true;
    if (magnitude > limit_ || rest_ <= 0) return false;
    --rest_;
    return true;
  }

 private:
  // Where the count is passed; what lies before is taken off the rest.
  uint32_t Find(const std::vector<int64_t>& counts) {
    uint32_t at = 0;
    while (at + 1 < counts.size() && counts[at] < rest_) rest_ -= counts[at++];
    return at;
  }

  float limit_ = 0;
  int64_t rest_;  // of those that are equal to the limit
};

float Magnitude(const WeightValues& values, size_t element, int64_t channel) {
  return std::abs(values.scale(channel) * (values.codes[element] - values.zero_point(channel)));
}

struct Item {
  WeightTensor weights;
  PrunedTensor report;
};

Status NotFinite(const PrunedTensor& tensor) {
  return Status(StatusCode::kInvalidArgument, "weights are not finite")
      .AtTensor(tensor.tensor, tensor.name)
      .AtSubgraph(tensor.subgraph);
}

class Pruner {
 public:
  Pruner(const Model& model, const PruneConfig& config)
      : config_(config), result_{.model = model, .tensors = {}} {}

  Result<PruneResult> Run() {
    OCTO_RETURN_IF_ERROR(Collect());
    if (config_.global) {
      int64_t elements = 0;
      for (const Item& item : items_) elements += item.report.kept ? 0 : item.report.elements;
      Threshold threshold(
          [&](auto&& use) {
            for (const Item& item : items_) {
              if (!item.report.kept)
                ForEachMagnitude(ReadWeights(result_.model, item.weights), use);
            }
          },
          CountOf(elements));
      for (Item& item : items_) PruneTensor(item, &threshold);
    } else {
      for (Item& item : items_) PruneTensor(item, nullptr);
    }
    for (Item& item : items_) result_.tensors.push_back(std::move(item.report));
    return std::move(result_);
  }

 private:
  template <typename Use>
  static void ForEachMagnitude(const WeightValues& values, Use&& use) {
    ForEachElement(values.layout,
                   [&](size_t i, int64_t channel) { use(Magnitude(values, i, channel)); });
  }

  int64_t CountOf(int64_t elements) const {
    return static_cast<int64_t>(std::llround(config_.share * static_cast<double>(elements)));
  }

  Status Collect() {
    for (WeightTensor& weights : FindWeights(result_.model)) {
      const Tensor& tensor = result_.model.subgraphs[static_cast<size_t>(weights.subgraph)]
                                 .tensors[static_cast<size_t>(weights.tensor)];
      const WeightValues values = ReadWeights(result_.model, weights);
      PrunedTensor report = {.subgraph = weights.subgraph,
                             .tensor = weights.tensor,
                             .name = tensor.name,
                             .op_name = weights.op_name,
                             .type = tensor.type,
                             .elements = static_cast<int64_t>(values.codes.size())};
      report.kept =
          report.elements < config_.min_elements ||
          std::find(config_.keep.begin(), config_.keep.end(), weights.user) != config_.keep.end();
      bool finite = true;
      ForEachMagnitude(values, [&](float magnitude) {
        finite = finite && std::isfinite(magnitude);
        if (magnitude == 0) ++report.zeros_before;
      });
      if (!finite && !report.kept) return NotFinite(report);
      items_.push_back({std::move(weights), std::move(report)});
    }
    return Status::Ok();
  }

  void PruneTensor(Item& item, Threshold* shared) {
    PrunedTensor& report = item.report;
    report.zeros_after = report.zeros_before;
    report.error.sqnr_db = 300;
    if (report.kept) return;
    const WeightValues values = ReadWeights(result_.model, item.weights);
    Threshold own([&](auto&& use) { ForEachMagnitude(values, use); },
                  shared != nullptr ? 0 : CountOf(report.elements));
    Threshold& threshold = shared != nullptr ? *shared : own;
    std::vector<float> codes = values.codes;
    report.zeros_after = 0;
    ForEachElement(values.layout, [&](size_t i, int64_t channel) {
      const float magnitude = Magnitude(values, i, channel);
      if (threshold.Takes(magnitude)) codes[i] = values.zero_point(channel);
      if (magnitude == 0 || codes[i] == values.zero_point(channel)) ++report.zeros_after;
    });
    report.error = CompareCodes(values, codes);
    Buffer& buffer = BufferOf(item.weights);
    buffer.data = ByteSlice(PackCodes(report.type, codes));
  }

  Buffer& BufferOf(const WeightTensor& weights) {
    const Subgraph& subgraph = result_.model.subgraphs[static_cast<size_t>(weights.subgraph)];
    return result_.model.buffers[subgraph.tensors[static_cast<size_t>(weights.tensor)].buffer];
  }

  const PruneConfig& config_;
  PruneResult result_;
  std::vector<Item> items_;
};

}  // namespace

Result<PruneResult> Prune(const Model& model, const PruneConfig& config) {
  if (!(config.share >= 0 && config.share < 1)) {
    return Status(StatusCode::kInvalidArgument,
                  "a share of " + std::to_string(config.share) + " of the weights cannot be pruned")
        .WithHint("a number from 0 up to, but not, 1 can");
  }
  return Pruner(model, config).Run();
}

}  // namespace octolite
