#pragma once

#include <string>
#include <string_view>

namespace octolite::testing {

// A file of the source tree, by its path from the root: SourcePath("tests/golden/add.bin").
inline std::string SourcePath(std::string_view path) {
  return std::string(OCTOLITE_SOURCE_DIR "/").append(path);
}

}  // namespace octolite::testing
