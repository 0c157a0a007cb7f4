#include "support/golden.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include "support/source_path.h"

namespace octolite::testing {
namespace {

// Reads front to back; running out of bytes is a damaged file.
class Cursor {
 public:
  Cursor(std::string path, ByteVector bytes) : path_(std::move(path)), bytes_(std::move(bytes)) {}

  template <typename T>
  T Number() {
    T value;
    std::memcpy(&value, Take(sizeof(T)), sizeof(T));
    return value;
  }
  ByteVector Bytes(size_t count) {
    const uint8_t* start = Take(count);
    return ByteVector(start, start + count);
  }
  std::string Text(size_t count) {
    return std::string(reinterpret_cast<const char*>(Take(count)), count);
  }
  std::string String() { return Text(Number<uint16_t>()); }
  bool at_end() const { return position_ == bytes_.size(); }
  [[noreturn]] void Damaged(const char* what) const {
    std::fprintf(stderr, "%s, byte %zu: %s\n", path_.c_str(), position_, what);
    std::abort();
  }

 private:
  const uint8_t* Take(size_t count) {
    if (count > bytes_.size() - position_) Damaged("the file ends too early");
    const uint8_t* start = bytes_.data() + position_;
    position_ += count;
    return start;
  }

  std::string path_;
  ByteVector bytes_;
  size_t position_ = 0;
};

GoldenTensor ReadTensor(Cursor& cursor, bool is_output) {
  GoldenTensor tensor;
  tensor.type = static_cast<DataType>(cursor.Number<int8_t>());
  std::vector<int32_t> dims(cursor.Number<uint8_t>());
  for (int32_t& dim : dims) dim = cursor.Number<int32_t>();
  const auto shape = Shape::Make(dims);
  if (!shape) cursor.Damaged("not a shape");
  tensor.shape = *shape;
  const auto bytes = cursor.Number<uint32_t>();
  const bool same = !is_output || cursor.Number<uint8_t>() == 1;
  tensor.bytes = cursor.Bytes(bytes);
  tensor.reference = same ? tensor.bytes : cursor.Bytes(bytes);
  return tensor;
}

GoldenCase ReadCase(Cursor& cursor) {
  GoldenCase golden;
  golden.name = cursor.String();
  const auto flags = cursor.Number<uint8_t>();
  golden.by_xnnpack = (flags & 1) != 0;
  golden.has_reference = (flags & 2) != 0;
  golden.runs = 1 + (flags >> 4);
  golden.model = cursor.Bytes(cursor.Number<uint32_t>());
  golden.inputs.resize(cursor.Number<uint8_t>());
  for (GoldenTensor& tensor : golden.inputs) tensor = ReadTensor(cursor, false);
  golden.outputs.resize(cursor.Number<uint8_t>());
  for (GoldenTensor& tensor : golden.outputs) tensor = ReadTensor(cursor, true);
  return golden;
}

}  // namespace

std::vector<std::string> GoldenFiles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(SourcePath("tests/golden"))) {
    if (entry.path().extension() == ".bin") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<GoldenCase> ReadGoldens(std::string_view file) {
  const std::string path = SourcePath("tests/golden/" + std::string(file) + ".bin");
  std::ifstream stream(path, std::ios::binary);
  Cursor cursor(path, ByteVector(std::istreambuf_iterator<char>(stream), {}));
  if (cursor.Text(8) != "OCTGOLD1") cursor.Damaged("not a file of goldens");
  cursor.String();  // the peer
  std::vector<GoldenCase> cases(cursor.Number<uint32_t>());
  for (GoldenCase& golden : cases) golden = ReadCase(cursor);
  if (!cursor.at_end()) cursor.Damaged("more bytes than cases");
  return cases;
}

}  // namespace octolite::testing
