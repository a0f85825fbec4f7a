// The trader's screen as lines of text with tones; printed plainly or drawn in colour.
#pragma once

#include "actors/admin/status_words.hpp"

#include <string>
#include <vector>

namespace rm {

/// Makes the frame from what the service said, at most `width` columns wide (60 at least).
std::vector<frame_line> status_frame(const status_view& status, std::size_t width);

/// The frame as text without colour, each line with its end.
std::string plain_text(const std::vector<frame_line>& frame);

} // namespace rm
