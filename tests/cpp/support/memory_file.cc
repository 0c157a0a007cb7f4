#include "support/memory_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace octolite::testing {

Status MemoryFile::Read(uint64_t offset, std::span<uint8_t> into) const {
  if (reads_++ >= fail_at_) return Status(StatusCode::kInvalidArgument, "cannot be read");
  largest_read_ = std::max(largest_read_, into.size());
  if (offset > bytes_.size() || into.size() > bytes_.size() - offset) {
    return Status(StatusCode::kInternal, "read outside of the file");
  }
  if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
  return Status::Ok();
}

ByteVector ReadAll(const ByteSource& file) {
  ByteVector bytes(static_cast<size_t>(file.size()));
  constexpr size_t kPiece = 1021;
  for (size_t at = 0; at < bytes.size(); at += kPiece) {
    const Status status =
        file.Read(at, std::span(bytes).subspan(at, std::min(kPiece, bytes.size() - at)));
    if (!status.ok()) {
      ADD_FAILURE() << status.ToString();
      break;
    }
  }
  return bytes;
}

Model Localize(Model model) {
  for (Buffer& buffer : model.buffers) {
    if (!buffer.data.is_remote()) continue;
    ByteVector bytes(buffer.data.size());
    const Status status = buffer.data.Read(0, bytes);
    EXPECT_TRUE(status.ok()) << status.ToString();
    buffer.data = ByteSlice(std::move(bytes));
  }
  return model;
}

}  // namespace octolite::testing
