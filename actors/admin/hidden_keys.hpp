// Keys that are written out in a configuration's text: hidden before the text is shown, put back where they were when it returns.
// Works on the text, not on the YAML tree, for what is shown may be wrong YAML, and its comments stay.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rm {

/// What stands in the place of a key that is written out in the file.
constexpr std::string_view hidden_key = "<hidden>";

/// The text with every written-out api_key hidden, in whatever way YAML lets it be written. `${NAME}` stays: it is no secret.
std::string without_keys(std::string_view text);

/// The other way: puts the keys of `original` back where `text` has them hidden, in their order. Nothing when there are more than
/// `original` has, or others between them: nobody must be able to send a key to another address by moving lines.
std::optional<std::string> with_keys(std::string_view text, std::string_view original);

} // namespace rm
