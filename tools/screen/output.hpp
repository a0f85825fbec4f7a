// Standard output can fail: a full disk, a file that is closed. Who asked must not take half an answer for the whole.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string_view>

namespace rm {

/// Whether all that was written to standard output has arrived; if not, says so on standard error. For a program's end, and before it waits.
inline bool output_arrived(std::string_view program) {
  errno = 0;
  std::cout.flush();
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout;
  if (failed)
    std::cerr << program << ": what it had to say could not be written to standard output" << (errno != 0 ? std::string{": "} + std::strerror(errno) : std::string{})
              << "; what it did is done all the same\n";
  return !failed;
}

} // namespace rm
