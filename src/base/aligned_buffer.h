#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "base/status.h"

namespace octolite {

// Heap bytes aligned for vector loads, zeroed, with room to over-read one vector past the end.
// Allocation failure is a Status, never an abort.
class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kOverread = 64;

  AlignedBuffer() = default;

  static Result<AlignedBuffer> Allocate(size_t bytes) {
    constexpr size_t kLimit = SIZE_MAX / 2;
    const size_t padded =
        bytes > kLimit ? 0 : (bytes + kOverread + kAlignment - 1) & ~(kAlignment - 1);
    void* memory = padded == 0 ? nullptr : std::aligned_alloc(kAlignment, padded);
    if (memory == nullptr) {
      return Status(StatusCode::kOutOfMemory,
                    "could not allocate " + std::to_string(bytes) + " bytes");
    }
    std::memset(memory, 0, padded);
    AlignedBuffer buffer;
    buffer.data_.reset(static_cast<uint8_t*>(memory));
    buffer.size_ = bytes;
    return buffer;
  }

  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(data_.get());
  }
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(data_.get());
  }

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  std::unique_ptr<uint8_t, Free> data_;
  size_t size_ = 0;
};

}  // namespace octolite
