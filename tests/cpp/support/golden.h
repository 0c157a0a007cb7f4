#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.h"
#include "base/shape.h"
#include "model/model.h"

namespace octolite::testing {

// The goldens of tests/golden, whose README.md describes the files.

struct GoldenTensor {
  DataType type = DataType::kFloat32;
  Shape shape;
  ByteVector bytes;      // of an output: as `litert` arithmetic answers
  ByteVector reference;  // of an output: as `reference` arithmetic answers
};

struct GoldenCase {
  std::string name;
  bool by_xnnpack = false;     // XNNPACK gave the `litert` answer, not LiteRT's builtin kernels
  bool has_reference = false;  // the reference kernels take the model
  int runs = 1;                // on the same inputs, before the outputs are read
  ByteVector model;
  std::vector<GoldenTensor> inputs;
  std::vector<GoldenTensor> outputs;
};

// The names of the files, without ".bin", sorted.
std::vector<std::string> GoldenFiles();

// All cases of a file. A file that is damaged ends the test program, saying where.
std::vector<GoldenCase> ReadGoldens(std::string_view file);

}  // namespace octolite::testing
