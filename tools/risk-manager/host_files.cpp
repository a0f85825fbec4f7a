// What is the same on every platform.
#include "tools/risk-manager/host_files.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace rm {

folder_claim::folder_claim(const std::filesystem::path& folder) {
  const auto file = folder / "risk-manager.lock";
  for (int tries = 0; tries < 50; ++tries) {
    if (take(file))
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  throw std::runtime_error{"another risk-manager works with the data folder " + folder.string() + ": stop that one first, or give this one a data_dir of its own"};
}

} // namespace rm
