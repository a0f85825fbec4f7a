// What memory the process has, for the benchmark programs. Linux; 0 elsewhere.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace rm::bench {

inline double resident_mb() {
  double kb = 0;
  char line[256];
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    while (std::fgets(line, sizeof line, status))
      if (std::strncmp(line, "VmRSS:", 6) == 0)
        kb = std::atof(line + 6);
    std::fclose(status);
  }
  return kb / 1024;
}

} // namespace rm::bench
