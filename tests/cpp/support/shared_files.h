#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace octolite::testing {

// The folder of models and data that are not part of the source tree: the environment's
// OCTOLITE_SHARED, or ../shared beside the tree. Tests that need it are skipped where it is absent:
//
//   if (!HasSharedFile("models/vww_96_int8.tflite")) GTEST_SKIP() << "needs ../shared/models";
std::filesystem::path SharedPath(std::string_view relative);
bool HasSharedFile(std::string_view relative);

// The bytes of a file, which must be there.
ByteVector ReadFileBytes(const std::filesystem::path& path);
ByteVector ReadSharedFile(std::string_view relative);

// The model files below a folder of the shared ones ("models"), sorted, with the folders named in
// `except` left out. Empty where the folder is absent.
std::vector<std::filesystem::path> SharedModelFiles(std::string_view relative,
                                                    std::string_view except = {});

}  // namespace octolite::testing
