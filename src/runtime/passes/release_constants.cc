#include "runtime/passes/release_constants.h"

namespace octolite {

void ConstantReaders::Add(int32_t tensor, size_t slot) {
  constants_[tensor] = {slot, uses_.count(tensor), false};
}

std::optional<size_t> ConstantReaders::Done(int32_t tensor, bool keeps) {
  const auto found = constants_.find(tensor);
  if (found == constants_.end()) return std::nullopt;
  Constant& constant = found->second;
  constant.kept |= keeps;
  if (--constant.pending > 0 || constant.kept) return std::nullopt;
  const size_t slot = constant.slot;
  constants_.erase(found);
  return slot;
}

}  // namespace octolite
