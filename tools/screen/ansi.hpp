// Lines with tones as text for a terminal, or for a file.
#pragma once

#include "actors/admin/status_words.hpp"

#include <string>
#include <vector>

namespace rm {

/// Each line with its end; with the terminal's own colours where wanted.
std::string ansi_text(const std::vector<frame_line>& lines, bool colour);

} // namespace rm
