#pragma once

#include <cstdint>

#include "model/model.h"

namespace octolite {

// A number for what statistics depend on: the tensors, operators and constants of a model, not its
// description or metadata. The same on every machine; not meant to withstand forgery. Never 0.
uint64_t ModelFingerprint(const Model& model);

}  // namespace octolite
