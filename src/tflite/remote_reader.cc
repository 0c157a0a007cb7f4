#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "schema/tflite_generated.h"
#include "tflite/reader.h"
#include "tflite/remote_buffer.h"

namespace octolite {
namespace {

using flatbuffers::soffset_t;
using flatbuffers::TypeTable;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr uint64_t kHeaderBytes = 8;  // offset of the root table, identifier
// What is cut out is a multiple of this, so that what remains is aligned as it was.
constexpr uint64_t kCutUnit = 16;
constexpr uint64_t kMaxBuffers = 1000000;
constexpr size_t kMaxReferences = 4000000;
constexpr int kMaxDepth = 64;

Status Damaged() {
  return Status(StatusCode::kInvalidModel,
                "the file is damaged: an offset or a length in it points outside of it")
      .WithHint("it may have been cut short: download or convert it again");
}

// Numbers here and there in a file that is not in memory. Files list their buffers between the
// data, so that a page is read for a few numbers each.
class PagedFile {
 public:
  explicit PagedFile(const ByteSource& file) : file_(file) {}

  // The number at a place; 0 once something failed.
  template <typename T>
  T At(uint64_t position) {
    std::array<uint8_t, sizeof(T)> bytes{};
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = Byte(position + i);
    return flatbuffers::ReadScalar<T>(bytes.data());
  }
  uint64_t Follow(uint64_t position) { return position + At<uoffset_t>(position); }
  // Of a table's field; 0 where the table does not have it.
  uint64_t Field(uint64_t table, voffset_t field) {
    const auto vtable = static_cast<uint64_t>(static_cast<int64_t>(table) - At<soffset_t>(table));
    if (field + sizeof(voffset_t) > At<voffset_t>(vtable)) return 0;
    const auto offset = At<voffset_t>(vtable + field);
    return offset == 0 ? 0 : table + offset;
  }

  const Status& status() const { return status_; }

 private:
  static constexpr uint64_t kPageBytes = 4096;
  static constexpr size_t kMaxPages = 256;

  uint8_t Byte(uint64_t position) {
    if (!status_.ok()) return 0;
    if (position >= file_.size()) {
      status_ = Damaged();
      return 0;
    }
    const uint64_t page = position / kPageBytes;
    auto found = pages_.find(page);
    if (found == pages_.end()) {
      if (pages_.size() >= kMaxPages) pages_.clear();
      const uint64_t begin = page * kPageBytes;
      ByteVector bytes(static_cast<size_t>(std::min(kPageBytes, file_.size() - begin)));
      status_ = file_.Read(begin, bytes);
      if (!status_.ok()) return 0;
      found = pages_.emplace(page, std::move(bytes)).first;
    }
    return found->second[static_cast<size_t>(position % kPageBytes)];
  }

  const ByteSource& file_;
  std::map<uint64_t, ByteVector> pages_;
  Status status_;
};

// The data of a buffer, as far as it is large.
struct Extent {
  size_t buffer = 0;
  uint64_t begin = 0;
  uint64_t size = 0;
};

Result<std::vector<Extent>> FindLargeBuffers(const ByteSource& file, size_t remote_bytes) {
  std::vector<Extent> extents;
  PagedFile pages(file);
  const uint64_t buffers = pages.Field(pages.Follow(0), schema::Model::VT_BUFFERS);
  OCTO_RETURN_IF_ERROR(pages.status());
  if (buffers == 0) return extents;
  const uint64_t list = pages.Follow(buffers);
  const uint64_t count = pages.At<uoffset_t>(list);
  if (count > kMaxBuffers) return Damaged();
  for (uint64_t i = 0; i < count && pages.status().ok(); ++i) {
    const uint64_t table = pages.Follow(list + sizeof(uoffset_t) * (1 + i));
    const uint64_t data = pages.Field(table, schema::Buffer::VT_DATA);
    if (data == 0) continue;
    const uint64_t vector = pages.Follow(data);
    const uint64_t size = pages.At<uoffset_t>(vector);
    const uint64_t begin = vector + sizeof(uoffset_t);
    if (size < remote_bytes) continue;
    if (begin > file.size() || size > file.size() - begin) return Damaged();
    extents.push_back({static_cast<size_t>(i), begin, size});
  }
  OCTO_RETURN_IF_ERROR(pages.status());
  return extents;
}

// The file without the data of large buffers. Places are those of the whole file until Finish.
class Skeleton {
 public:
  Status Load(const ByteSource& file, std::span<const Extent> extents) {
    std::map<uint64_t, uint64_t> by_begin;
    for (const Extent& extent : extents) {
      const auto [known, is_new] = by_begin.try_emplace(extent.begin, extent.size);
      if (!is_new && known->second != extent.size) return Damaged();
    }
    uint64_t removed = 0;
    for (const auto& [begin, size] : by_begin) {
      if (!cuts_.empty() && begin < cuts_.back().end) return Damaged();
      const uint64_t end = begin + size / kCutUnit * kCutUnit;
      removed += end - begin;
      cuts_.push_back({begin, end, removed});
      // The vector keeps its last bytes.
      lengths_.push_back(begin - sizeof(uoffset_t));
    }
    file_size_ = file.size();
    const uint64_t local = file_size_ - removed;
    void* probe = std::malloc(static_cast<size_t>(local));
    std::free(probe);
    if (local > kMaxLocalBytes || probe == nullptr) {
      return Status(StatusCode::kUnsupportedModel,
                    std::to_string(local) +
                        " bytes of the file are something else than large constants, which is "
                        "more than can be held in memory")
          .WithHint("load the model as a whole");
    }
    image_.resize(static_cast<size_t>(local));
    return Fill(file);
  }

