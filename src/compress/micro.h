#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace octolite {

// What became of one constant that an operator with support reads.
struct MicroTensor {
  int32_t subgraph = 0;
  int32_t tensor = 0;
  std::string name;
  std::string op_name;  // that reads it
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;  // indices and value tables
  int32_t bits = 0;         // of an index; 0: it stays as it is
  std::string reason;       // then, in plain words
};

struct MicroResult {
  ByteVector file;
  std::vector<MicroTensor> tensors;
};

// A file for tflite-micro in which constants are indices of 1 to 7 bits into tables of their
// values, where that is smaller: what clustering to at most 128 values is for. tflite-micro
// (compiled with compression) unpacks them as it runs, for FULLY_CONNECTED, CONV_2D,
// DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONCATENATION and ASSIGN_VARIABLE; a constant that another
// operator reads too stays as it is. Nothing else changes, and reading the file gives the model
// back. Errors: those of WriteModel; INVALID_ARGUMENT when no constant can be compressed.
Result<MicroResult> CompressForMicro(const Model& model);

}  // namespace octolite
