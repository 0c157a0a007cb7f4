#include "support/shared_files.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "support/source_path.h"

namespace octolite::testing {

namespace fs = std::filesystem;

fs::path SharedPath(std::string_view relative) {
  const char* root = std::getenv("OCTOLITE_SHARED");
  return (root != nullptr ? fs::path(root) : fs::path(SourcePath("../shared"))) / relative;
}

bool HasSharedFile(std::string_view relative) {
  std::error_code error;
  return fs::exists(SharedPath(relative), error);
}

ByteVector ReadFileBytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return ByteVector(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

ByteVector ReadSharedFile(std::string_view relative) { return ReadFileBytes(SharedPath(relative)); }

std::vector<fs::path> SharedModelFiles(std::string_view relative, std::string_view except) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(SharedPath(relative), error);
  if (error) return files;
  for (const fs::recursive_directory_iterator end; entry != end; entry.increment(error)) {
    if (!except.empty() && entry->path().filename() == except) {
      entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".tflite" || entry->path().extension() == ".bin") {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace octolite::testing
