#pragma once

#include <string>

#include "model/model.h"

namespace octolite::testing {

// What holds for any bytes, however hostile: reading them ends in a Status, or in a model that the
// writer takes and that comes back the same from the file it writes. Returns what failed; "" when
// nothing did.
std::string CheckReaderProperty(ByteVector file);

}  // namespace octolite::testing
