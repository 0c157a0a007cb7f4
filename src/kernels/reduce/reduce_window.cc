#include "kernels/reduce/reduce_window.h"

#include <span>
#include <type_traits>

namespace octolite {
namespace {

using Numbers = ReduceWindowShape::Numbers;

template <typename T, typename F>
class Walk {
 public:
  Walk(const ReduceWindowShape& shape, const T* in, T init, F f)
      : shape_(shape), in_(in), init_(init), f_(f) {
    int64_t stride = 1;
    for (int d = shape.rank; d-- > 0;) {
      strides_[static_cast<size_t>(d)] = stride;
      stride *= shape.input[static_cast<size_t>(d)];
    }
  }

  void Run(T* out) {
    for (const int64_t count : Used(shape_.output)) {
      if (count == 0) return;
    }
    while (true) {
      acc_ = init_;
      Fold(0, 0, true);
      *out++ = acc_;
      int d = shape_.rank - 1;
      for (; d >= 0; --d) {
        const auto i = static_cast<size_t>(d);
        if (++at_[i] < shape_.output[i]) break;
        at_[i] = 0;
      }
      if (d < 0) return;
    }
  }

 private:
  std::span<const int64_t> Used(const Numbers& numbers) const {
    return {numbers.data(), static_cast<size_t>(shape_.rank)};
  }

  // The window's dimensions from d on, at `offset` of the input, or beside it.
  void Fold(int d, int64_t offset, bool inside) {
    if (d == shape_.rank) {
      acc_ = f_(acc_, inside ? in_[offset] : init_);
      return;
    }
    const auto i = static_cast<size_t>(d);
    int64_t place = at_[i] * shape_.stride[i] - shape_.before[i];
    for (int64_t k = 0; k < shape_.window[i]; ++k, place += shape_.window_dilation[i]) {
      const int64_t element = place / shape_.base_dilation[i];
      const bool hole =
          place < 0 || place % shape_.base_dilation[i] != 0 || element >= shape_.input[i];
      Fold(d + 1, hole ? 0 : offset + element * strides_[i], inside && !hole);
    }
  }

  const ReduceWindowShape& shape_;
  const T* in_;
  T init_;
  F f_;
  T acc_ = {};
  Numbers at_ = {};
  Numbers strides_ = {};
};

template <typename T, typename F>
void RunWalk(const ReduceWindowShape& shape, const T* in, T init, T* out, F f) {
  Walk<T, F>(shape, in, init, f).Run(out);
}

}  // namespace

template <typename T>
void ReduceWindow(ReduceKind kind, const ReduceWindowShape& shape, const T* in, T init, T* out) {
  // Where integers wrap instead of overflowing.
  using W = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;
  switch (kind) {
    case ReduceKind::kSum:
      return RunWalk(shape, in, init, out, [](T a, T x) {
        return static_cast<T>(static_cast<W>(a) + static_cast<W>(x));
      });
    case ReduceKind::kProd:
      return RunWalk(shape, in, init, out, [](T a, T x) {
        return static_cast<T>(static_cast<W>(a) * static_cast<W>(x));
      });
    case ReduceKind::kMax:
      return RunWalk(shape, in, init, out, [](T a, T x) { return a >= x ? a : x; });
    case ReduceKind::kMin:
      return RunWalk(shape, in, init, out, [](T a, T x) { return a <= x ? a : x; });
    case ReduceKind::kAny:
      return RunWalk(shape, in, init, out,
                     [](T a, T x) { return static_cast<T>(a != T{0} || x != T{0}); });
    case ReduceKind::kAll:
      return RunWalk(shape, in, init, out,
                     [](T a, T x) { return static_cast<T>(a != T{0} && x != T{0}); });
  }
}

#define OCTO_REDUCE_WINDOW(T) \
  template void ReduceWindow<T>(ReduceKind, const ReduceWindowShape&, const T*, T, T*);
OCTO_REDUCE_WINDOW(int8_t)
OCTO_REDUCE_WINDOW(uint8_t)
OCTO_REDUCE_WINDOW(int16_t)
OCTO_REDUCE_WINDOW(int32_t)
OCTO_REDUCE_WINDOW(int64_t)
OCTO_REDUCE_WINDOW(float)
OCTO_REDUCE_WINDOW(double)
#undef OCTO_REDUCE_WINDOW

}  // namespace octolite
