#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Inside of the reader: what remote_reader.cc and reader.cc share.

// More of a file than this is not held in memory beside its large buffers.
inline constexpr uint64_t kMaxLocalBytes = uint64_t{128} << 20;

// Data of a buffer that is not in the file as it was given.
struct RemoteBuffer {
  size_t buffer = 0;
  ByteSlice data;
};

// ReadModel for a file whose large buffers were cut out.
Result<Model> ReadSkeleton(std::shared_ptr<const ByteVector> file,
                           std::vector<RemoteBuffer> remote);

// The refusal of 2 GB and more.
Status FileTooLarge();

}  // namespace octolite
