#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/data_type.h"
#include "base/shape.h"

namespace octolite {

// A tensor that outlives a run: VAR_HANDLE names it, ASSIGN_VARIABLE and READ_VARIABLE use it.
struct ResourceVariable {
  bool assigned = false;
  DataType type = DataType::kFloat32;
  Shape shape;
  std::vector<uint8_t> bytes;
};

// A map that HASHTABLE names and HASHTABLE_IMPORT fills. Keys and values are int64 or strings, each
// as the bytes of one element.
struct ResourceTable {
  bool imported = false;
  DataType key_type = DataType::kInt64;
  DataType value_type = DataType::kString;
  std::map<std::string, std::string> entries;
};

// What a model keeps between runs beside its variable tensors, shared by all its subgraphs. Handles
// are small numbers: the content of tensors of type resource.
class ResourceStore {
 public:
  using Key = std::pair<std::string, std::string>;  // container, shared name

  int32_t VariableHandle(const Key& key) { return HandleOf(variable_handles_, variables_, key); }
  int32_t TableHandle(const Key& key) { return HandleOf(table_handles_, tables_, key); }
  // Null for a number that is no handle.
  ResourceVariable* variable(int32_t handle) { return At(variables_, handle); }
  ResourceTable* table(int32_t handle) { return At(tables_, handle); }
  // Forgets every content; handles stay.
  void Reset() {
    for (ResourceVariable& variable : variables_) variable = {};
    for (ResourceTable& table : tables_) table = {};
  }

 private:
  template <typename T>
  static int32_t HandleOf(std::map<Key, int32_t>& handles, std::vector<T>& values, const Key& key) {
    const auto [place, is_new] = handles.try_emplace(key, static_cast<int32_t>(values.size()));
    if (is_new) values.emplace_back();
    return place->second;
  }
  template <typename T>
  static T* At(std::vector<T>& values, int32_t handle) {
    if (handle < 0 || static_cast<size_t>(handle) >= values.size()) return nullptr;
    return &values[static_cast<size_t>(handle)];
  }

  std::map<Key, int32_t> variable_handles_;
  std::map<Key, int32_t> table_handles_;
  std::vector<ResourceVariable> variables_;
  std::vector<ResourceTable> tables_;
};

}  // namespace octolite
