// Making quantized models more accurate.

#include <emscripten/bind.h>

#include <memory>
#include <utility>

#include "handles.h"
#include "recover/equalize.h"
#include "recover/reconstruct.h"
#include "result.h"
#include "tflite/writer.h"
#include "threads.h"

namespace octolite::wasm {
namespace {

using emscripten::val;

class EqualizerHandle {
 public:
  EqualizerHandle(CustomOps custom_ops, double file_bytes, std::unique_ptr<Equalizer> equalizer)
      : custom_ops_(std::move(custom_ops)),
        file_bytes_(file_bytes),
        equalizer_(std::move(equalizer)) {}
  val Inputs() const { return InputDetails(equalizer_->interpreter()); }
  val View(int input) { return InputView(equalizer_->interpreter(), input); }
  val Set(int input, const val& bytes) { return SetInput(equalizer_->interpreter(), input, bytes); }
  val Step() { return FromStatus(equalizer_->Step()); }

  val Finish() {
    Model model = equalizer_->Finish();
    val tensors = val::array();
    for (size_t i = 0; i < equalizer_->report().size(); ++i) {
      const EqualizedTensor& tensor = equalizer_->report()[i];
      val record = val::object();
      record.set("name", tensor.name);
      record.set("channels", static_cast<double>(tensor.channels));
      record.set("scaledChannels", static_cast<double>(tensor.scaled_channels));
      record.set("largestFactor", tensor.largest_factor);
      record.set("noiseRatio", tensor.noise_ratio);
      tensors.set(i, record);
    }
    val changed = val::object();
    changed.set("model", std::make_shared<ModelHandle>(
                             std::move(model), static_cast<int64_t>(file_bytes_), custom_ops_));
    changed.set("tensors", tensors);
    return Success(changed);
  }

 private:
  CustomOps custom_ops_;  // outlive the plan
  double file_bytes_;
  std::unique_ptr<Equalizer> equalizer_;
};

val CreateEqualizer(const ModelHandle& model, const val& given) {
  EqualizeOptions options;
  options.layers = given["equalize"].as<bool>();
  options.smooth = given["smooth"].as<bool>();
  options.custom_ops = model.custom_ops().defs();
  options.parallel = Threads();
  Result<std::unique_ptr<Equalizer>> equalizer = Equalizer::Create(*model.model(), options);
  if (!equalizer.ok()) return Failure(equalizer.status());
  return Success(std::make_shared<EqualizerHandle>(model.custom_ops(), model.file_bytes(),
                                                   std::move(equalizer).value()));
}

// A sample is kept by step(); layers are worked on by next().
class ReconstructorHandle {
 public:
  ReconstructorHandle(CustomOps custom_ops, std::unique_ptr<Reconstructor> work)
      : custom_ops_(std::move(custom_ops)), work_(std::move(work)) {}
  val Inputs() const { return InputDetails(work_->interpreter()); }
  val View(int input) { return InputView(work_->interpreter(), input); }
  val Set(int input, const val& bytes) { return SetInput(work_->interpreter(), input, bytes); }
  val Step() {
    work_->AddSample();
    return FromStatus(Status::Ok());
  }
  int Layers() const { return static_cast<int>(work_->steps()); }
  val Next() { return FromStatus(work_->done() ? Status::Ok() : work_->Step()); }

  val Finish() const {
    Result<ByteVector> file = WriteModel(work_->model());
    if (!file.ok()) return Failure(file.status());
    val layers = val::array();
    for (size_t i = 0; i < work_->report().size(); ++i) {
      const ReconstructedLayer& layer = work_->report()[i];
      val record = val::object();
      record.set("name", layer.op_name);
      record.set("output", layer.output_name);
      record.set("channels", static_cast<double>(layer.channels));
      record.set("roundedChannels", static_cast<double>(layer.rounded_channels));
      record.set("correctedChannels", static_cast<double>(layer.corrected_channels));
      record.set("skipped", layer.skipped);
      layers.set(i, record);
    }
    val record = val::object();
    record.set("bytes", std::make_shared<Bytes>(std::move(file).value()));
    record.set("layers", layers);
    return Success(record);
  }

 private:
  CustomOps custom_ops_;  // outlive the plans
  std::unique_ptr<Reconstructor> work_;
};

val CreateReconstructor(const ModelHandle& model, const ModelHandle& quantized, const val& given) {
  ReconstructOptions options;
  options.rounding = given["rounding"].as<bool>();
  options.bias = given["bias"].as<bool>();
  options.custom_ops = model.custom_ops().defs();
  options.parallel = Threads();
  Result<std::unique_ptr<Reconstructor>> work =
      Reconstructor::Create(*model.model(), *quantized.model(), options);
  if (!work.ok()) return Failure(work.status());
  return Success(
      std::make_shared<ReconstructorHandle>(model.custom_ops(), std::move(work).value()));
}

}  // namespace

EMSCRIPTEN_BINDINGS(octolite_recover) {
  emscripten::class_<EqualizerHandle>("Equalizer")
      .smart_ptr<std::shared_ptr<EqualizerHandle>>("EqualizerPointer")
      .function("inputs", &EqualizerHandle::Inputs)
      .function("inputView", &EqualizerHandle::View)
      .function("setInput", &EqualizerHandle::Set)
      .function("step", &EqualizerHandle::Step)
      .function("finish", &EqualizerHandle::Finish);
  emscripten::class_<ReconstructorHandle>("Reconstructor")
      .smart_ptr<std::shared_ptr<ReconstructorHandle>>("ReconstructorPointer")
      .function("inputs", &ReconstructorHandle::Inputs)
      .function("inputView", &ReconstructorHandle::View)
      .function("setInput", &ReconstructorHandle::Set)
      .function("step", &ReconstructorHandle::Step)
      .function("layers", &ReconstructorHandle::Layers)
      .function("next", &ReconstructorHandle::Next)
      .function("finish", &ReconstructorHandle::Finish);
  emscripten::function("createEqualizer", &CreateEqualizer);
  emscripten::function("createReconstructor", &CreateReconstructor);
}

}  // namespace octolite::wasm
