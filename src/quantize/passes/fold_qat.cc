#include "quantize/passes/fold_qat.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/shape.h"
#include "quantize/affine.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

// The integers of a type that QUANTIZE makes: lowest and highest. Nothing for others.
struct Limits {
  int32_t min = 0;
  int32_t max = 0;
};
std::optional<Limits> LimitsOf(DataType type) {
  switch (type) {
    case DataType::kInt8:
      return Limits{-128, 127};
    case DataType::kUInt8:
      return Limits{0, 255};
    case DataType::kInt16:
      return Limits{-32767, 32767};
    default:
      return std::nullopt;
  }
}

bool HasScaleOfTensor(const Tensor& tensor) {
  return tensor.quantization && tensor.quantization->scale.size() == 1 &&
         tensor.quantization->scale[0] > 0 && std::isfinite(tensor.quantization->scale[0]);
}

// All that a tensor of 8 or 16 bits can stand for.
std::optional<Range> RangeOfTensor(const Tensor& tensor) {
  const std::optional<Limits> limits = LimitsOf(tensor.type);
  if (!limits || !HasScaleOfTensor(tensor)) return std::nullopt;
  const float scale = tensor.quantization->scale[0];
  const int64_t zero_point = tensor.quantization->zero_point_at(0);
  if (zero_point < limits->min || zero_point > limits->max) return std::nullopt;
  Range range{static_cast<float>(limits->min - zero_point) * scale,
              static_cast<float>(limits->max - zero_point) * scale};
  if (!std::isfinite(range.max - range.min)) return std::nullopt;
  if (limits->max - limits->min != 255) return range;
  // Differences of rounded ends are rounded again; the scale shall be the same.
  for (int i = 0; i < 8; ++i) {
    const Result<Form> form = FormForRange(range, DataType::kInt8, false);
    if (!form.ok() || form->params.scale == scale) break;
    float& end = range.max > 0 ? range.max : range.min;
    const bool grow = form->params.scale < scale;
    end = std::nextafter(end, grow ? 2 * end : 0.0f);
  }
  return range;
}

// FAKE_QUANT's range, shifted so that 0 is one of its steps, as TFLite does it.
struct FakeQuant {
  float scale = 0;
  float min = 0;
  float max = 0;
};
std::optional<FakeQuant> ReadFakeQuant(const Operator& op) {
  const float min = op.options.Float("min", 0);
  const float max = op.options.Float("max", 0);
  const int64_t bits = op.options.Int("num_bits", 0);
  if (!(min <= 0) || !(max >= 0) || !(min < max) || !std::isfinite(max - min) || bits < 2 ||
      bits > 16) {
    return std::nullopt;
  }
  const float low = op.options.Bool("narrow_range", false) ? 1.0f : 0.0f;
  const auto high = static_cast<float>((1 << bits) - 1);
  FakeQuant fake;
  fake.scale = (max - min) / (high - low);
  if (!(fake.scale > 0)) return std::nullopt;
  const float zero_point = std::clamp(std::round(low - min / fake.scale), low, high);
  fake.min = (low - zero_point) * fake.scale;
  fake.max = (high - zero_point) * fake.scale;
  return fake;
}

template <typename T>
std::vector<float> Dequantize(std::span<const uint8_t> bytes, const Quantization& quantization,
                              const WeightLayout& layout) {
  std::vector<float> values(bytes.size() / sizeof(T));
  const auto inner = static_cast<size_t>(layout.inner);
  const auto channels = static_cast<size_t>(layout.groups);
  for (size_t i = 0; i < values.size(); ++i) {
    T q;
    std::memcpy(&q, bytes.data() + i * sizeof(T), sizeof(T));
    const size_t channel = quantization.scale.size() > 1 ? i / inner % channels : 0;
    values[i] =
        static_cast<float>(q - quantization.zero_point_at(channel)) * quantization.scale[channel];
  }
  return values;
}

