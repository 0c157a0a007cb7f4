#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#if !defined(__wasm__)
#include <thread>
#endif

namespace octolite {
namespace {

// How often each task ran, and whether two calls had the same thread at the same time.
struct Record {
  explicit Record(int64_t count) : runs(static_cast<size_t>(count)) {}

  void operator()(int64_t begin, int64_t end, int thread) {
    std::atomic<int>& inside = threads[static_cast<size_t>(thread)];
    if (inside.fetch_add(1) != 0) shared_thread = true;
    for (int64_t i = begin; i < end; ++i) ++runs[static_cast<size_t>(i)];
    inside.fetch_sub(1);
  }

  std::vector<int> runs;  // not atomic: a task that ran twice at once is a race
  std::array<std::atomic<int>, ThreadPool::kMaxThreads> threads = {};
  std::atomic<bool> shared_thread = false;
};

void ExpectEachOnce(const Parallel& parallel, int64_t count, int64_t grain) {
  Record record(count);
  parallel.For(count, grain,
               [&](int64_t begin, int64_t end, int thread) { record(begin, end, thread); });
  EXPECT_EQ(record.runs, std::vector<int>(static_cast<size_t>(count), 1));
  EXPECT_FALSE(record.shared_thread);
}

TEST(ParallelTest, WithoutPoolTheCallerRunsAll) {
  const Parallel parallel;
  EXPECT_EQ(parallel.threads(), 1);
  int calls = 0;
  parallel.For(100, 3, [&](int64_t begin, int64_t end, int thread) {
    ++calls;
    EXPECT_EQ(begin, 0);
    EXPECT_EQ(end, 100);
    EXPECT_EQ(thread, 0);
  });
  EXPECT_EQ(calls, 1);
}

TEST(ParallelTest, NothingToDoCallsNothing) {
  ThreadPool pool(2);
  Parallel(&pool).For(0, 1, [](int64_t, int64_t, int) { FAIL(); });
  Parallel().For(0, 1, [](int64_t, int64_t, int) { FAIL(); });
}

TEST(ParallelTest, RunsEveryTaskOnce) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadPool pool(threads);
    const Parallel parallel(&pool);
    EXPECT_EQ(parallel.threads(), threads);
    for (const int64_t count : {1, 2, 3, 7, 64, 1000}) {
      for (const int64_t grain : {1, 2, 5, 64, 2000}) ExpectEachOnce(parallel, count, grain);
    }
  }
}

TEST(ParallelTest, RangesAreMultiplesOfTheGrain) {
  ThreadPool pool(3);
  Parallel(&pool).For(1001, 6, [](int64_t begin, int64_t end, int) {
    EXPECT_EQ(begin % 6, 0);
    EXPECT_TRUE(end % 6 == 0 || end == 1001) << end;
  });
}

TEST(ParallelTest, ManyShortLoops) {
  ThreadPool pool(3);
  const Parallel parallel(&pool);
  std::vector<int64_t> values(50);
  for (int64_t loop = 0; loop < 5000; ++loop) {
    parallel.For(50, 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) values[static_cast<size_t>(i)] += i;
    });
  }
  for (int64_t i = 0; i < 50; ++i) EXPECT_EQ(values[static_cast<size_t>(i)], 5000 * i);
}

TEST(ParallelTest, ACallerThatMayNotSleepGetsThereToo) {
  ThreadPool pool(2, false);
  for (int loop = 0; loop < 100; ++loop) ExpectEachOnce(Parallel(&pool), 64, 1);
}

// In WebAssembly nobody calls Work here: the caller must get along without workers.
#if !defined(__wasm__)
TEST(ParallelTest, WorkersTakePart) {
  ThreadPool pool(2);
  std::atomic<bool> other = false;
  Parallel(&pool).For(2, 1, [&](int64_t, int64_t, int thread) {
    if (thread == 1) other = true;
    // The caller's part ends only once a worker has the other one.
    while (!other) std::this_thread::yield();
  });
  EXPECT_TRUE(other);
}

TEST(ParallelTest, WorkersThatSleepWakeUp) {
  ThreadPool pool(4);
  for (int loop = 0; loop < 20; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> there = 0;
    Parallel(&pool).For(4, 1, [&](int64_t, int64_t, int) {
      ++there;
      while (there < 4) std::this_thread::yield();
    });
    EXPECT_EQ(there, 4);
  }
}

TEST(ParallelTest, TwoCallersAtTheSameTime) {
  ThreadPool pool(3);
  const auto many = [&] {
    for (int loop = 0; loop < 300; ++loop) ExpectEachOnce(Parallel(&pool), 40, 1);
  };
  std::thread other(many);
  many();
  other.join();
}
#endif

}  // namespace
}  // namespace octolite
