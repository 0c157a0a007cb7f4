#include <cstring>

#include "model/model.h"

namespace octolite {

Status ByteSlice::Read(size_t offset, std::span<uint8_t> into) const {
  if (into.empty()) return Status::Ok();
  if (source_) return source_->Read(offset_ + offset, into);
  std::memcpy(into.data(), bytes_.data() + offset, into.size());
  return Status::Ok();
}

}  // namespace octolite
