// From YAML text to the program's own values with their lines: the only file that speaks with the YAML library.
#pragma once

#include "actors/rules/parameters.hpp"

#include <functional>

namespace rm {

/// What an environment variable holds; nothing when it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;
/// That of this process.
environment process_environment();

/// Reads one YAML document. `${NAME}` stands for an environment variable anywhere in a scalar, also in `{ flow maps }`, where YAML by
/// itself would not allow the braces; such scalars are marked hidden. Syntax errors, duplicate keys, keys that are no words, unset
/// variables and more than one document are problems; what could be read is returned all the same. A text that is not UTF-8 by its look, is
/// nested more than 40 levels deep, or holds more than 400 000 keys and values, or 20 000 keys in one mapping, is one problem with its line.
parameter read_yaml(std::string_view text, const environment& variables, problems& out);

} // namespace rm
