// What a terminal sends, as keys. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rm {

enum class key : unsigned char { character, enter, tab, backspace, erase, escape, up, down, left, right, home, end, page_up, page_down, interrupt, end_of_input, other };

struct key_press {
  rm::key key = rm::key::other;
  std::string text; // of a character: one, as UTF-8
};

/// Cuts what was read into keys. A sequence that is not complete stays in `bytes` for the next read; a lone escape at the end is the key
/// itself: a terminal writes its sequences in one piece.
std::vector<key_press> take_keys(std::string& bytes);

} // namespace rm
