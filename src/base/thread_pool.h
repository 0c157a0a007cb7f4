#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace octolite {

// Threads that wait for loops to share. A pool is made once: a loop neither allocates nor locks,
// and its caller works too. Workers look for work for a moment after each loop, then sleep.
//
// Natively the pool makes its workers; in WebAssembly whoever loads the module does, and each calls
// Work. A loop is right however many of them have come so far: those that are there take its parts.
class ThreadPool {
 public:
  static constexpr int kMaxThreads = 64;

  // `threads` in [1, kMaxThreads], the calling one included. `caller_may_sleep`: whether a caller
  // whose workers are still busy may sleep, which the main thread of a web page may not.
  explicit ThreadPool(int threads, bool caller_may_sleep = true);
  // Natively, joins the workers.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // What worker `worker`, in [1, threads), does until the pool goes.
  void Work(int worker);

  // To be called when a worker stopped for good: its part of the loop will never be done, and who
  // waits for it is stopped too.
  void Fail() { failed_.store(true); }

  // Tasks [begin, end) of a loop, run by thread `thread`.
  using Part = void (*)(const void* context, int64_t begin, int64_t end, int thread);

  // Runs tasks [0, count) in parts of a multiple of `grain`, each once, on up to `threads` threads,
  // and returns when all are done. The caller is thread 0. When the pool is busy with a loop of
  // another caller, this one runs all.
  void Run(int64_t count, int64_t grain, int threads, Part part, const void* context);

 private:
  struct NativeThreads;

  // Takes and runs parts of the loop there is until none is left.
  void TakeParts(int thread);
  bool TryTake(int thread, uint32_t& index);
  void FinishPart();
  // Until the word is no longer `value`, somebody wakes it up, or, with `briefly`, some time
  // passed.
  void Sleep(std::atomic<uint32_t>& word, uint32_t value, bool briefly);
  void Wake(std::atomic<uint32_t>& word, uint32_t sleepers);

  int threads_;
  bool caller_may_sleep_;
  std::unique_ptr<NativeThreads> native_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> busy_ = false;

  // The loop that runs. Written while no part is to be had, read by who took one.
  Part part_ = nullptr;
  const void* context_ = nullptr;
  int64_t count_ = 0;
  int64_t grain_ = 0;

  // How many parts are left to take (bits 0 to 31), by how many threads (32 to 39), of which loop
  // (40 to 63), so that nobody takes a part of another loop than the one he saw.
  alignas(64) std::atomic<uint64_t> open_ = 0;
  alignas(64) std::atomic<uint32_t> unfinished_ = 0;  // parts
  std::atomic<bool> caller_sleeps_ = false;
  alignas(64) std::atomic<uint32_t> call_ = 0;  // changes to wake workers
  std::atomic<uint32_t> sleepers_ = 0;          // workers asleep, or about to be
};

// The threads that a kernel may use: those of a pool, or the calling one alone.
class Parallel {
 public:
  Parallel() = default;
  // Not owned. Null: the calling thread alone.
  explicit Parallel(ThreadPool* pool) : pool_(pool), threads_(pool ? pool->threads() : 1) {}

  int threads() const { return threads_; }

  // Calls body(int64_t begin, int64_t end, int thread) for ranges that together are [0, count),
  // each of `grain` (1 or more) tasks or a multiple, and the last of what is left. `thread` is in
  // [0, threads()); no two calls at the same time have the same, so that scratch memory may go by
  // it. Returns when all are done. The order is not known: tasks write to places of their own. Not
  // to be called from within a body.
  template <typename Body>
  void For(int64_t count, int64_t grain, const Body& body) const {
    if (threads_ == 1 || count <= grain) {
      if (count > 0) body(int64_t{0}, count, 0);
      return;
    }
    pool_->Run(
        count, grain, threads_,
        [](const void* context, int64_t begin, int64_t end, int thread) {
          (*static_cast<const Body*>(context))(begin, end, thread);
        },
        &body);
  }

 private:
  ThreadPool* pool_ = nullptr;
  int threads_ = 1;
};

}  // namespace octolite
