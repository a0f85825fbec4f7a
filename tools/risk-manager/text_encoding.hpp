// How a text that somebody has saved is encoded. We read UTF-8, with or without its mark; editors and shells on Windows write others, too.
#pragma once

#include "actors/rules/parameters.hpp"

#include <optional>
#include <string_view>

namespace rm {

/// What keeps the text from being read, with its line and what to do: UTF-16, UTF-32 (by their marks, or by the zero bytes of a first letter),
/// or a zero byte somewhere.
std::optional<problem> encoding_problem(std::string_view text);

/// The text behind UTF-8's mark, where it has one.
std::string_view without_mark(std::string_view text);

} // namespace rm
