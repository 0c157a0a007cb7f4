// Feeds arbitrary bytes to the reader, and what it accepts to the writer:
//   reader_fuzz -max_len=16384 CORPUS_FOLDER ../shared/models/ops ../shared/models/malformed

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "support/reader_property.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string failure =
      octolite::testing::CheckReaderProperty(octolite::ByteVector(data, data + size));
  if (!failure.empty()) {
    std::fprintf(stderr, "%s\n", failure.c_str());
    std::abort();
  }
  return 0;
}
