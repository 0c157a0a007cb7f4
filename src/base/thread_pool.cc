#include "base/thread_pool.h"

#include <algorithm>

#if !defined(__wasm__)
#include <thread>
#include <vector>
#endif

namespace octolite {
namespace {

// How often a thread looks for what it waits for before it sleeps: in WebAssembly some 500
// microseconds, longer than most operators that run on one thread between two that run on all.
// Looking for a tenth of that, MoveNet took 1.1 to 1.2 times as long.
#if defined(__wasm__)
constexpr int kLooks = 400000;
void Pause() {}
#else
constexpr int kLooks = 2000;
void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}
#endif

// Parts of a loop for each of its threads: enough to even out that one is late.
constexpr int64_t kPartsPerThread = 8;

int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

constexpr uint64_t kPartsMask = 0xFFFFFFFF;
constexpr int kThreadsShift = 32;
constexpr int kLoopShift = 40;

uint64_t PartsOf(uint64_t open) { return open & kPartsMask; }
int ThreadsOf(uint64_t open) { return static_cast<int>(open >> kThreadsShift & 0xFF); }

}  // namespace

#if defined(__wasm__)

struct ThreadPool::NativeThreads {};

void ThreadPool::Sleep(std::atomic<uint32_t>& word, uint32_t value, bool briefly) {
  __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(&word), static_cast<int>(value),
                                      briefly ? 100'000'000 : -1);
}

void ThreadPool::Wake(std::atomic<uint32_t>& word, uint32_t sleepers) {
  __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(&word), sleepers);
}

ThreadPool::ThreadPool(int threads, bool caller_may_sleep)
    : threads_(std::clamp(threads, 1, kMaxThreads)), caller_may_sleep_(caller_may_sleep) {}

ThreadPool::~ThreadPool() = default;

#else

struct ThreadPool::NativeThreads {
  std::vector<std::thread> workers;
};

void ThreadPool::Sleep(std::atomic<uint32_t>& word, uint32_t value, bool) { word.wait(value); }

void ThreadPool::Wake(std::atomic<uint32_t>& word, uint32_t) { word.notify_all(); }

ThreadPool::ThreadPool(int threads, bool caller_may_sleep)
    : threads_(std::clamp(threads, 1, kMaxThreads)),
      caller_may_sleep_(caller_may_sleep),
      native_(std::make_unique<NativeThreads>()) {
  for (int worker = 1; worker < threads_; ++worker) {
    native_->workers.emplace_back([this, worker] { Work(worker); });
  }
}

ThreadPool::~ThreadPool() {
  stopping_.store(true);
  call_.fetch_add(1);
  Wake(call_, kMaxThreads);
  for (std::thread& worker : native_->workers) worker.join();
}

#endif

bool ThreadPool::TryTake(int thread, uint32_t& index) {
  uint64_t open = open_.load();
  while (PartsOf(open) > 0 && thread < ThreadsOf(open)) {
    if (open_.compare_exchange_weak(open, open - 1)) {
      index = static_cast<uint32_t>(PartsOf(open) - 1);
      return true;
    }
  }
  return false;
}

void ThreadPool::TakeParts(int thread) {
  for (uint32_t index = 0; TryTake(thread, index);) {
    const int64_t begin = int64_t{index} * grain_;
    part_(context_, begin, std::min(count_, begin + grain_), thread);
    FinishPart();
  }
}

void ThreadPool::FinishPart() {
  if (unfinished_.fetch_sub(1) == 1 && caller_sleeps_.load()) Wake(unfinished_, 1);
}

void ThreadPool::Work(int worker) {
  while (!stopping_.load()) {
    bool found = false;
    for (int look = 0; look < kLooks && !found; ++look) {
      const uint64_t open = open_.load();
      found = PartsOf(open) > 0 && worker < ThreadsOf(open);
      if (!found) Pause();
    }
    if (found) {
      TakeParts(worker);
      continue;
    }
    // Who opens a loop after this look sees a sleeper, and changes call_.
    sleepers_.fetch_add(1);
    const uint32_t call = call_.load();
    const uint64_t open = open_.load();
    const bool has_work = PartsOf(open) > 0 && worker < ThreadsOf(open);
    if (!has_work && !stopping_.load()) Sleep(call_, call, false);
    sleepers_.fetch_sub(1);
  }
}

void ThreadPool::Run(int64_t count, int64_t grain, int threads, Part part, const void* context) {
  if (count <= 0) return;
  threads = std::min(threads, threads_);
  const int64_t most = int64_t{threads} * kPartsPerThread;
  grain *= DivideUp(DivideUp(count, grain), most);
  const int64_t parts = DivideUp(count, grain);
  if (parts == 1 || threads <= 1 || busy_.exchange(true)) {
    part(context, 0, count, 0);
    return;
  }
  part_ = part;
  context_ = context;
  count_ = count;
  grain_ = grain;
  unfinished_.store(static_cast<uint32_t>(parts));
  const uint64_t loop = (open_.load() >> kLoopShift) + 1;
  open_.store(loop << kLoopShift | static_cast<uint64_t>(threads) << kThreadsShift |
              static_cast<uint64_t>(parts));
  if (sleepers_.load() > 0) {
    call_.fetch_add(1);
    Wake(call_, kMaxThreads);
  }
  TakeParts(0);
  for (int look = 0; unfinished_.load() > 0;) {
    if (failed_.load()) __builtin_trap();
    if (!caller_may_sleep_ || look++ < kLooks) {
      Pause();
      continue;
    }
    caller_sleeps_.store(true);
    const uint32_t left = unfinished_.load();
    if (left > 0) Sleep(unfinished_, left, true);
    caller_sleeps_.store(false);
  }
  busy_.store(false);
}

}  // namespace octolite
