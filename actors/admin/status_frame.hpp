// The trader's screen as lines of text with tones; printed plainly or drawn in colour.
#pragma once

#include "actors/admin/status_view.hpp"

#include <string>
#include <vector>

namespace rm {

/// What a colour is for. Every tone but `plain` and `faint` also shows as a sign in the text, so nothing depends on colours.
enum class tone : uint8_t { plain, faint, heading, good, caution, bad };

struct frame_piece {
  std::string text; // UTF-8
  rm::tone tone = rm::tone::plain;
};

using frame_line = std::vector<frame_piece>;

/// Makes the frame from what the service said, at most `width` columns wide (60 at least).
std::vector<frame_line> status_frame(const status_view& status, std::size_t width);

/// The frame as text without colour, each line with its end.
std::string plain_text(const std::vector<frame_line>& frame);

/// "1:02:03" or "2d 04:05:06"; "0:00:00" for what is not positive. For countdowns, so rounded up to whole seconds.
std::string countdown(duration left);

/// An amount with its thousands apart and a sign: "-1,234.50" or "+50.00"; "?" for "".
std::string signed_amount(std::string_view amount);

/// "[####......]": how much is used; full from 1 on.
std::string bar(double fraction, std::size_t cells);

/// Cuts UTF-8 text to so many columns, each character counted as one, with ".." at the end where something is missing.
std::string cut_to(std::string_view text, std::size_t columns);

} // namespace rm
