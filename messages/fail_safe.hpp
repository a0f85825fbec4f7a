// What is done for an account that is exposed and cannot be judged.
#pragma once

#include <cstdint>
#include <string_view>

namespace rm {

/// `flatten_if_unprotected`: flatten unless working stops at the venue cover the position.
enum class fail_safe_action : uint8_t { flatten_if_unprotected, flatten, alarm_only };
std::string_view name_of(fail_safe_action a);

} // namespace rm
