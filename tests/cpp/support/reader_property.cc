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
  Result<ByteVector> written = WriteModel(*model);
  if (!written.ok()) {
    const bool allowed = !model->unknown_parts.empty();
    return allowed ? "" : "read but not written: " + written.status().ToString();
  }
  Result<Model> again = ReadModel(std::move(*written));
  if (!again.ok()) return "written but not read: " + again.status().ToString();
  return FirstDifference(*model, *again);
}

}  // namespace octolite::testing
