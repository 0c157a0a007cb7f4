#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace octolite {

// The numbers of a FlexBuffers map, which is how custom operators keep their options: integers,
// floats and booleans by their names. Other values are left out. Any bytes may be given.
class FlexbufferMap {
 public:
  // Nothing when the bytes are not a map.
  static std::optional<FlexbufferMap> Parse(std::span<const uint8_t> bytes);

  std::optional<double> Number(std::string_view name) const;

 private:
  // Names are slices of the bytes.
  std::vector<std::pair<std::string_view, double>> numbers_;
};

}  // namespace octolite
