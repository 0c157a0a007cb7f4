#include "support/reader_property.h"

#include <utility>

#include "support/compare_models.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite::testing {

std::string CheckReaderProperty(ByteVector file) {
  Result<Model> model = ReadModel(std::move(file));
  if (!model.ok()) {
    return model.status().message().empty() ? "refused without a message" : "";
  }
  std::shared_ptr<const Model> again;
  std::string failure = CheckWriterProperty(*model, &again);
  if (!failure.empty() || again || !model->unknown_parts.empty()) return failure;
  return "read but not written";
}

std::string CheckWriterProperty(const Model& model, std::shared_ptr<const Model>* again) {
  Result<ByteVector> written = WriteModel(model);
  if (!written.ok()) return written.status().message().empty() ? "refused without a message" : "";
  Result<Model> read = ReadModel(std::move(*written));
  if (!read.ok()) return "written but not read: " + read.status().ToString();
  std::string difference = FirstDifference(model, *read);
  if (again) *again = std::make_shared<const Model>(std::move(*read));
  return difference;
}

}  // namespace octolite::testing
