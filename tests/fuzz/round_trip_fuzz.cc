// Changes the model in a file, valid or not afterwards, and demands that it is refused or written
// and read again equal:
//   round_trip_fuzz -max_len=16384 CORPUS_FOLDER SEED_FOLDER ...
// The last eight bytes of an input are the seed of the changes.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/rng.h"
#include "support/model_mutator.h"
#include "support/reader_property.h"
#include "tflite/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  uint64_t seed = 0;
  if (size < sizeof(seed)) return 0;
  size -= sizeof(seed);
  std::memcpy(&seed, data + size, sizeof(seed));
  auto model = octolite::ReadModel(octolite::ByteVector(data, data + size));
  if (!model.ok()) return 0;
  octolite::Rng rng(seed);
  octolite::testing::MutateModel(*model, rng);
  const std::string failure = octolite::testing::CheckWriterProperty(*model);
  if (!failure.empty()) {
    std::fprintf(stderr, "%s\n", failure.c_str());
    std::abort();
  }
  return 0;
}
