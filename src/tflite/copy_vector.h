#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstring>
#include <vector>

namespace octolite {

// A verified vector of scalars. The verifier checks that it lies in the file, but not that wide
// elements are aligned, so they are not read in place.
template <typename T>
std::vector<T> CopyVector(const flatbuffers::Vector<T>& vector) {
  static_assert(FLATBUFFERS_LITTLEENDIAN, "the file's byte order is the machine's");
  std::vector<T> copy(vector.size());
  if (!copy.empty()) std::memcpy(copy.data(), vector.Data(), copy.size() * sizeof(T));
  return copy;
}

}  // namespace octolite
