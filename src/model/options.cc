#include "model/options.h"

#include <utility>

namespace octolite {

const OptionValue* Options::Find(std::string_view name) const {
  for (const OptionField& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

int64_t Options::Int(std::string_view name, int64_t default_value) const {
  const OptionValue* value = Find(name);
  const int64_t* number = value ? std::get_if<int64_t>(value) : nullptr;
  return number ? *number : default_value;
}

bool Options::Bool(std::string_view name, bool default_value) const {
  return Int(name, default_value ? 1 : 0) != 0;
}

float Options::Float(std::string_view name, float default_value) const {
  const OptionValue* value = Find(name);
  const double* number = value ? std::get_if<double>(value) : nullptr;
  return number ? static_cast<float>(*number) : default_value;
}

std::string_view Options::String(std::string_view name) const {
  const OptionValue* value = Find(name);
  const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

const std::vector<int64_t>* Options::Ints(std::string_view name) const {
  const OptionValue* value = Find(name);
  return value ? std::get_if<std::vector<int64_t>>(value) : nullptr;
}

void Options::Set(std::string_view name, OptionValue value) {
  for (OptionField& field : fields) {
    if (field.name == name) {
      field.value = std::move(value);
      return;
    }
  }
  fields.push_back({std::string(name), std::move(value)});
}

}  // namespace octolite
