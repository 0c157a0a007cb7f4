// Reads arbitrary bytes as a model, prepares it and runs it:
//   run_fuzz -max_len=16384 CORPUS_FOLDER SEED_FOLDER ...
// Beside the plain changes of bytes, a mutator changes the model behind them
// (support/model_mutator), so that most of what is tried passes the reader. `node
// tests/fuzz/seeds.mjs FOLDER` writes seeds.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/rng.h"
#include "support/model_mutator.h"
#include "support/run_property.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto model = octolite::ReadModel(octolite::ByteVector(data, data + size));
  if (!model.ok()) return 0;
  // The file decides its inputs, so that a crash is reproduced by its file alone.
  const std::string failure = octolite::testing::CheckRunProperty(
      std::make_shared<const octolite::Model>(std::move(*model)), size);
  if (!failure.empty()) {
    std::fprintf(stderr, "%s\n", failure.c_str());
    std::abort();
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  octolite::Rng rng(seed);
  auto model = octolite::ReadModel(octolite::ByteVector(data, data + size));
  if (model.ok() && rng.Integer(0, 15) != 0) {
    octolite::testing::MutateModel(*model, rng);
    const auto written = octolite::WriteModel(*model);
    if (written.ok() && written->size() <= max_size) {
      std::memcpy(data, written->data(), written->size());
      return written->size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
