#pragma once

// 128-bit SIMD by the names of WebAssembly's intrinsics: the real ones in a wasm build, SIMDe's
// portable ones in a native build, so that one source serves both.

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif

#include <cstdint>

namespace octolite::simd {

inline v128_t Load(const void* from) { return wasm_v128_load(from); }
inline void Store(void* to, v128_t v) { wasm_v128_store(to, v); }

}  // namespace octolite::simd
