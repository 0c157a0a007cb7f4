// Quantizing files that are larger than the memory.

#include <emscripten/bind.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/byte_stream.h"
#include "handles.h"
#include "quantize/quantize.h"
#include "quantize_records.h"
#include "result.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite::wasm {
namespace {

using emscripten::val;

// A file that JavaScript reads into WebAssembly memory; it never throws into the module.
class JsSource final : public ByteSource {
 public:
  JsSource(double size, val read) : size_(static_cast<uint64_t>(size)), read_(std::move(read)) {}

  uint64_t size() const override { return size_; }
  Status Read(uint64_t offset, std::span<uint8_t> into) const override {
    if (into.empty()) return Status::Ok();
    const auto problem = read_(static_cast<double>(offset),
                               static_cast<double>(reinterpret_cast<uintptr_t>(into.data())),
                               static_cast<double>(into.size()))
                             .as<std::string>();
    if (problem.empty()) return Status::Ok();
    return Status(StatusCode::kInvalidArgument, problem);
  }

 private:
  uint64_t size_;
  val read_;
};

class RemoteFile {
 public:
  explicit RemoteFile(std::shared_ptr<const ByteSource> file) : file_(std::move(file)) {}
  double Size() const { return static_cast<double>(file_->size()); }
  // A live view of at most so many bytes.
  val Read(double offset, double count) {
    const auto begin = std::min(static_cast<uint64_t>(std::max(offset, 0.0)), file_->size());
    constexpr double kMost = 16777216;
    const auto most = static_cast<uint64_t>(std::clamp(count, 0.0, kMost));
    piece_.resize(static_cast<size_t>(std::min(most, file_->size() - begin)));
    const Status status = file_->Read(begin, piece_);
    if (!status.ok()) return Failure(status);
    return Success(val(emscripten::typed_memory_view(piece_.size(), piece_.data())));
  }

 private:
  std::shared_ptr<const ByteSource> file_;
  ByteVector piece_;
};

// No ModelHandle, as its constants cannot be run.
class RemoteModel {
 public:
  RemoteModel(Model model, int64_t file_bytes)
      : handle_(std::move(model), file_bytes, CustomOps()) {}
  double FileBytes() const { return handle_.file_bytes(); }
  val Inspect() const { return handle_.Inspect(); }
  val Quantize(const val& config_record) const {
    Result<QuantizeConfig> config = ConfigFromRecord(config_record);
    if (!config.ok()) return Failure(config.status());
    Result<QuantizeResult> quantized = octolite::Quantize(*handle_.model(), *config, nullptr);
    if (!quantized.ok()) return Failure(quantized.status());
    Result<std::shared_ptr<const ByteSource>> file = LayOutModel(quantized->model);
    if (!file.ok()) return Failure(file.status());
    val record = ReportRecord(quantized->report);
    record.set("file", std::make_shared<RemoteFile>(std::move(file).value()));
    return Success(record);
  }

 private:
  ModelHandle handle_;
};

val OpenRemoteModel(double size, const val& read) {
  const auto source = std::make_shared<const JsSource>(size, read);
  Result<Model> model = ReadRemoteModel(source);
  if (!model.ok()) return Failure(model.status());
  return Success(
      std::make_shared<RemoteModel>(std::move(model).value(), static_cast<int64_t>(size)));
}

}  // namespace

EMSCRIPTEN_BINDINGS(octolite_remote) {
  emscripten::class_<RemoteFile>("RemoteFile")
      .smart_ptr<std::shared_ptr<RemoteFile>>("RemoteFilePointer")
      .function("size", &RemoteFile::Size)
      .function("read", &RemoteFile::Read);
  emscripten::class_<RemoteModel>("RemoteModel")
      .smart_ptr<std::shared_ptr<RemoteModel>>("RemoteModelPointer")
      .function("fileBytes", &RemoteModel::FileBytes)
      .function("inspect", &RemoteModel::Inspect)
      .function("quantize", &RemoteModel::Quantize);
  emscripten::function("openRemoteModel", &OpenRemoteModel);
}

}  // namespace octolite::wasm
