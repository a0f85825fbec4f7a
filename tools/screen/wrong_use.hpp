// The command line does not make sense; exit code 2.
#pragma once

#include <stdexcept>

namespace rm {

struct wrong_use : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace rm