std::vector<uint8_t> ToBytes(std::span<const float> values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

class Folder {
 public:
  Folder(ModelEditor& editor, int32_t subgraph, QatFolding& folding)
      : editor_(editor),
        subgraph_(subgraph),
        folding_(folding),
        uses_(FindUses(editor, subgraph)) {}

  void Run() {
    for (int32_t i = 0; i < editor_.num_operators(subgraph_); ++i) {
      if (editor_.removed(subgraph_, i)) continue;
      const Operator& op = editor_.op(subgraph_, i);
      if (op.inputs.size() != 1 || op.outputs.size() != 1 || op.inputs[0] < 0 ||
          op.outputs[0] < 0) {
        continue;
      }
      switch (static_cast<BuiltinOp>(editor_.builtin(subgraph_, i))) {
        case BuiltinOp::kFakeQuant:
          FoldFakeQuant(i);
          break;
        case BuiltinOp::kQuantize:
          FoldPair(i);
          break;
        case BuiltinOp::kDequantize:
          FoldConstant(i);
          break;
        default:
          break;
      }
    }
    Save();
  }

 private:
  const Tensor& tensor(int32_t index) const { return editor_.tensor(subgraph_, index); }
  const TensorUse& use(int32_t index) const { return uses_[static_cast<size_t>(index)]; }

  void FoldFakeQuant(int32_t i) {
    const int32_t from = editor_.op(subgraph_, i).inputs[0];
    const int32_t to = editor_.op(subgraph_, i).outputs[0];
    const std::optional<FakeQuant> fake = ReadFakeQuant(editor_.op(subgraph_, i));
    if (!fake || tensor(from).type != DataType::kFloat32) return;
    if (editor_.IsFloatConstant(subgraph_, from)) {
      if (use(to).is_graph_output) return;
      std::vector<float> values = editor_.Floats(subgraph_, from);
      for (float& value : values) {
        const float clamped = std::clamp(value, fake->min, fake->max);
        value = std::floor((clamped - fake->min) / fake->scale + 0.5f) * fake->scale + fake->min;
      }
      editor_.SetContent(subgraph_, to, DataType::kFloat32, ToBytes(values));
      editor_.Remove(subgraph_, i);
      return;
    }
    if (use(to).is_graph_output && !MayTakeOver(from)) return;
    editor_.Remove(subgraph_, i);
    Join(from, to, {fake->min, fake->max});
  }

  // A QUANTIZE whose output only DEQUANTIZE operators read.
  void FoldPair(int32_t i) {
    const int32_t from = editor_.op(subgraph_, i).inputs[0];
    const int32_t middle = editor_.op(subgraph_, i).outputs[0];
    const std::optional<Range> range = RangeOfTensor(tensor(middle));
    // Constants are quantized from their content, by channel too.
    const bool is_constant = editor_.IsFloatConstant(subgraph_, from);
    if ((!range && !is_constant) || tensor(from).type != DataType::kFloat32 ||
        use(middle).is_graph_output || use(middle).consumers.empty()) {
      return;
    }
    // One of them may be an output of the graph.
    std::vector<int32_t> results;
    for (const auto& [consumer, input] : use(middle).consumers) {
      const Operator& op = editor_.op(subgraph_, consumer);
      if (editor_.builtin(subgraph_, consumer) != static_cast<int32_t>(BuiltinOp::kDequantize) ||
          op.outputs.size() != 1 || tensor(op.outputs[0]).type != DataType::kFloat32) {
        return;
      }
      results.push_back(op.outputs[0]);
    }
    const auto is_output = [&](int32_t t) { return use(t).is_graph_output; };
    const auto outputs = std::count_if(results.begin(), results.end(), is_output);
    if (outputs > 1 || (outputs == 1 && !MayTakeOver(from))) return;
    // The output last: then all others read it in the end.
    std::stable_partition(results.begin(), results.end(), [&](int32_t t) { return !is_output(t); });
    const std::vector<std::pair<int32_t, int32_t>> readers = use(middle).consumers;
    for (const auto& [consumer, input] : readers) editor_.Remove(subgraph_, consumer);
    editor_.Remove(subgraph_, i);
    for (const int32_t to : results) {
      if (is_constant) {
        Redirect(to, from);
      } else {
        Join(from, to, *range);
      }
    }
  }

  // Whether its maker may write another tensor in its place.
  bool MayTakeOver(int32_t t) const {
    return use(t).producer >= 0 && !use(t).is_graph_output && !use(t).is_graph_input;
  }

  // Makes one value of two, of that range.
  void Join(int32_t from, int32_t to, const Range& range) {
    if (!use(to).is_graph_output) {
      Redirect(to, from);
      Record(from, range);
      return;
    }
    std::vector<int32_t>& made = editor_.op(subgraph_, use(from).producer).outputs;
    std::replace(made.begin(), made.end(), from, to);
    Redirect(from, to);
    Record(to, range);
    ranges_.erase(from);
  }

  void Redirect(int32_t from, int32_t to) {
    for (int32_t i = 0; i < editor_.num_operators(subgraph_); ++i) {
      if (editor_.removed(subgraph_, i)) continue;
      std::vector<int32_t>& inputs = editor_.op(subgraph_, i).inputs;
      std::replace(inputs.begin(), inputs.end(), from, to);
    }
    uses_ = FindUses(editor_, subgraph_);
  }

  void Record(int32_t t, const Range& range) {
    const auto [place, is_new] = ranges_.emplace(t, range);
    if (is_new) return;
    place->second.min = std::min(place->second.min, range.min);
    place->second.max = std::max(place->second.max, range.max);
  }

  void FoldConstant(int32_t i) {
    const Tensor& from = tensor(editor_.op(subgraph_, i).inputs[0]);
    const int32_t to = editor_.op(subgraph_, i).outputs[0];
    if (!editor_.model().is_constant(from) || from.sparsity || !from.quantization ||
        from.quantization->blockwise || !from.quantization->has_scale() ||
        tensor(to).type != DataType::kFloat32 || tensor(to).shape != from.shape ||
        use(to).is_graph_output) {
      return;
    }
    const std::optional<Shape> shape = Shape::Make(from.shape);
    const Quantization& quantization = *from.quantization;
    const int axis = quantization.per_channel() ? quantization.quantized_dimension : -1;
    if (!shape || axis >= static_cast<int>(from.shape.size())) return;
    const WeightLayout layout = WeightLayout::PerChannel(from.shape, axis);
    if (quantization.per_channel() &&
        (axis < 0 || quantization.scale.size() != static_cast<size_t>(layout.groups))) {
      return;
    }
    const ByteSlice content = editor_.LocalContent(subgraph_, editor_.op(subgraph_, i).inputs[0]);
    const std::span<const uint8_t> bytes = content.bytes();
    const auto elements = static_cast<size_t>(shape->num_elements());
    std::vector<float> values;
    if (from.type == DataType::kInt8 && bytes.size() == elements) {
      values = Dequantize<int8_t>(bytes, quantization, layout);
    } else if (from.type == DataType::kUInt8 && bytes.size() == elements) {
      values = Dequantize<uint8_t>(bytes, quantization, layout);
    } else if (from.type == DataType::kInt16 && bytes.size() == elements * sizeof(int16_t)) {
      values = Dequantize<int16_t>(bytes, quantization, layout);
    } else if (from.type == DataType::kInt32 && bytes.size() == elements * sizeof(int32_t)) {
      values = Dequantize<int32_t>(bytes, quantization, layout);
    } else {
      return;
    }
    folding_.constants.push_back({subgraph_, i, to});
    editor_.SetContent(subgraph_, to, DataType::kFloat32, ToBytes(values));
    editor_.Remove(subgraph_, i);
  }

  void Save() {
    if (ranges_.empty()) return;
    SubgraphStatistics statistics{subgraph_, 0, {}};
    for (const auto& [t, range] : ranges_) {
      TensorRecord record{t, tensor(t).name, {}};
      record.statistics.count = 1;
      record.statistics.min = range.min;
      record.statistics.max = range.max;
      statistics.tensors.push_back(std::move(record));
    }
    folding_.ranges.subgraphs.push_back(std::move(statistics));
  }

  ModelEditor& editor_;
  int32_t subgraph_;
  QatFolding& folding_;
  std::vector<TensorUse> uses_;
  std::map<int32_t, Range> ranges_;
};

}  // namespace

QatFolding FoldQat(ModelEditor& editor) {
  QatFolding folding;
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) Folder(editor, s, folding).Run();
  return folding;
}

CalibrationStats Overridden(const CalibrationStats& stats, const CalibrationStats& ranges) {
  CalibrationStats merged = stats;
  for (const SubgraphStatistics& from : ranges.subgraphs) {
    auto place = std::lower_bound(
        merged.subgraphs.begin(), merged.subgraphs.end(), from.subgraph,
        [](const SubgraphStatistics& at, int32_t subgraph) { return at.subgraph < subgraph; });
    if (place == merged.subgraphs.end() || place->subgraph != from.subgraph) {
      place = merged.subgraphs.insert(place, {from.subgraph, 0, {}});
    }
    for (const TensorRecord& record : from.tensors) {
      auto at = std::lower_bound(
          place->tensors.begin(), place->tensors.end(), record.tensor,
          [](const TensorRecord& other, int32_t tensor) { return other.tensor < tensor; });
      if (at != place->tensors.end() && at->tensor == record.tensor) {
        *at = record;
      } else {
        place->tensors.insert(at, record);
      }
    }
  }
  return merged;
}

}  // namespace octolite
