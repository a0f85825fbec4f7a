// Changes of a configuration's text that leave everything else as it stands: comments, order, spelling. Only text is looked at here; whether
// the outcome is a good configuration the service says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// Where a value stands: keys from the top. An item of a list is named by its id: {"accounts", "id=126244", "rules", "max_contracts"}.
using config_path = std::vector<std::string>;

/// Sets a scalar, in block or in flow style; what is missing on the way to it is added (but for items of a list). The value is written as it
/// is given. Nothing when the way cannot be gone: an item that is not there, or a scalar where a map must be.
std::optional<std::string> set_value(std::string_view text, const config_path& where, std::string_view value);

/// The scalar there, without quotes and comment; nothing where there is none.
std::optional<std::string> value_at(std::string_view text, const config_path& where);

/// The keys of the map there, in their order; of a list the ids of its items.
std::vector<std::string> keys_at(std::string_view text, const config_path& where);

/// Adds an item to a list in block style, behind its last one: the first line gets the dash.
std::optional<std::string> add_item(std::string_view text, const config_path& list, const std::vector<std::string>& lines);

/// Takes an item out of a list in block style, with its comments inside.
std::optional<std::string> remove_item(std::string_view text, const config_path& list, std::string_view id);

/// A word that is safe as a YAML scalar: quoted where needed.
std::string yaml_word(std::string_view text);

/// The lines that differ, as "- old" and "+ new" with up to two equal lines around them; empty when all are equal.
std::vector<std::string> difference(std::string_view before, std::string_view after);

/// The same for two configurations, for eyes and terminals: keys are hidden, and a line says where one is new.
std::vector<std::string> shown_difference(std::string_view before, std::string_view after);

} // namespace rm
