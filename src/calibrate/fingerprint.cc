#include "calibrate/fingerprint.h"

#include <bit>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace octolite {
namespace {

// FNV-1a over words of 64 bits instead of bytes, with the upper half folded in, as products alone
// never reach the lower bits.
class Hash {
 public:
  void Add(uint64_t word) {
    value_ = (value_ ^ word) * 0x100000001b3u;
    value_ ^= value_ >> 32;
  }
  void Add(std::span<const uint8_t> bytes) {
    Add(bytes.size());
    while (!bytes.empty()) {
      uint64_t word = 0;
      const size_t size = bytes.size() < sizeof(word) ? bytes.size() : sizeof(word);
      std::memcpy(&word, bytes.data(), size);
      Add(word);
      bytes = bytes.subspan(size);
    }
  }
  void Add(std::string_view text) {
    Add(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  }
  void Add(const std::vector<int32_t>& numbers) {
    Add(numbers.size());
    for (const int32_t number : numbers) Add(static_cast<uint64_t>(number));
  }
  uint64_t value() const { return value_; }

 private:
  static_assert(std::endian::native == std::endian::little);
  uint64_t value_ = 0xcbf29ce484222325u;
};

}  // namespace

uint64_t ModelFingerprint(const Model& model) {
  Hash hash;
  for (const Subgraph& subgraph : model.subgraphs) {
    hash.Add(subgraph.inputs);
    hash.Add(subgraph.outputs);
    for (const Tensor& tensor : subgraph.tensors) {
      hash.Add(tensor.name);
      hash.Add(static_cast<uint64_t>(tensor.type));
      hash.Add(tensor.shape);
      hash.Add(tensor.buffer);
    }
    for (const Operator& op : subgraph.operators) {
      const OperatorCode& code = model.code(op);
      hash.Add(static_cast<uint64_t>(code.builtin));
      hash.Add(code.custom_code);
      hash.Add(op.inputs);
      hash.Add(op.outputs);
    }
  }
  for (const Buffer& buffer : model.buffers) hash.Add(buffer.data.bytes());
  return hash.value() == 0 ? 1 : hash.value();
}

}  // namespace octolite
