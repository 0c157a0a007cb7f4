// Pruning, clustering and packing weights, and the analysis of levels for them.

#include <emscripten/bind.h>

#include <string>
#include <utility>

#include "compress/cluster.h"
#include "compress/companding.h"
#include "compress/kmeans.h"
#include "compress/micro.h"
#include "compress/prune.h"
#include "handles.h"
#include "result.h"
#include "tflite/writer.h"

namespace octolite::wasm {
namespace {

using emscripten::val;

// Pairs of numbers: subgraph, operator.
std::vector<OperatorId> KeptOperators(const val& numbers) {
  const std::vector<double> list = emscripten::convertJSArrayToNumberVector<double>(numbers);
  std::vector<OperatorId> kept;
  for (size_t i = 0; i + 1 < list.size(); i += 2) {
    kept.push_back({static_cast<int32_t>(list[i]), static_cast<int32_t>(list[i + 1])});
  }
  return kept;
}

// What reports on tensors have in common.
template <typename Report>
val TensorRecord(const Report& tensor) {
  val record = val::object();
  record.set("subgraph", tensor.subgraph);
  record.set("tensor", tensor.tensor);
  record.set("name", tensor.name);
  record.set("operatorName", tensor.op_name);
  return record;
}

template <typename Report>
val WeightRecord(const Report& tensor) {
  val record = TensorRecord(tensor);
  record.set("dtype", std::string(DataTypeName(tensor.type)));
  record.set("elements", static_cast<double>(tensor.elements));
  record.set("sqnrDb", tensor.error.sqnr_db);
  record.set("maxAbsError", tensor.error.max_abs_error);
  return record;
}

template <typename Report, typename Record>
val RecordList(const std::vector<Report>& reports, Record&& record) {
  val list = val::array();
  for (size_t i = 0; i < reports.size(); ++i) list.set(i, record(reports[i]));
  return list;
}

val Changed(const ModelHandle& from, Model model, const val& tensors) {
  val record = val::object();
  record.set("model",
             std::make_shared<ModelHandle>(
                 std::move(model), static_cast<int64_t>(from.file_bytes()), from.custom_ops()));
  record.set("tensors", tensors);
  return Success(record);
}

val PruneModel(const ModelHandle& model, const val& given) {
  const PruneConfig config = {
      .share = given["share"].as<double>(),
      .global = given["global"].as<bool>(),
      .min_elements = static_cast<int64_t>(given["minElements"].as<double>()),
      .keep = KeptOperators(given["keep"])};
  Result<PruneResult> pruned = Prune(*model.model(), config);
  if (!pruned.ok()) return Failure(pruned.status());
  const val tensors = RecordList(pruned->tensors, [](const PrunedTensor& tensor) {
    val record = WeightRecord(tensor);
    record.set("kept", tensor.kept);
    record.set("zerosBefore", static_cast<double>(tensor.zeros_before));
    record.set("zerosAfter", static_cast<double>(tensor.zeros_after));
    return record;
  });
  return Changed(model, std::move(pruned->model), tensors);
}

val ClusterModel(const ModelHandle& model, const val& given) {
  const ClusterConfig config = {
      .clusters = given["clusters"].as<int32_t>(),
      .per_channel = given["perChannel"].as<bool>(),
      .keep_zeros = given["keepZeros"].as<bool>(),
      .min_elements = static_cast<int64_t>(given["minElements"].as<double>()),
      .keep = KeptOperators(given["keep"])};
  Result<ClusterResult> clustered = Cluster(*model.model(), config);
  if (!clustered.ok()) return Failure(clustered.status());
  const val tensors = RecordList(clustered->tensors, [](const ClusteredTensor& tensor) {
    val record = WeightRecord(tensor);
    record.set("codebooks", static_cast<double>(tensor.codebooks));
    record.set("valuesBefore", static_cast<double>(tensor.values_before));
    record.set("valuesAfter", static_cast<double>(tensor.values_after));
    return record;
  });
  return Changed(model, std::move(clustered->model), tensors);
}

val FileOf(const ModelHandle& model) {
  Result<ByteVector> file = WriteModel(*model.model());
  if (!file.ok()) return Failure(file.status());
  return Success(std::make_shared<Bytes>(std::move(file).value()));
}

val MicroFileOf(const ModelHandle& model) {
  Result<MicroResult> compressed = CompressForMicro(*model.model());
  if (!compressed.ok()) return Failure(compressed.status());
  val record = val::object();
  record.set("tensors", RecordList(compressed->tensors, [](const MicroTensor& tensor) {
               val entry = TensorRecord(tensor);
               entry.set("bytesBefore", static_cast<double>(tensor.bytes_before));
               entry.set("bytesAfter", static_cast<double>(tensor.bytes_after));
               entry.set("bits", tensor.bits);
               entry.set("reason", tensor.reason);
               return entry;
             }));
  record.set("bytes", std::make_shared<Bytes>(std::move(compressed->file)));
  return Success(record);
}

val CompandingRecords(const ModelHandle& model, const val& given) {
  const CompandingConfig config = {
      .bits = given["bits"].as<int32_t>(),
      .per_channel = given["perChannel"].as<bool>(),
      .min_elements = static_cast<int64_t>(given["minElements"].as<double>())};
  const Result<std::vector<CompandingReport>> reports = AnalyzeCompanding(*model.model(), config);
  if (!reports.ok()) return Failure(reports.status());
  return Success(RecordList(*reports, [](const CompandingReport& report) {
    val record = TensorRecord(report);
    record.set("elements", static_cast<double>(report.elements));
    val grids = val::object();
    for (size_t i = 0; i < kNumCompandings; ++i) {
      const CompandingError& error = report.errors[i];
      val grid = val::object();
      grid.set("sqnrDb", error.sqnr_db);
      grid.set("parameter", error.parameter);
      grid.set("clip", error.clip);
      grids.set(std::string(CompandingName(static_cast<Companding>(i))), grid);
    }
    record.set("grids", grids);
    return record;
  }));
}

val LevelsOf(const std::string& name, int bits, double parameter) {
  for (size_t i = 0; i < kNumCompandings; ++i) {
    const auto companding = static_cast<Companding>(i);
    if (companding != Companding::kKMeans && CompandingName(companding) == name && bits >= 2 &&
        bits <= 8) {
      return Success(val::array(CompandingLevels(companding, bits, parameter)));
    }
  }
  return Failure(Status(StatusCode::kInvalidArgument,
                        "there are no levels '" + name + "' of " + std::to_string(bits) + " bits"));
}

val CodebookOf(const val& values, int clusters) {
  std::vector<SortedValues::Value> list;
  for (const double value : emscripten::convertJSArrayToNumberVector<double>(values)) {
    list.push_back({value, 1});
  }
  if (list.empty() || clusters < 1 || clusters > kMaxClusters) {
    return Failure(Status(StatusCode::kInvalidArgument, "a codebook has 1 to " +
                                                            std::to_string(kMaxClusters) +
                                                            " entries, of values that are there"));
  }
  return Success(
      val::array(OptimalCodebook(SortedValues(std::move(list)), static_cast<size_t>(clusters))));
}

}  // namespace

EMSCRIPTEN_BINDINGS(octolite_compress) {
  emscripten::function("prune", &PruneModel);
  emscripten::function("cluster", &ClusterModel);
  emscripten::function("writeModel", &FileOf);
  emscripten::function("compressForMicro", &MicroFileOf);
  emscripten::function("analyzeCompanding", &CompandingRecords);
  emscripten::function("compandingLevels", &LevelsOf);
  emscripten::function("codebook", &CodebookOf);
}

}  // namespace octolite::wasm
