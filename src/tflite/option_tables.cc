#include "tflite/option_tables.h"

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "schema/tflite_generated.h"
#include "tflite/copy_vector.h"

namespace octolite {
namespace {

using flatbuffers::ElementaryType;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::TypeTable;
using flatbuffers::voffset_t;

const TypeTable& Union(bool second) {
  return second ? *schema::BuiltinOptions2TypeTable() : *schema::BuiltinOptionsTypeTable();
}

// The offset of a field in a table's vtable: two bytes each, after the two sizes.
voffset_t FieldOffset(size_t index) { return static_cast<voffset_t>(4 + 2 * index); }

// Calls visit(T()) with the C++ type of a scalar of the schema; false for other types.
template <typename Visit>
bool WithScalarType(ElementaryType type, Visit visit) {
  switch (type) {
    case flatbuffers::ET_BOOL:
    case flatbuffers::ET_UCHAR:
    case flatbuffers::ET_UTYPE:
      visit(uint8_t());
      return true;
    case flatbuffers::ET_CHAR:
      visit(int8_t());
      return true;
    case flatbuffers::ET_SHORT:
      visit(int16_t());
      return true;
    case flatbuffers::ET_USHORT:
      visit(uint16_t());
      return true;
    case flatbuffers::ET_INT:
      visit(int32_t());
      return true;
    case flatbuffers::ET_UINT:
      visit(uint32_t());
      return true;
    case flatbuffers::ET_LONG:
      visit(int64_t());
      return true;
    case flatbuffers::ET_ULONG:
      visit(uint64_t());
      return true;
    case flatbuffers::ET_FLOAT:
      visit(float());
      return true;
    case flatbuffers::ET_DOUBLE:
      visit(double());
      return true;
    default:
      return false;
  }
}

// How Options hold a scalar of the schema.
template <typename T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;

template <typename T>
bool Fits(Wide<T> value) {
  if constexpr (std::is_floating_point_v<T>) {
    return !std::isfinite(value) ||
           std::abs(value) <= static_cast<double>(std::numeric_limits<T>::max());
  } else if constexpr (sizeof(T) == 8) {
    return true;  // uint64_t is carried by its bits
  } else {
    return value >= static_cast<int64_t>(std::numeric_limits<T>::min()) &&
           value <= static_cast<int64_t>(std::numeric_limits<T>::max());
  }
}

std::optional<OptionValue> ReadVector(const flatbuffers::Table& table, voffset_t offset,
                                      ElementaryType type) {
  std::optional<OptionValue> value;
  if (type == flatbuffers::ET_STRING) {
    std::vector<std::string> texts;
    const auto* vector =
        table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(
            offset);
    for (const flatbuffers::String* text : *vector) texts.push_back(text->str());
    value = std::move(texts);
    return value;
  }
  WithScalarType(type, [&]<typename T>(T) {
    const std::vector<T> narrow =
        CopyVector(*table.GetPointer<const flatbuffers::Vector<T>*>(offset));
    std::vector<Wide<T>> numbers(narrow.size());
    std::transform(narrow.begin(), narrow.end(), numbers.begin(),
                   [](T number) { return static_cast<Wide<T>>(number); });
    value = std::move(numbers);
  });
  return value;
}

std::optional<OptionValue> ReadScalar(const flatbuffers::Table& table, voffset_t offset,
                                      ElementaryType type) {
  std::optional<OptionValue> value;
  if (type == flatbuffers::ET_STRING) {
    value = table.GetPointer<const flatbuffers::String*>(offset)->str();
    return value;
  }
  WithScalarType(
      type, [&]<typename T>(T) { value = static_cast<Wide<T>>(table.GetField<T>(offset, T())); });
  return value;
}

// A field on its way into a table: vectors and strings are written before the table is begun.
struct PreparedField {
  voffset_t offset = 0;
  ElementaryType type = flatbuffers::ET_INT;
  const OptionValue* scalar = nullptr;
  uint32_t reference = 0;  // of a vector or string
};

Status Refuse(const TypeTable& type, size_t index, const char* why) {
  return Status(StatusCode::kInvalidArgument,
                std::string("option ") + type.names[index] + " " + why);
}

Status PrepareVector(FlatBufferBuilder& builder, const TypeTable& type, size_t index,
                     const OptionValue& value, PreparedField* field) {
  Status status = Refuse(type, index, "must be a list of the field's type");
  if (field->type == flatbuffers::ET_STRING) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      field->reference = builder.CreateVectorOfStrings(*texts).o;
      status = Status::Ok();
    }
    return status;
  }
  WithScalarType(field->type, [&]<typename T>(T) {
    const auto* numbers = std::get_if<std::vector<Wide<T>>>(&value);
    if (numbers == nullptr) return;
    std::vector<T> narrow;
    narrow.reserve(numbers->size());
    for (const Wide<T> number : *numbers) {
      if (!Fits<T>(number)) {
        status = Refuse(type, index, "holds a number that does not fit in the field");
        return;
      }
      narrow.push_back(static_cast<T>(number));
    }
    field->reference = builder.CreateVector(narrow.data(), narrow.size()).o;
    status = Status::Ok();
  });
  return status;
}