  // Corrects every reference that leads across a cut.
  Status Walk() {
    const uint64_t root = Reference(0);
    WalkTable(root, *schema::ModelTypeTable(), 0);
    return damaged_ ? Damaged() : Status::Ok();
  }

  std::shared_ptr<const ByteVector> Finish() {
    for (const Patch& patch : patches_) {
      flatbuffers::WriteScalar(image_.data() + patch.position, patch.value);
    }
    for (const uint64_t length : lengths_) {
      const std::optional<size_t> place = Place(length, sizeof(uoffset_t));
      if (!place) continue;
      const auto size = flatbuffers::ReadScalar<uoffset_t>(image_.data() + *place);
      flatbuffers::WriteScalar(image_.data() + *place, static_cast<uoffset_t>(size % kCutUnit));
    }
    return std::make_shared<const ByteVector>(std::move(image_));
  }

 private:
  struct Cut {
    uint64_t begin = 0;
    uint64_t end = 0;
    uint64_t removed = 0;  // with this one and all before it
  };
  struct Patch {
    size_t position = 0;
    uint32_t value = 0;
  };

  Status Fill(const ByteSource& file) {
    uint64_t from = 0;
    size_t to = 0;
    const auto copy_until = [&](uint64_t end) {
      const auto count = static_cast<size_t>(end - from);
      const Status status = file.Read(from, std::span(image_).subspan(to, count));
      to += count;
      return status;
    };
    for (const Cut& cut : cuts_) {
      OCTO_RETURN_IF_ERROR(copy_until(cut.begin));
      from = cut.end;
    }
    return copy_until(file_size_);
  }

  // Where bytes of the file are in the image; nothing if they are not all there, side by side.
  std::optional<size_t> Place(uint64_t position, uint64_t bytes) const {
    if (position > file_size_ || bytes > file_size_ - position) return std::nullopt;
    const auto next = std::upper_bound(cuts_.begin(), cuts_.end(), position,
                                       [](uint64_t at, const Cut& cut) { return at < cut.begin; });
    if (next != cuts_.end() && position + bytes > next->begin) return std::nullopt;
    if (next == cuts_.begin()) return static_cast<size_t>(position);
    const Cut& last = *std::prev(next);
    if (position < last.end) return std::nullopt;
    return static_cast<size_t>(position - last.removed);
  }

  // The bytes must be side by side in the image as well.
  void Require(uint64_t position, uint64_t bytes) {
    if (!damaged_ && !Place(position, bytes)) damaged_ = true;
  }

  template <typename T>
  T At(uint64_t position) {
    const std::optional<size_t> place = Place(position, sizeof(T));
    if (place) return flatbuffers::ReadScalar<T>(image_.data() + *place);
    damaged_ = true;
    return 0;
  }

  // `to` is referred to by a number at `at` that says how far `to` lies behind `from`.
  void Correct(uint64_t at, uint64_t from, uint64_t to) {
    const std::optional<size_t> place = Place(at, sizeof(uint32_t));
    const std::optional<size_t> place_from = Place(from, 1);
    const std::optional<size_t> place_to = Place(to, 1);
    if (!place || !place_from || !place_to || ++references_ > kMaxReferences) {
      damaged_ = true;
      return;
    }
    const auto distance = static_cast<int64_t>(*place_to) - static_cast<int64_t>(*place_from);
    if (distance == static_cast<int64_t>(to) - static_cast<int64_t>(from)) return;
    patches_.push_back({*place, static_cast<uint32_t>(distance)});
  }

  uint64_t Reference(uint64_t at) {
    const uint64_t to = at + At<uoffset_t>(at);
    if (!damaged_) Correct(at, at, to);
    return to;
  }

