#pragma once

#include "base/thread_pool.h"

namespace octolite::wasm {

// The threads of this instance of the module: those that startThreads announced, or the calling
// one.
Parallel Threads();

}  // namespace octolite::wasm
