#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/options.h"

namespace flatbuffers {
class FlatBufferBuilder;
class Table;
struct TypeTable;
}  // namespace flatbuffers

namespace octolite {

// The option tables of builtin operators ("Conv2DOptions", ...), read and written by one routine
// that follows the schema's reflection tables: no table has code of its own. A field that a table
// leaves out is left out of Options too, and the other way round, whatever its default.

// A member of one of the schema's two option unions.
struct OptionTableId {
  int32_t type = 0;
  bool second_union = false;
  bool operator==(const OptionTableId&) const = default;
};

// The member by its name in the schema; nothing when there is none of that name.
std::optional<OptionTableId> FindOptionTable(std::string_view name);

// "Conv2DOptions"; "" for no table and for a member newer than the schema.
std::string_view OptionTableName(OptionTableId id);

// The fields of a member's table; null for a member newer than the schema.
const flatbuffers::TypeTable* OptionTableType(OptionTableId id);

// The fields that a verified table holds, in the order of the schema.
std::vector<OptionField> ReadOptionFields(const flatbuffers::Table& table,
                                          const flatbuffers::TypeTable& type);

// The memory that they take, for a caller that has a limit.
size_t OptionFieldsBytes(const flatbuffers::Table& table, const flatbuffers::TypeTable& type);

// Appends the table to `builder` and returns its offset. Refused with kInvalidArgument: a field
// that the table does not have, a value of another kind, a number that the field cannot hold.
Result<uint32_t> WriteOptions(flatbuffers::FlatBufferBuilder& builder, const Options& options);

}  // namespace octolite
