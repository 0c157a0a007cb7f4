#pragma once

#include <cstddef>
#include <memory>

#include "base/byte_stream.h"
#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Reads a .tflite file. The bytes are taken as hostile: they are verified as a flatbuffer, read,
// and then validated (ValidateModel), so that whoever gets the Model may follow its indices without
// checks. Weights are not copied: the model shares the file and keeps it alive.
//
// Nothing is dropped: unknown operators, options, metadata and what follows the flatbuffer come
// along, and parts newer than our schema are listed in Model::unknown_parts. What changes is how
// some things are spelt: an absent vector reads as an empty one, and data that a file above 2 GB
// would keep outside the flatbuffer (Buffer.offset, large_custom_options_offset) reads as if it
// were inside, and constants that tflite-micro keeps as indices into tables (lut_tensors.h) read as
// their values.
//
// Refused with kInvalidModel: bytes that are not such a file, or one that contradicts itself; the
// message says what and where. Refused with kUnsupportedModel: another version of the format, or
// 2 GB and more, which a flatbuffer cannot hold.
Result<Model> ReadModel(std::shared_ptr<const ByteVector> file);
Result<Model> ReadModel(ByteVector file);

// Data of this size and more stays where it is in ReadRemoteModel.
inline constexpr size_t kRemoteBytes = size_t{64} << 10;

// The same for a file that is not in memory: data of `remote_bytes` and more stays remote
// (ByteSlice::is_remote), all else is read. The file must not change while the model is used.
//
// Also refused with kUnsupportedModel: more than 128 MB beside such data, and data that lies behind
// the flatbuffer; 2 GB and more before anything is read.
Result<Model> ReadRemoteModel(const std::shared_ptr<const ByteSource>& file,
                              size_t remote_bytes = kRemoteBytes);

}  // namespace octolite
