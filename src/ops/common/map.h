#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "kernels/elementwise/broadcast.h"
#include "kernels/elementwise/functions.h"
#include "ops/common/binary.h"
#include "ops/common/unary.h"

// Operators that apply one function to every element, for a list of types. A function is written
// once, as a generic lambda; floats of 16 bits are computed as float.

namespace octolite {

template <DataType kType>
struct ElementOf;
template <>
struct ElementOf<DataType::kFloat32> : std::type_identity<float> {};
template <>
struct ElementOf<DataType::kFloat64> : std::type_identity<double> {};
template <>
struct ElementOf<DataType::kFloat16> : std::type_identity<Half> {};
template <>
struct ElementOf<DataType::kBFloat16> : std::type_identity<BFloat16> {};
template <>
struct ElementOf<DataType::kInt8> : std::type_identity<int8_t> {};
template <>
struct ElementOf<DataType::kUInt8> : std::type_identity<uint8_t> {};
template <>
struct ElementOf<DataType::kInt16> : std::type_identity<int16_t> {};
template <>
struct ElementOf<DataType::kUInt16> : std::type_identity<uint16_t> {};
template <>
struct ElementOf<DataType::kInt32> : std::type_identity<int32_t> {};
template <>
struct ElementOf<DataType::kUInt32> : std::type_identity<uint32_t> {};
template <>
struct ElementOf<DataType::kInt64> : std::type_identity<int64_t> {};
template <>
struct ElementOf<DataType::kUInt64> : std::type_identity<uint64_t> {};
// Bytes that are 0 or not.
template <>
struct ElementOf<DataType::kBool> : std::type_identity<uint8_t> {};

// make(std::type_identity<T>) for the element type T of `type`; null when `type` is not in kTypes.
template <DataType... kTypes, typename Make>
std::unique_ptr<OpKernel> MakeForType(DataType type, Make make) {
  std::unique_ptr<OpKernel> kernel;
  const auto offer = [&](DataType candidate, auto tag) {
    if (candidate == type) kernel = make(tag);
  };
  (offer(kTypes, std::type_identity<typename ElementOf<kTypes>::type>()), ...);
  return kernel;
}

// Prepares out[i] = f(in[i]) of one shape and type.
template <DataType... kTypes, typename F>
Result<std::unique_ptr<OpKernel>> PrepareMap(PrepareContext& ctx, F f) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  auto kernel = MakeForType<kTypes...>(ctx.input(0).type, [f](auto tag) {
    using T = typename decltype(tag)::type;
    return MakeKernel([f](EvalContext& eval) {
      const T* in = eval.input<T>(0);
      T* out = eval.output<T>(0);
      const int64_t count = eval.input_tensor(0).shape.num_elements();
      for (int64_t i = 0; i < count; ++i) {
        out[i] = static_cast<T>(f(static_cast<ComputeType<T>>(in[i])));
      }
      return Status::Ok();
    });
  });
  if (!kernel) return ctx.UnsupportedType(ctx.input(0));
  return kernel;
}

// Types of a function that runs from a table.
struct TableTypes {
  bool uint8 = false;
  bool int16 = false;
};

// Prepares a function float(float): kFloats by calling it, int8 and `tables` by a table of it.
template <DataType... kFloats, typename F>
Result<std::unique_ptr<OpKernel>> PrepareTabled(PrepareContext& ctx, TableTypes tables, F f) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const DataType type = ctx.input(0).type;
  if (type == DataType::kInt8 || (type == DataType::kUInt8 && tables.uint8) ||
      (type == DataType::kInt16 && tables.int16)) {
    return PrepareTable(ctx, f);
  }
  return PrepareMap<kFloats...>(ctx, f);
}

// A kernel out = f(a, b) of type T, broadcast.
template <typename T, typename F>
std::unique_ptr<OpKernel> MakeMapBroadcast(const BroadcastPlan& plan, F f) {
  return MakeKernel([=](EvalContext& eval) {
    using C = ComputeType<T>;
    MapBroadcast(plan, eval.input<T>(0), eval.input<T>(1), eval.output<T>(0),
                 [f](T a, T b) { return static_cast<T>(f(static_cast<C>(a), static_cast<C>(b))); });
    return Status::Ok();
  });
}

// Prepares out = f(a, b) of one type, broadcast.
template <DataType... kTypes, typename F>
Result<std::unique_ptr<OpKernel>> PrepareMapBroadcast(PrepareContext& ctx, F f) {
  OCTO_ASSIGN_OR_RETURN(const BroadcastPlan plan, PrepareBroadcast(ctx));
  auto kernel = MakeForType<kTypes...>(ctx.input(0).type, [&](auto tag) {
    return MakeMapBroadcast<typename decltype(tag)::type>(plan, f);
  });
  if (!kernel) return ctx.UnsupportedType(ctx.input(0));
  return kernel;
}

}  // namespace octolite
