#pragma once

#include <cstdint>

namespace octolite {

// A binary heap whose first element is less than no other. Equal elements come out in the order
// that libstdc++'s heap gives them, as LiteRT's results show it; the standard leaves that open, and
// libraries differ.

// Puts `value` at `hole` or above it, not above `top`.
template <typename T, typename Less>
void HeapRise(T* heap, int64_t top, int64_t hole, T value, Less less) {
  while (hole > top && less(heap[(hole - 1) / 2], value)) {
    heap[hole] = heap[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  heap[hole] = value;
}

// Fills the hole at `top` of a heap of `count` elements with `value`: larger children move up to
// the leaves, and the value rises from there.
template <typename T, typename Less>
void HeapSink(T* heap, int64_t top, int64_t count, T value, Less less) {
  int64_t hole = top;
  int64_t child = 2 * hole + 2;
  for (; child < count; child = 2 * hole + 2) {
    if (less(heap[child], heap[child - 1])) --child;
    heap[hole] = heap[child];
    hole = child;
  }
  if (child == count) {
    heap[hole] = heap[child - 1];
    hole = child - 1;
  }
  HeapRise(heap, top, hole, value, less);
}

// Adds `value` behind `count` elements.
template <typename T, typename Less>
void HeapPush(T* heap, int64_t count, T value, Less less) {
  HeapRise(heap, 0, count, value, less);
}

// Takes the first of `count` elements out; the others stay in the first count - 1 places.
template <typename T, typename Less>
T HeapPop(T* heap, int64_t count, Less less) {
  const T first = heap[0];
  const T last = heap[count - 1];
  if (count > 1) HeapSink(heap, 0, count - 1, last, less);
  return first;
}

// Puts the `wanted` elements that come first in less's order at the front, in order.
template <typename T, typename Less>
void PartialSort(T* items, int64_t wanted, int64_t count, Less less) {
  if (wanted == 0) return;
  for (int64_t i = wanted / 2; i-- > 0;) HeapSink(items, i, wanted, items[i], less);
  for (int64_t i = wanted; i < count; ++i) {
    if (!less(items[i], items[0])) continue;
    const T value = items[i];
    items[i] = items[0];
    HeapSink(items, 0, wanted, value, less);
  }
  for (int64_t n = wanted; n > 1; --n) {
    const T first = HeapPop(items, n, less);
    items[n - 1] = first;
  }
}

}  // namespace octolite
