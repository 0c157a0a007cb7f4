# Toolchain file of the native builds: the clang that scripts/setup found.
include("${CMAKE_CURRENT_LIST_DIR}/tools.cmake")
set(CMAKE_C_COMPILER "${OCTOLITE_CLANG}")
set(CMAKE_CXX_COMPILER "${OCTOLITE_CLANGXX}")
