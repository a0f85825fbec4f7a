// The seed of the tests that roll dice: RM_SEED, else always the same, so that what is tested for a landing does not depend on luck.
// `tools/test explore` goes further with seeds of the day. Who uses it says the seed when something fails.
#pragma once

#include <cstdlib>

namespace rm::test {

inline unsigned seed_of_this_run() {
  const char* given = std::getenv("RM_SEED");
  return given ? static_cast<unsigned>(std::strtoull(given, nullptr, 10)) : 1;
}

} // namespace rm::test
