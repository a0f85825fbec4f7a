// The error codes that actors answer with.
#pragma once

#include <cstdint>
#include <string>

namespace rm {

enum class ec : uint8_t {
  none = 0,     // no error
  crashed,      // an exception ended the actor; the text is in the context
  rejected,     // refused with a reason
  unknown_name, // an account, rule or actor of that name does not exist
  not_ready,    // the one who could answer is not there at the moment
  storage,      // could not be written or read
};

std::string to_string(ec code);

} // namespace rm
