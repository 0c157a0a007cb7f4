#include "quantize/made_bytes.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace octolite {
namespace {

size_t BytesOf(size_t elements, int bits) {
  return bits >= 8 ? elements * static_cast<size_t>(bits / 8)
                   : (elements + static_cast<size_t>(8 / bits) - 1) / static_cast<size_t>(8 / bits);
}

class MadeBytes final : public ByteSource {
 public:
  MadeBytes(ByteSlice source, int source_bits, int bits, MakeElements make)
      : source_(std::move(source)),
        source_bytes_(static_cast<size_t>(source_bits / 8)),
        bits_(bits),
        elements_(source_.size() / source_bytes_),
        make_(std::move(make)) {}

  uint64_t size() const override { return BytesOf(elements_, bits_); }

  Status Read(uint64_t offset, std::span<uint8_t> into) const override {
    auto at = static_cast<size_t>(offset);
    std::vector<uint8_t> source;
    while (!into.empty()) {
      // Whole elements around what is asked for.
      const size_t first =
          bits_ >= 8 ? at / static_cast<size_t>(bits_ / 8) : at * static_cast<size_t>(8 / bits_);
      const size_t count = std::min(kPieceElements, elements_ - first);
      source.resize(count * source_bytes_);
      OCTO_RETURN_IF_ERROR(source_.Read(first * source_bytes_, source));
      const ByteVector made = make_(source, first);
      const size_t skipped = at - BytesOf(first, bits_);
      const size_t taken = std::min(into.size(), made.size() - skipped);
      std::memcpy(into.data(), made.data() + skipped, taken);
      into = into.subspan(taken);
      at += taken;
    }
    return Status::Ok();
  }

 private:
  static constexpr size_t kPieceElements = size_t{1} << 16;

  ByteSlice source_;
  size_t source_bytes_;
  int bits_;
  size_t elements_;
  MakeElements make_;
};

}  // namespace

ByteSlice MakeBytes(const ByteSlice& source, int source_bits, int bits, MakeElements make) {
  if (!source.is_remote()) return ByteSlice(make(source.bytes(), 0));
  auto made = std::make_shared<const MadeBytes>(source, source_bits, bits, std::move(make));
  const auto size = static_cast<size_t>(made->size());
  return ByteSlice(std::move(made), 0, size);
}

ByteSlice MakeBytesOfFloats(const ByteSlice& source, int bits, MakeOfFloats make) {
  return MakeBytes(source, 32, bits,
                   [make = std::move(make)](std::span<const uint8_t> bytes, size_t first) {
                     std::vector<float> values(bytes.size() / sizeof(float));
                     if (!values.empty()) {
                       std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
                     }
                     return make(values, first);
                   });
}

}  // namespace octolite
