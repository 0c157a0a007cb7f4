#pragma once

#include <string>
#include <vector>

namespace octolite::bench {

// What this machine can do at best with an instruction.
struct Peak {
  std::string name;
  double giga_per_second = 0;  // multiply-adds, or bytes read and written
};

// The limits of the kernels, each measured by a loop that does nothing else.
struct Roofline {
  std::vector<Peak> peaks;
  // Those of them that bound what is computed in float, in 8 bits, and what is merely moved.
  double float32 = 0;
  double int8 = 0;
  double bytes = 0;
};

Roofline MeasureRoofline();

}  // namespace octolite::bench
