#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace octolite {

// One field of an operator's option table. Integers of every width, enumerations and booleans are
// int64_t; float and double are double.
using OptionValue = std::variant<int64_t, double, std::string, std::vector<int64_t>,
                                 std::vector<double>, std::vector<std::string>>;

struct OptionField {
  std::string name;  // as the schema spells it: "stride_w"
  OptionValue value;
  bool operator==(const OptionField&) const = default;
};

// An operator's builtin options, by name, whatever the operator: the reader and the writer carry
// every table of the schema without code for any, and an operator reads what it knows by name. A
// field that the file leaves out is absent here, and its getter returns the default given.
struct Options {
  int32_t type = 0;  // member of the schema's union; 0: the operator has no table
  // The schema has two unions; StableHLO operators use the second.
  bool second_union = false;
  std::vector<OptionField> fields;

  bool operator==(const Options&) const = default;

  const OptionValue* Find(std::string_view name) const;
  int64_t Int(std::string_view name, int64_t default_value) const;
  bool Bool(std::string_view name, bool default_value) const;
  float Float(std::string_view name, float default_value) const;
  std::string_view String(std::string_view name) const;
  const std::vector<int64_t>* Ints(std::string_view name) const;  // null when absent

  void Set(std::string_view name, OptionValue value);
};

}  // namespace octolite
