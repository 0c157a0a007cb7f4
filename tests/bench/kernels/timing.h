#pragma once

#include <functional>

namespace octolite::bench {

// Seconds that a call takes when nothing else disturbs it: the tenth percentile of many samples of
// a millisecond or more, after so many calls that the engine has compiled them for speed.
double SecondsOf(const std::function<void()>& call);

}  // namespace octolite::bench
