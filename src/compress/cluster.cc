#include "compress/cluster.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compress/kmeans.h"

namespace octolite {
namespace {

class TensorClusterer {
 public:
  TensorClusterer(const WeightValues& values, const ClusterConfig& config)
      : values_(values), config_(config), codes_(values.codes) {}

  void Run(ClusteredTensor& report) {
    const int64_t books = config_.per_channel ? values_.layout.groups : 1;
    for (int64_t book = 0; book < books; ++book) ClusterBook(config_.per_channel ? book : -1);
    report.codebooks = books;
    report.values_before = before_;
    report.values_after = after_;
    report.error = CompareCodes(values_, codes_);
  }

  const std::vector<float>& codes() const { return codes_; }

 private:
  // Calls use(element, channel) for the elements of a channel, or all of them with -1.
  template <typename Use>
  void ForEach(int64_t book, Use&& use) const {
    if (book < 0) {
      ForEachElement(values_.layout, use);
      return;
    }
    const WeightLayout& layout = values_.layout;
    for (int64_t i = 0; i < layout.outer; ++i) {
      const int64_t begin = (i * layout.groups + book) * layout.inner;
      for (int64_t j = 0; j < layout.inner; ++j) use(static_cast<size_t>(begin + j), book);
    }
  }

  // The code that stands for 0, where all channels have the same.
  bool HasCommonZero() const {
    return std::all_of(values_.zero_points.begin(), values_.zero_points.end(),
                       [&](float zero) { return zero == values_.zero_points.front(); });
  }

  void ClusterBook(int64_t book) {
    const bool keep_zeros = config_.keep_zeros && (book >= 0 || HasCommonZero());
    const double zero = keep_zeros ? values_.zero_point(std::max<int64_t>(book, 0)) : 0;
    std::vector<SortedValues::Value> list;
    ForEach(book, [&](size_t i, int64_t channel) {
      const double scale = values_.scale(channel);
      list.push_back({values_.codes[i] - zero, scale * scale});
    });
    const SortedValues sorted(std::move(list));
    const auto clusters = static_cast<size_t>(config_.clusters);
    before_ = std::max(before_, static_cast<int64_t>(sorted.size()));
    if (sorted.size() <= clusters) {
      after_ = std::max(after_, static_cast<int64_t>(sorted.size()));
      return;
    }
    std::vector<double> levels =
        keep_zeros ? OptimalCodebookWithZero(sorted, clusters) : OptimalCodebook(sorted, clusters);
    for (double& level : levels) {
      level = RoundToType(values_.type, static_cast<float>(level + zero));
    }
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    after_ = std::max(after_, static_cast<int64_t>(levels.size()));
    ForEach(book, [&](size_t i, int64_t) {
      codes_[i] = static_cast<float>(levels[NearestLevel(levels, values_.codes[i])]);
    });
  }

  const WeightValues& values_;
  const ClusterConfig& config_;
  std::vector<float> codes_;
  int64_t before_ = 0;
  int64_t after_ = 0;
};

Status NotFinite(const WeightTensor& weights, const Tensor& tensor) {
  return Status(StatusCode::kInvalidArgument, "weights are not finite")
      .AtTensor(weights.tensor, tensor.name)
      .AtSubgraph(weights.subgraph);
}

}  // namespace

Result<ClusterResult> Cluster(const Model& model, const ClusterConfig& config) {
  if (config.clusters < 2 || config.clusters > kMaxClusters) {
    return Status(StatusCode::kInvalidArgument,
                  std::to_string(config.clusters) + " clusters cannot be made")
        .WithHint("2 to " + std::to_string(kMaxClusters) + " can");
  }
  ClusterResult result = {.model = model, .tensors = {}};
  for (const WeightTensor& weights : FindWeights(model)) {
    const Tensor& tensor = model.subgraphs[static_cast<size_t>(weights.subgraph)]
                               .tensors[static_cast<size_t>(weights.tensor)];
    const WeightValues values = ReadWeights(model, weights);
    ClusteredTensor report = {.subgraph = weights.subgraph,
                              .tensor = weights.tensor,
                              .name = tensor.name,
                              .op_name = weights.op_name,
                              .type = tensor.type,
                              .elements = static_cast<int64_t>(values.codes.size()),
                              .error = {.sqnr_db = 300}};
    const bool kept =
        std::find(config.keep.begin(), config.keep.end(), weights.user) != config.keep.end();
    if (!kept && report.elements >= config.min_elements) {
      const bool finite = std::all_of(values.codes.begin(), values.codes.end(),
                                      [](float code) { return std::isfinite(code); });
      if (!finite) return NotFinite(weights, tensor);
      TensorClusterer clusterer(values, config);
      clusterer.Run(report);
      result.model.buffers[tensor.buffer].data =
          ByteSlice(PackCodes(tensor.type, clusterer.codes()));
    }
    result.tensors.push_back(std::move(report));
  }
  return result;
}

}  // namespace octolite
