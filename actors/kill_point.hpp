// Named points at which a test has the process killed. Only the test's own build of the service has them (tests/kill_points); in
// every other the macro is nothing.
#pragma once

#ifdef RM_KILL_POINTS

#include "messages/enforcement.hpp"

#include <string_view>

namespace rm {

/// SIGKILL to ourselves when this point, or this point with this `of`, is the armed one.
void kill_point(std::string_view name, std::string_view of = {});

/// What kind of news it is, in one word.
std::string_view word_of(const venue_event& event);

} // namespace rm

/// RM_KILL_POINT("place.moment") or RM_KILL_POINT("place.moment", kind): the arguments are not even looked at in other builds.
#define RM_KILL_POINT(...) ::rm::kill_point(__VA_ARGS__)

#else
#define RM_KILL_POINT(...) static_cast<void>(0)
#endif