  void WalkTable(uint64_t table, const TypeTable& type, int depth) {
    const auto vtable = static_cast<uint64_t>(static_cast<int64_t>(table) - At<soffset_t>(table));
    if (depth > kMaxDepth) damaged_ = true;
    if (!damaged_) Correct(table, vtable, table);
    const size_t vtable_bytes = damaged_ ? 0 : At<voffset_t>(vtable);
    Require(vtable, vtable_bytes);
    for (size_t i = 0; !damaged_ && i < type.num_elems; ++i) {
      const size_t entry = (2 + i) * sizeof(voffset_t);
      if (entry + sizeof(voffset_t) > vtable_bytes) break;
      const auto offset = At<voffset_t>(vtable + entry);
      if (offset == 0) continue;
      Require(table, offset + FieldBytes(type.type_codes[i]));
      if (!damaged_) WalkField(table, vtable, i, table + offset, type, depth);
    }
  }

  static size_t FieldBytes(const flatbuffers::TypeCode& code) {
    const auto element = static_cast<flatbuffers::ElementaryType>(code.base_type);
    const bool refers = code.is_repeating || element == flatbuffers::ET_SEQUENCE;
    return refers ? sizeof(uoffset_t) : flatbuffers::InlineSize(element, nullptr);
  }

  void WalkField(uint64_t table, uint64_t vtable, size_t index, uint64_t field,
                 const TypeTable& type, int depth) {
    const flatbuffers::TypeCode code = type.type_codes[index];
    const auto element = static_cast<flatbuffers::ElementaryType>(code.base_type);
    const bool is_sequence = element == flatbuffers::ET_SEQUENCE;
    if (!code.is_repeating && !is_sequence && element != flatbuffers::ET_STRING) return;
    const uint64_t to = Reference(field);
    const TypeTable* target =
        is_sequence && code.sequence_ref >= 0 ? type.type_refs[code.sequence_ref]() : nullptr;
    const bool is_text = !code.is_repeating && element == flatbuffers::ET_STRING;
    if (code.is_repeating || is_text) {
      if (std::binary_search(lengths_.begin(), lengths_.end(), to)) {
        // A buffer's own data is what is meant to be gone.
        if (&type.type_codes[index] != schema::BufferTypeTable()->type_codes) damaged_ = true;
        return;
      }
      const uint64_t items = damaged_ ? 0 : At<uoffset_t>(to);
      const size_t item_bytes = is_text ? 1 : flatbuffers::InlineSize(element, target);
      Require(to, sizeof(uoffset_t) + items * item_bytes);
      const bool refers = !is_text && (is_sequence || element == flatbuffers::ET_STRING);
      const uint64_t count = refers ? items : 0;
      for (uint64_t i = 0; i < count && !damaged_; ++i) {
        const uint64_t item = Reference(to + sizeof(uoffset_t) * (1 + i));
        if (target != nullptr && !damaged_) WalkTable(item, *target, depth + 1);
      }
    } else if (target != nullptr && target->st == flatbuffers::ST_UNION) {
      // The member's number is in the field before; the flatbuffers verifier skips unknown ones
      // too.
      const auto number = At<voffset_t>(vtable + (1 + index) * sizeof(voffset_t));
      const size_t member = number == 0 || damaged_ ? 0 : At<uint8_t>(table + number);
      if (member == 0 || member >= target->num_elems) return;
      const TypeTable* of_member = target->type_refs[target->type_codes[member].sequence_ref]();
      WalkTable(to, *of_member, depth + 1);
    } else if (target != nullptr && !damaged_) {
      WalkTable(to, *target, depth + 1);
    }
  }

  std::vector<Cut> cuts_;
  std::vector<uint64_t> lengths_;
  uint64_t file_size_ = 0;
  ByteVector image_;
  std::vector<Patch> patches_;
  size_t references_ = 0;
  bool damaged_ = false;
};

}  // namespace

Result<Model> ReadRemoteModel(const std::shared_ptr<const ByteSource>& file, size_t remote_bytes) {
  if (file->size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return FileTooLarge();
  ByteVector header(static_cast<size_t>(std::min(file->size(), kHeaderBytes)));
  OCTO_RETURN_IF_ERROR(file->Read(0, header));
  if (header.size() < kHeaderBytes || !schema::ModelBufferHasIdentifier(header.data())) {
    return ReadModel(std::move(header));  // which says what else it looks like
  }
  OCTO_ASSIGN_OR_RETURN(const std::vector<Extent> extents,
                        FindLargeBuffers(*file, std::max(remote_bytes, size_t{1})));
  Skeleton skeleton;
  OCTO_RETURN_IF_ERROR(skeleton.Load(*file, extents));
  if (!extents.empty()) OCTO_RETURN_IF_ERROR(skeleton.Walk());
  std::vector<RemoteBuffer> remote;
  for (const Extent& extent : extents) {
    remote.push_back(
        {extent.buffer, ByteSlice(file, extent.begin, static_cast<size_t>(extent.size))});
  }
  return ReadSkeleton(skeleton.Finish(), std::move(remote));
}

}  // namespace octolite
