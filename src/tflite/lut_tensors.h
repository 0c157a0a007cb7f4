#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Files for tflite-micro whose constants are stored as indices into tables of their values, as the
// metadata entry COMPRESSION_METADATA of a file says (schema/lut_metadata.fbs). That form exists in
// files alone: the reader makes ordinary constants of it.

inline constexpr std::string_view kLutMetadataName = "COMPRESSION_METADATA";
inline constexpr int kMaxLutBits = 7;

// A tensor of a model, told apart by its place.
struct LutTensor {
  int32_t subgraph = 0;
  int32_t tensor = 0;
};

// A buffer in that form.
struct LutBuffer {
  // All tensors that have the buffer.
  std::vector<LutTensor> tensors;
  int bits = 0;        // of an index, 1 to kMaxLutBits
  ByteVector indices;  // packed, highest bit first, for every element of the tensors
  // Tables of equal length, one for each scale of the tensors' quantization, or one.
  ByteVector values;
};

// Puts the indices of elements one after the other, highest bit first.
ByteVector PackLutIndices(std::span<const uint8_t> indices, int bits);

// Whether a value table of its own belongs to each of the tensor's scales; they must then lie along
// the first dimension or, of four, along the last.
bool HasLutChannels(const Tensor& tensor);

// Writes a model as WriteModel does, but with these buffers as indices and tables.
Result<ByteVector> WriteLutModel(const Model& model, std::span<const LutBuffer> buffers);

// For the reader: makes ordinary constants of such buffers, and takes the metadata and the tables
// out. The model was read from a file and not validated. Errors: kInvalidModel for what contradicts
// itself, kUnsupportedModel for a newer version of the metadata, kOutOfMemory.
Status DecodeLutTensors(Model& model);

}  // namespace octolite
