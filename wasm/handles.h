#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "custom_ops.h"
#include "model/model.h"
#include "runtime/interpreter.h"
#include "runtime/plan_cache.h"

namespace octolite::wasm {

// Bytes in WebAssembly memory that JavaScript writes or reads in one copy.
class Bytes {
 public:
  explicit Bytes(ByteVector bytes) : bytes_(std::move(bytes)) {}
  emscripten::val View();
  ByteVector Take() { return std::exchange(bytes_, {}); }

 private:
  ByteVector bytes_;
};

class ModelHandle {
 public:
  ModelHandle(Model model, int64_t file_bytes, CustomOps custom_ops)
      : model_(std::make_shared<const Model>(std::move(model))),
        plans_(std::make_shared<PlanCache>(model_)),
        file_bytes_(file_bytes),
        custom_ops_(std::move(custom_ops)) {}

  const std::shared_ptr<const Model>& model() const { return model_; }
  // For all interpreters of the model.
  const std::shared_ptr<PlanCache>& plans() const { return plans_; }
  // What the model was loaded with.
  const CustomOps& custom_ops() const { return custom_ops_; }
  double file_bytes() const { return static_cast<double>(file_bytes_); }
  emscripten::val Inspect() const;
  emscripten::val Signatures() const;

 private:
  std::shared_ptr<const Model> model_;
  std::shared_ptr<PlanCache> plans_;
  int64_t file_bytes_;
  CustomOps custom_ops_;
};

// Copies an input of strings, packed as TFLite does; their size is the caller's to choose.
emscripten::val SetInput(Interpreter& interpreter, int input, const emscripten::val& bytes);

// A live view of an input's memory, or a refusal; for all other types.
emscripten::val InputView(Interpreter& interpreter, int input);

// TensorDetails of the inputs or outputs of an interpreter, with the shapes of now.
emscripten::val InputDetails(const Interpreter& interpreter);
emscripten::val OutputDetails(const Interpreter& interpreter);

}  // namespace octolite::wasm
