#pragma once

#include <emscripten/val.h>

#include <string>
#include <utility>

#include "base/status.h"

namespace octolite::wasm {

// What every binding that may be refused returns: {value} or {error}. Nothing is thrown across the
// boundary; TypeScript makes the error of it (js/src/raw.ts has the shapes).

inline emscripten::val ErrorRecord(const Status& status) {
  emscripten::val where = emscripten::val::object();
  where.set("subgraph", status.where().subgraph);
  where.set("operator", status.where().op);
  where.set("operatorName", status.where().op_name);
  where.set("tensor", status.where().tensor);
  where.set("tensorName", status.where().tensor_name);
  where.set("byteOffset", static_cast<double>(status.where().byte_offset));
  emscripten::val error = emscripten::val::object();
  error.set("code", std::string(StatusCodeName(status.code())));
  error.set("message", status.message());
  error.set("hint", status.hint());
  error.set("where", where);
  return error;
}

inline emscripten::val Failure(const Status& status) {
  emscripten::val result = emscripten::val::object();
  result.set("error", ErrorRecord(status));
  return result;
}

template <typename T>
emscripten::val Success(T&& value) {
  emscripten::val result = emscripten::val::object();
  result.set("value", std::forward<T>(value));
  return result;
}

inline emscripten::val FromStatus(const Status& status) {
  return status.ok() ? Success(emscripten::val::null()) : Failure(status);
}

}  // namespace octolite::wasm
