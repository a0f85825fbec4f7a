#include "tools/risk-manager/process_memory.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace rm {

void keep_freed_memory() {
  constexpr int kept = 8 << 20;
  mallopt(M_TRIM_THRESHOLD, kept);
  mallopt(M_MMAP_THRESHOLD, kept); // larger ones come and go by themselves, as before
}

void use_large_pages(std::size_t accounts) {
  constexpr std::size_t many = 500;
  const char* set = std::getenv("GLIBC_TUNABLES");
  std::string tunables = set != nullptr ? set : "";
  if (accounts < many || tunables.find("glibc.malloc.hugetlb") != std::string::npos)
    return; // few, or this is the second beginning, or somebody has decided otherwise
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');)
    words.push_back(word);
  if (words.empty())
    return;
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  tunables += std::string{tunables.empty() ? "" : ":"} + "glibc.malloc.hugetlb=1";
  ::setenv("GLIBC_TUNABLES", tunables.c_str(), 1);
  ::execv("/proc/self/exe", arguments.data()); // comes back only where it cannot be
}

} // namespace rm
