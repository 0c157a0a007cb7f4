// Calibrating, quantizing and comparing models.

#include <emscripten/bind.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "analyze/compare.h"
#include "calibrate/calibrator.h"
#include "calibrate/fingerprint.h"
#include "handles.h"
#include "quantize/quantize.h"
#include "quantize_records.h"
#include "result.h"
#include "tflite/writer.h"
#include "threads.h"

namespace octolite::wasm {
namespace {

using emscripten::val;

// --- Calibration statistics, both ways
// ------------------------------------------------------------

// Sums as four words of 32 bits, the lowest first; null for sums that were dropped.
val ChannelsRecord(const ChannelSums& channels) {
  if (channels.dropped()) return val::null();
  std::vector<uint32_t> words;
  for (const FixedSum& sum : channels.sums()) {
    for (const uint64_t half : {sum.fraction, sum.whole}) {
      words.push_back(static_cast<uint32_t>(half));
      words.push_back(static_cast<uint32_t>(half >> 32));
    }
  }
  val record = val::object();
  record.set("rows", static_cast<double>(channels.rows()));
  record.set("sums", val::global("Uint32Array")
                         .new_(val(emscripten::typed_memory_view(words.size(), words.data()))));
  return record;
}

std::string Hexadecimal(uint64_t number) {
  std::string text(16, '0');
  for (size_t i = text.size(); i > 0; --i, number >>= 4) {
    text[i - 1] = "0123456789abcdef"[number & 15];
  }
  return text;
}

val StatisticsRecord(const CalibrationStats& stats) {
  val subgraphs = val::array();
  for (size_t i = 0; i < stats.subgraphs.size(); ++i) {
    const SubgraphStatistics& subgraph = stats.subgraphs[i];
    val tensors = val::array();
    for (size_t j = 0; j < subgraph.tensors.size(); ++j) {
      const TensorRecord& tensor = subgraph.tensors[j];
      const TensorStatistics& seen = tensor.statistics;
      val record = val::object();
      record.set("tensor", tensor.tensor);
      record.set("name", tensor.name);
      record.set("count", static_cast<double>(seen.count));
      record.set("nanCount", static_cast<double>(seen.nan_count));
      record.set("infiniteCount", static_cast<double>(seen.infinite_count));
      record.set("min", seen.min);
      record.set("max", seen.max);
      record.set("exponent", seen.histogram.exponent());
      const std::span<const uint64_t> counts = seen.histogram.counts();
      const std::vector<double> numbers(counts.begin(), counts.end());
      record.set("histogram",
                 val::global("Float64Array")
                     .new_(val(emscripten::typed_memory_view(numbers.size(), numbers.data()))));
      if (seen.channels.dropped() || !seen.channels.sums().empty()) {
        record.set("channels", ChannelsRecord(seen.channels));
      }
      if (seen.moving_range.updates > 0) {
        val moving = val::object();
        moving.set("updates", static_cast<double>(seen.moving_range.updates));
        moving.set("min", seen.moving_range.min);
        moving.set("max", seen.moving_range.max);
        record.set("movingRange", moving);
      }
      tensors.set(j, record);
    }
    val entry = val::object();
    entry.set("subgraph", subgraph.subgraph);
    entry.set("samples", static_cast<double>(subgraph.samples));
    entry.set("tensors", tensors);
    subgraphs.set(i, entry);
  }
  val record = val::object();
  if (stats.model != 0) record.set("model", Hexadecimal(stats.model));
  record.set("subgraphs", subgraphs);
  return record;
}

uint64_t CountOf(const val& number) {
  const auto value = number.as<double>();
  return value > 0 && value < 9007199254740992.0 ? static_cast<uint64_t>(value) : 0;
}

ChannelSums ChannelsFromRecord(const val& record) {
  if (record.isUndefined()) return {};
  if (record.isNull()) return ChannelSums::FromParts(0, {}, true);
  constexpr size_t kWords = 4;
  const auto words = emscripten::convertJSArrayToNumberVector<uint32_t>(record["sums"]);
  std::vector<FixedSum> sums;
  for (size_t i = 0; i + kWords <= words.size(); i += kWords) {
    sums.push_back(
        {words[i + 2] | uint64_t{words[i + 3]} << 32, words[i] | uint64_t{words[i + 1]} << 32});
  }
  return ChannelSums::FromParts(CountOf(record["rows"]), std::move(sums), false);
}

// TypeScript has checked that everything is there and of its type.
CalibrationStats StatisticsFromRecord(const val& record) {
  CalibrationStats stats;
  if (const val model = record["model"]; !model.isUndefined()) {
    stats.model = std::strtoull(model.as<std::string>().c_str(), nullptr, 16);
  }
  for (const val& entry : emscripten::vecFromJSArray<val>(record["subgraphs"])) {
    SubgraphStatistics subgraph;
    subgraph.subgraph = entry["subgraph"].as<int32_t>();
    subgraph.samples = CountOf(entry["samples"]);
    for (const val& item : emscripten::vecFromJSArray<val>(entry["tensors"])) {
      TensorRecord tensor;
      tensor.tensor = item["tensor"].as<int32_t>();
      tensor.name = item["name"].as<std::string>();
      TensorStatistics& seen = tensor.statistics;
      seen.count = CountOf(item["count"]);
      seen.nan_count = CountOf(item["nanCount"]);
      seen.infinite_count = CountOf(item["infiniteCount"]);
      seen.min = item["min"].as<float>();
      seen.max = item["max"].as<float>();
      std::vector<uint64_t> counts;
      for (const double count :
           emscripten::convertJSArrayToNumberVector<double>(item["histogram"])) {
        counts.push_back(count > 0 ? static_cast<uint64_t>(count) : 0);
      }
      seen.histogram = Histogram::FromParts(item["exponent"].as<int>(), std::move(counts));
      seen.channels = ChannelsFromRecord(item["channels"]);
      if (const val moving = item["movingRange"]; !moving.isUndefined()) {
        seen.moving_range = {CountOf(moving["updates"]), moving["min"].as<float>(),
                             moving["max"].as<float>()};
      }
      subgraph.tensors.push_back(std::move(tensor));
    }
    stats.subgraphs.push_back(std::move(subgraph));
  }
  return stats;
}

class CalibratorHandle {
 public:
  CalibratorHandle(CustomOps custom_ops, std::unique_ptr<Calibrator> calibrator)
      : custom_ops_(std::move(custom_ops)), calibrator_(std::move(calibrator)) {}
  val Inputs() const { return InputDetails(calibrator_->interpreter()); }
  val View(int input) { return InputView(calibrator_->interpreter(), input); }
  val Set(int input, const val& bytes) {
    return SetInput(calibrator_->interpreter(), input, bytes);
  }
  val Step() { return FromStatus(calibrator_->Step()); }
  val Convergence() const {
    const octolite::Convergence& convergence = calibrator_->convergence();
    val record = val::object();
    record.set("samples", static_cast<double>(convergence.samples));
    record.set("stableAfter", static_cast<double>(convergence.stable_after));
    record.set("lastMove", convergence.last_move);
    return record;
  }
  val Statistics() const { return StatisticsRecord(calibrator_->stats()); }

