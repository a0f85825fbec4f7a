// libFuzzer's door into a target.
#include "tests/fuzz/target.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  run_target({reinterpret_cast<const char*>(data), size});
  return 0;
}
