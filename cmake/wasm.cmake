# Toolchain file of the WebAssembly builds: the Emscripten that scripts/setup found or unpacked.
include("${CMAKE_CURRENT_LIST_DIR}/tools.cmake")
include("${OCTOLITE_EMSCRIPTEN_ROOT}/cmake/Modules/Platform/Emscripten.cmake")
