#include "tflite/file_extent.h"

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <utility>

#include "schema/tflite_generated.h"

namespace octolite {
namespace {

using flatbuffers::ReadScalar;
using flatbuffers::TypeTable;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr size_t kMaxUnknownParts = 16;

class Walker {
 public:
  explicit Walker(std::span<const uint8_t> file) : file_(file) {}

  FileExtent Walk() {
    extent_.end = sizeof(uoffset_t) * 2;  // root offset and identifier
    WalkTable(ReadScalar<uoffset_t>(file_.data()), *schema::ModelTypeTable(), "");
    extent_.end = std::min(extent_.end, file_.size());
    return std::move(extent_);
  }

 private:
  // A step of the path from the root, kept on the stack and spelt out only when it is needed.
  struct Path {
    const Path* parent = nullptr;
    const char* name = "";
    int64_t index = -1;
  };

  template <typename T>
  T Read(size_t position) const {
    return ReadScalar<T>(file_.data() + position);
  }
  size_t Follow(size_t position) const { return position + Read<uoffset_t>(position); }
  void Reach(size_t end) { extent_.end = std::max(extent_.end, end); }

  static std::string Spell(const Path& path) {
    std::string text = path.parent == nullptr ? "" : Spell(*path.parent);
    if (!text.empty() && *path.name != '\0') text += '.';
    text += path.name;
    if (path.index >= 0) text += "[" + std::to_string(path.index) + "]";
    return text;
  }
  void Unknown(const Path& path, const std::string& what) {
    if (extent_.unknown_parts.size() >= kMaxUnknownParts) return;
    const std::string place = Spell(path);
    extent_.unknown_parts.push_back(place.empty() ? what : place + ", " + what);
  }

  void WalkTable(size_t table, const TypeTable& type, const Path& path) {
    const size_t vtable = VtableOf(table);
    const size_t fields = FieldCount(vtable);
    const size_t vtable_bytes = Read<voffset_t>(vtable);
    Reach(vtable + vtable_bytes);
    // The verifier lets a vtable pass that ends before the size of its table.
    if (vtable_bytes >= 2 * sizeof(voffset_t)) {
      Reach(table + Read<voffset_t>(vtable + sizeof(voffset_t)));
    }
    for (size_t i = 0; i < fields; ++i) {
      const size_t offset = FieldOffset(vtable, i);
      if (offset == 0) continue;
      if (i >= type.num_elems) {
        Unknown(path, "field " + std::to_string(i));
      } else {
        WalkField(table, i, table + offset, type, Path{&path, type.names[i], -1});
      }
    }
  }

  void WalkTable(size_t table, const TypeTable& type, const char* name) {
    WalkTable(table, type, Path{nullptr, name, -1});
  }

  void WalkField(size_t table, size_t index, size_t field, const TypeTable& type,
                 const Path& path) {
    const flatbuffers::TypeCode code = type.type_codes[index];
    const auto element = static_cast<flatbuffers::ElementaryType>(code.base_type);
    const TypeTable* target = code.sequence_ref < 0 ? nullptr : type.type_refs[code.sequence_ref]();
    if (code.is_repeating) {
      WalkVector(Follow(field), element, target, path);
    } else if (element == flatbuffers::ET_STRING) {
      WalkString(Follow(field));
    } else if (element == flatbuffers::ET_SEQUENCE) {
      if (target->st == flatbuffers::ST_UNION) {
        // The member's number is in the field before.
        const size_t member = FieldOffset(VtableOf(table), index - 1);
        WalkUnion(Follow(field), member == 0 ? 0 : Read<uint8_t>(table + member), *target, path);
      } else {
        WalkTable(Follow(field), *target, path);
      }
    }
  }

  void WalkString(size_t text) { Reach(text + sizeof(uoffset_t) + Read<uoffset_t>(text) + 1); }

  void WalkVector(size_t vector, flatbuffers::ElementaryType element, const TypeTable* target,
                  const Path& path) {
    const size_t count = Read<uoffset_t>(vector);
    const size_t items = vector + sizeof(uoffset_t);
    // An enum's type table stands for its integer.
    const bool tables = element == flatbuffers::ET_SEQUENCE;
    Reach(items + count * flatbuffers::InlineSize(element, target));
    for (size_t i = 0; tables && i < count; ++i) {
      WalkTable(Follow(items + i * sizeof(uoffset_t)), *target,
                Path{path.parent, path.name, static_cast<int64_t>(i)});
    }
    for (size_t i = 0; element == flatbuffers::ET_STRING && i < count; ++i) {
      WalkString(Follow(items + i * sizeof(uoffset_t)));
    }
  }

  void WalkUnion(size_t value, uint8_t member, const TypeTable& members, const Path& path) {
    if (member == 0) return;
    if (member < members.num_elems) {
      WalkTable(value, *members.type_refs[members.type_codes[member].sequence_ref](), path);
      return;
    }
    // The verifier skips what it does not know, so nothing here is checked yet.
    if (IsEmptyTable(value)) {
      Reach(value + sizeof(uoffset_t));
      Reach(VtableOf(value) + Read<voffset_t>(VtableOf(value)));
    } else {
      Unknown(path, "member " + std::to_string(member));
    }
  }

  bool InFile(size_t position, size_t bytes, size_t alignment) const {
    return position % alignment == 0 && position <= file_.size() &&
           bytes <= file_.size() - position;
  }

  bool IsEmptyTable(size_t table) const {
    if (!InFile(table, sizeof(uoffset_t), sizeof(uoffset_t))) return false;
    const size_t vtable = VtableOf(table);
    if (!InFile(vtable, 2 * sizeof(voffset_t), sizeof(voffset_t))) return false;
    if (!InFile(vtable, Read<voffset_t>(vtable), 1)) return false;
    for (size_t i = 0; i < FieldCount(vtable); ++i) {
      if (FieldOffset(vtable, i) != 0) return false;
    }
    return true;
  }

  // A wrong offset wraps to a position that InFile refuses.
  size_t VtableOf(size_t table) const {
    return static_cast<size_t>(static_cast<int64_t>(table) - Read<flatbuffers::soffset_t>(table));
  }
  size_t FieldCount(size_t vtable) const {
    const size_t bytes = Read<voffset_t>(vtable);
    return bytes < 4 ? 0 : (bytes - 4) / sizeof(voffset_t);
  }
  size_t FieldOffset(size_t vtable, size_t index) const {
    if (index >= FieldCount(vtable)) return 0;
    return Read<voffset_t>(vtable + 4 + index * sizeof(voffset_t));
  }

  std::span<const uint8_t> file_;
  FileExtent extent_;
};

}  // namespace

FileExtent MeasureFlatbuffer(std::span<const uint8_t> file) { return Walker(file).Walk(); }

}  // namespace octolite
