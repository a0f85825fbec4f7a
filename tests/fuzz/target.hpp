// What a fuzz target is. The same function is fed by libFuzzer (fuzz_main.cpp) and, with the kept corpus, by the normal tests
// (replay_main.cpp).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

/// Takes bytes that may be anything; ends the process where something is not as it must be.
void run_target(std::string_view bytes);

namespace rm::fuzz {

/// Must hold, whatever was read. `what` must not quote the input.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "not as it must be: %s\n", what);
  std::abort();
}

/// Takes one byte off the front; 0 when there is none.
inline unsigned take_byte(std::string_view& bytes) {
  if (bytes.empty())
    return 0;
  const auto first = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  return first;
}

} // namespace rm::fuzz
