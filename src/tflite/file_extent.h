#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace octolite {

// Where the flatbuffer of a file ends, and what in it the schema does not know.
struct FileExtent {
  // One past the last byte that the model refers to inside the flatbuffer.
  size_t end = 0;
  // Paths of fields and union members newer than the schema, the first few of them:
  // "subgraphs[0].operators[3].builtin_options_2, member 40". Members whose table is empty are not
  // listed: their number alone says everything.
  std::vector<std::string> unknown_parts;
};

// Walks a flatbuffer that the flatbuffers verifier has accepted.
FileExtent MeasureFlatbuffer(std::span<const uint8_t> file);

}  // namespace octolite
