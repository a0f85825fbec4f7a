// Lines that are longer than the room go on in the next one: nothing of a lock or an alarm is cut off.
#pragma once

#include "actors/admin/status_words.hpp"

namespace rm {

/// Breaks between words, and within a word only where one is longer than the room; what goes on is indented by so many columns, where there
/// is room for that.
std::vector<frame_line> wrapped(const std::vector<frame_line>& lines, std::size_t width, std::size_t indent = 5);

} // namespace rm