Status PrepareScalar(FlatBufferBuilder& builder, const TypeTable& type, size_t index,
                     const OptionValue& value, PreparedField* field) {
  Status status = Refuse(type, index, "must be one value of the field's type");
  if (field->type == flatbuffers::ET_STRING) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      field->reference = builder.CreateString(*text).o;
      status = Status::Ok();
    }
    return status;
  }
  WithScalarType(field->type, [&]<typename T>(T) {
    const auto* number = std::get_if<Wide<T>>(&value);
    if (number == nullptr) return;
    status = Fits<T>(*number) ? Status::Ok()
                              : Refuse(type, index, "is a number that does not fit in the field");
    field->scalar = &value;
  });
  return status;
}

void AddField(FlatBufferBuilder& builder, const PreparedField& field) {
  if (field.scalar == nullptr) {
    builder.AddOffset(field.offset, flatbuffers::Offset<void>(field.reference));
    return;
  }
  WithScalarType(field.type, [&]<typename T>(T) {
    builder.AddElement<T>(field.offset, static_cast<T>(std::get<Wide<T>>(*field.scalar)));
  });
}

}  // namespace

std::optional<OptionTableId> FindOptionTable(std::string_view name) {
  for (const bool second : {false, true}) {
    const TypeTable& members = Union(second);
    for (size_t i = 1; i < members.num_elems; ++i) {
      if (name == members.names[i]) return OptionTableId{static_cast<int32_t>(i), second};
    }
  }
  return std::nullopt;
}

std::string_view OptionTableName(OptionTableId id) {
  const TypeTable& members = Union(id.second_union);
  if (id.type <= 0 || static_cast<size_t>(id.type) >= members.num_elems) return {};
  return members.names[id.type];
}

const TypeTable* OptionTableType(OptionTableId id) {
  const TypeTable& members = Union(id.second_union);
  if (id.type <= 0 || static_cast<size_t>(id.type) >= members.num_elems) return nullptr;
  return members.type_refs[members.type_codes[id.type].sequence_ref]();
}

std::vector<OptionField> ReadOptionFields(const flatbuffers::Table& table, const TypeTable& type) {
  std::vector<OptionField> fields;
  for (size_t i = 0; i < type.num_elems; ++i) {
    const voffset_t offset = FieldOffset(i);
    if (!table.CheckField(offset)) continue;
    const auto element = static_cast<ElementaryType>(type.type_codes[i].base_type);
    std::optional<OptionValue> value = type.type_codes[i].is_repeating
                                           ? ReadVector(table, offset, element)
                                           : ReadScalar(table, offset, element);
    if (value) fields.push_back({type.names[i], *std::move(value)});
  }
  return fields;
}

size_t OptionFieldsBytes(const flatbuffers::Table& table, const TypeTable& type) {
  size_t bytes = 0;
  for (size_t i = 0; i < type.num_elems; ++i) {
    const voffset_t offset = FieldOffset(i);
    if (!table.CheckField(offset)) continue;
    bytes += sizeof(OptionField);
    // Vectors and strings both begin with their length; an element takes 8 bytes when widened.
    if (type.type_codes[i].is_repeating || type.type_codes[i].base_type == flatbuffers::ET_STRING) {
      bytes += 8 * table.GetPointer<const flatbuffers::Vector<uint8_t>*>(offset)->size();
    }
  }
  return bytes;
}

Result<uint32_t> WriteOptions(FlatBufferBuilder& builder, const Options& options) {
  const OptionTableId id{options.type, options.second_union};
  const TypeTable* type = OptionTableType(id);
  constexpr int32_t kMaxType = std::numeric_limits<uint8_t>::max();
  if (id.type <= 0 || id.type > kMaxType || (type == nullptr && !options.fields.empty())) {
    return Status(StatusCode::kInvalidArgument,
                  "options of type " + std::to_string(options.type) + ", which the schema lacks");
  }
  std::vector<PreparedField> prepared;
  prepared.reserve(options.fields.size());
  for (const OptionField& field : options.fields) {
    size_t index = 0;
    while (index < type->num_elems && field.name != type->names[index]) ++index;
    if (index == type->num_elems) {
      return Status(StatusCode::kInvalidArgument,
                    std::string(OptionTableName(id)) + " has no field '" + field.name + "'");
    }
    PreparedField next;
    next.offset = FieldOffset(index);
    next.type = static_cast<ElementaryType>(type->type_codes[index].base_type);
    OCTO_RETURN_IF_ERROR(type->type_codes[index].is_repeating
                             ? PrepareVector(builder, *type, index, field.value, &next)
                             : PrepareScalar(builder, *type, index, field.value, &next));
    prepared.push_back(next);
  }
  const flatbuffers::uoffset_t start = builder.StartTable();
  for (const PreparedField& field : prepared) AddField(builder, field);
  return builder.EndTable(start);
}

}  // namespace octolite