 private:
  CustomOps custom_ops_;  // outlive the plan
  std::unique_ptr<Calibrator> calibrator_;
};

val CreateCalibrator(const ModelHandle& model, double subgraph) {
  if (!(subgraph >= 0 && subgraph < static_cast<double>(model.model()->subgraphs.size()))) {
    return Failure(
        Status(StatusCode::kInvalidArgument, "the model has no subgraph of that number"));
  }
  PlanOptions options;
  options.subgraph = static_cast<int32_t>(subgraph);
  options.custom_ops = model.custom_ops().defs();
  options.parallel = Threads();
  Result<std::unique_ptr<Calibrator>> calibrator = Calibrator::Create(model.model(), options);
  if (!calibrator.ok()) return Failure(calibrator.status());
  return Success(
      std::make_shared<CalibratorHandle>(model.custom_ops(), std::move(calibrator).value()));
}

// --- Quantization
// ---------------------------------------------------------------------------------

// The numbers of an operator, in the order of planNumbers in js/src/engine.ts, which has checked
// them.
constexpr size_t kConfigNumbers = 12;

template <typename E>
E EnumOf(double number, E last) {
  return static_cast<E>(static_cast<uint8_t>(std::clamp(number, 0.0, static_cast<double>(last))));
}

OperatorConfig ConfigFromNumbers(const double* numbers) {
  OperatorConfig config;
  config.mode = EnumOf(numbers[0], QuantMode::kStatic);
  config.weights.bits = static_cast<int32_t>(numbers[1]);
  config.weights.granularity = EnumOf(numbers[2], Granularity::kBlockwise);
  config.weights.block_size = static_cast<int32_t>(numbers[3]);
  config.weights.symmetric = numbers[4] != 0;
  config.weights.narrow_range = numbers[5] != 0;
  config.weights.clipping = EnumOf(numbers[6], WeightClipping::kOctav);
  config.weights.min_elements = static_cast<int64_t>(numbers[7]);
  config.activations.bits = static_cast<int32_t>(numbers[8]);
  config.activations.symmetric = numbers[9] != 0;
  config.activations.observer.kind = EnumOf(numbers[10], ObserverKind::kEntropy);
  config.activations.observer.percentile = numbers[11];
  return config;
}

Result<DataType> IoType(const val& name) {
  const auto text = name.as<std::string>();
  for (const DataType type :
       {DataType::kFloat32, DataType::kInt8, DataType::kUInt8, DataType::kInt16}) {
    if (text == DataTypeName(type)) return type;
  }
  Status status(StatusCode::kInvalidArgument,
                "inputs and outputs of a quantized model cannot be " + text);
  status.WithHint("they can be float32, int8, uint8 or int16");
  return status;
}

}  // namespace

Result<QuantizeConfig> ConfigFromRecord(const val& record) {
  QuantizeConfig config;
  for (const val& subgraph : emscripten::vecFromJSArray<val>(record["operators"])) {
    const std::vector<double> numbers = emscripten::convertJSArrayToNumberVector<double>(subgraph);
    std::vector<OperatorConfig> operators;
    for (size_t i = 0; i + kConfigNumbers <= numbers.size(); i += kConfigNumbers) {
      operators.push_back(ConfigFromNumbers(&numbers[i]));
    }
    config.operators.push_back(std::move(operators));
  }
  OCTO_ASSIGN_OR_RETURN(config.input_type, IoType(record["inputType"]));
  OCTO_ASSIGN_OR_RETURN(config.output_type, IoType(record["outputType"]));
  return config;
}

namespace {

val OperatorRecord(const OperatorReport& op) {
  val record = val::object();
  record.set("subgraph", op.subgraph);
  record.set("index", op.op);
  record.set("name", op.op_name);
  record.set("output", op.output_name);
  record.set("asked", std::string(QuantModeName(op.asked.mode)));
  record.set("mode", std::string(QuantModeName(op.got.mode)));
  record.set("scheme", SchemeName(op.got));
  record.set("reason", op.reason);
  record.set("weightBytesBefore", static_cast<double>(op.weight_bytes_before));
  record.set("weightBytesAfter", static_cast<double>(op.weight_bytes_after));
  return record;
}

}  // namespace

val ReportRecord(const QuantizeReport& report) {
  val operators = val::array();
  for (size_t i = 0; i < report.operators.size(); ++i) {
    operators.set(i, OperatorRecord(report.operators[i]));
  }
  val warnings = val::array();
  for (size_t i = 0; i < report.warnings.size(); ++i) warnings.set(i, report.warnings[i]);
  val record = val::object();
  record.set("addedQuantize", report.added_quantize);
  record.set("addedDequantize", report.added_dequantize);
  record.set("weightBytesBefore", static_cast<double>(report.weight_bytes_before));
  record.set("weightBytesAfter", static_cast<double>(report.weight_bytes_after));
  record.set("operators", operators);
  record.set("warnings", warnings);
  return record;
}

namespace {

val QuantizeModel(const ModelHandle& model, const val& config_record,
                  const val& statistics_record) {
  Result<QuantizeConfig> config = ConfigFromRecord(config_record);
  if (!config.ok()) return Failure(config.status());
  CalibrationStats stats;
  const bool calibrated = !statistics_record.isNull();
  if (calibrated) stats = StatisticsFromRecord(statistics_record);
  Result<QuantizeResult> quantized =
      Quantize(*model.model(), *config, calibrated ? &stats : nullptr);
  if (!quantized.ok()) return Failure(quantized.status());
  Result<ByteVector> file = WriteModel(quantized->model);
  if (!file.ok()) return Failure(file.status());

  val record = ReportRecord(quantized->report);
  record.set("bytes", std::make_shared<Bytes>(std::move(file).value()));
  return Success(record);
}

// --- Comparison
// -----------------------------------------------------------------------------------

val ComparisonRecords(const std::vector<TensorComparison>& comparisons) {
  val list = val::array();
  for (size_t i = 0; i < comparisons.size(); ++i) {
    const TensorComparison& one = comparisons[i];
    val record = val::object();
    record.set("name", one.name);
    record.set("tensorA", one.reference_tensor);
    record.set("tensorB", one.candidate_tensor);
    record.set("operatorName", one.op_name);
    record.set("count", static_cast<double>(one.error.count));
    record.set("sqnrDb", one.error.sqnr_db);
    record.set("cosine", one.error.cosine);
    record.set("maxAbsError", one.error.max_abs_error);
    record.set("meanAbsError", one.error.mean_abs_error);
    record.set("rmse", one.error.rmse);
    record.set("min", one.error.reference_min);
    record.set("max", one.error.reference_max);
    record.set("nonFinite", static_cast<double>(one.error.non_finite));
    record.set("operatorIndex", one.op_index);
    record.set("dtype", std::string(DataTypeName(one.type)));
    record.set("scale", one.scale);
    record.set("zeroPoint", static_cast<double>(one.zero_point));
    record.set("clipped", one.clipped);
    record.set("klDivergence", one.kl_divergence);
    if (one.local_error) {
      record.set("localSqnrDb", one.local_error->sqnr_db);
      record.set("localShare", one.local_share);
      record.set("weightBytesBefore", static_cast<double>(one.weight_bytes_before));
      record.set("weightBytesAfter", static_cast<double>(one.weight_bytes_after));
    }
    if (one.weight_error) record.set("weightSqnrDb", one.weight_error->sqnr_db);
    if (one.rows > 0) {
      record.set("top1Agreement",
                 static_cast<double>(one.top1_equal) / static_cast<double>(one.rows));
    }
    list.set(i, record);
  }
  return list;
}

class ComparerHandle {
 public:
  ComparerHandle(CustomOps custom_ops, std::unique_ptr<ModelComparator> comparator)
      : custom_ops_(std::move(custom_ops)), comparator_(std::move(comparator)) {}
  val Inputs() const { return InputDetails(comparator_->reference()); }
  val View(int input) { return InputView(comparator_->reference(), input); }
  val Set(int input, const val& bytes) { return SetInput(comparator_->reference(), input, bytes); }
  val Step() { return FromStatus(comparator_->Step()); }
  val Report() const {
    const CompareReport report = comparator_->report();
    val record = val::object();
    record.set("samples", static_cast<double>(report.samples));
    record.set("outputs", ComparisonRecords(report.outputs));
    record.set("layers", ComparisonRecords(report.layers));
    return record;
  }

