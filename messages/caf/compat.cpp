#include "messages/caf/compat.hpp"

#include "messages/caf/registration.hpp"

#include <caf/message.hpp>
#include <caf/to_string.hpp>

namespace rm {

caf::error crash_report(std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return caf::make_error(ec::crashed, std::string{e.what()});
  } catch (...) {
    return caf::make_error(ec::crashed, std::string{"something that is not a std::exception"});
  }
}

std::string text_of(const caf::error& error) {
  if (!error)
    return "";
  if (error.category() == caf::atom("rm")) {
    std::string text = to_string(static_cast<ec>(error.code()));
    if (error.context().match_elements<std::string>())
      text = error.context().get_as<std::string>(0);
    return text;
  }
  return to_string(error);
}

} // namespace rm
