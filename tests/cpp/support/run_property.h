#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/model.h"

namespace octolite::testing {

// What holds for any model that the reader accepts, however hostile: preparing it and running it on
// any input, twice, end in a Status within bounded memory and work, and the same inputs give the
// same outputs. `seed` chooses the arithmetic and the inputs. Returns what failed; "" when nothing
// did.
std::string CheckRunProperty(std::shared_ptr<const Model> model, uint64_t seed);

}  // namespace octolite::testing
