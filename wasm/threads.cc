// Threads of the module that is linked for shared memory. JavaScript makes the workers, which
// instantiate the same module on the same memory and call, through its table, what stands here.
// They run kernels and nothing else: no JavaScript, no allocation, no thread_local (theirs is not
// set up).

#include "threads.h"

#include <emscripten/bind.h>

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "base/aligned_buffer.h"
#include "result.h"

// Sets the stack pointer of the instance that calls it. Of Emscripten's own library.
extern "C" void _emscripten_stack_restore(uintptr_t top);

namespace octolite::wasm {
namespace {

using emscripten::val;

// Kernels keep tiles on the stack, never more than some kilobytes.
constexpr size_t kStackBytes = size_t{256} << 10;

std::unique_ptr<ThreadPool> g_pool;
std::vector<AlignedBuffer> g_stacks;

void Work(int worker) { g_pool->Work(worker); }
void Fail() { g_pool->Fail(); }

template <typename T>
double TableIndex(T* function) {
  return static_cast<double>(reinterpret_cast<uintptr_t>(function));
}

// Once, before anything is allocated by the threads of this instance.
val StartThreads(int threads, bool caller_may_sleep) {
  g_pool = std::make_unique<ThreadPool>(threads, caller_may_sleep);
  val tops = val::array();
  for (int worker = 1; worker < g_pool->threads(); ++worker) {
    Result<AlignedBuffer> stack = AlignedBuffer::Allocate(kStackBytes);
    if (!stack.ok()) return Failure(stack.status());
    g_stacks.push_back(std::move(stack).value());
    const auto bottom = reinterpret_cast<uintptr_t>(g_stacks.back().data());
    tops.call<void>("push", static_cast<double>(bottom + kStackBytes));
  }
  val start = val::object();
  start.set("stacks", tops);
  start.set("restoreStack", TableIndex(&_emscripten_stack_restore));
  start.set("work", TableIndex(&Work));
  start.set("fail", TableIndex(&Fail));
  return Success(start);
}

}  // namespace

Parallel Threads() { return Parallel(g_pool.get()); }

EMSCRIPTEN_BINDINGS(octolite_threads) { emscripten::function("startThreads", &StartThreads); }

}  // namespace octolite::wasm
