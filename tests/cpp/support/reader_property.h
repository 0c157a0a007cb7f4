#pragma once

#include <memory>
#include <string>

#include "model/model.h"

namespace octolite::testing {

// What holds for any bytes, however hostile: reading them ends in a Status, or in a model that the
// writer takes and that comes back the same from the file it writes. Returns what failed; "" when
// nothing did.
std::string CheckReaderProperty(ByteVector file);

// What holds for any model, valid or not: the writer refuses it with a message, or writes a file
// from which it comes back the same. `again`, where given, gets what came back; null when refused.
std::string CheckWriterProperty(const Model& model, std::shared_ptr<const Model>* again = nullptr);

}  // namespace octolite::testing