 private:
  CustomOps custom_ops_;  // of both models; outlive the plans
  std::unique_ptr<ModelComparator> comparator_;
};

val CreateComparer(const ModelHandle& a, const ModelHandle& b, const val& given) {
  CompareOptions options;
  options.arithmetic = given["reference"].as<bool>() ? Arithmetic::kReference : Arithmetic::kLitert;
  options.per_layer = given["perLayer"].as<bool>();
  options.reference_subgraph = given["subgraphA"].as<int32_t>();
  options.candidate_subgraph = given["subgraphB"].as<int32_t>();
  options.reference_custom_ops = a.custom_ops().defs();
  options.candidate_custom_ops = b.custom_ops().defs();
  options.parallel = Threads();
  Result<std::unique_ptr<ModelComparator>> comparator =
      ModelComparator::Create(a.model(), b.model(), options);
  if (!comparator.ok()) return Failure(comparator.status());
  return Success(std::make_shared<ComparerHandle>(a.custom_ops().Before(b.custom_ops()),
                                                  std::move(comparator).value()));
}

}  // namespace

EMSCRIPTEN_BINDINGS(octolite_quantize) {
  emscripten::class_<CalibratorHandle>("Calibrator")
      .smart_ptr<std::shared_ptr<CalibratorHandle>>("CalibratorPointer")
      .function("inputs", &CalibratorHandle::Inputs)
      .function("inputView", &CalibratorHandle::View)
      .function("setInput", &CalibratorHandle::Set)
      .function("step", &CalibratorHandle::Step)
      .function("convergence", &CalibratorHandle::Convergence)
      .function("statistics", &CalibratorHandle::Statistics);
  emscripten::class_<ComparerHandle>("Comparer")
      .smart_ptr<std::shared_ptr<ComparerHandle>>("ComparerPointer")
      .function("inputs", &ComparerHandle::Inputs)
      .function("inputView", &ComparerHandle::View)
      .function("setInput", &ComparerHandle::Set)
      .function("step", &ComparerHandle::Step)
      .function("report", &ComparerHandle::Report);
  emscripten::function("createCalibrator", &CreateCalibrator);
  emscripten::function("modelFingerprint",
                       emscripten::optional_override([](const ModelHandle& model) {
                         return Hexadecimal(ModelFingerprint(*model.model()));
                       }));
  emscripten::function("createComparer", &CreateComparer);
  emscripten::function("quantize", &QuantizeModel);
}

}  // namespace octolite::wasm
