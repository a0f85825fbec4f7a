// The links of the journal's chain: what a line's link is made of. No clock, no database.
#pragma once

#include "messages/storage.hpp"

#include <array>
#include <string>
#include <string_view>

namespace rm {

/// One line's link, or the value before the first line.
using chain_link = std::array<unsigned char, 32>;

/// The link of a line behind `before`.
chain_link link_of(const chain_link& before, const journal_entry& line);
/// Lower case hexadecimal digits.
std::string hex(const chain_link& link);
/// Hexadecimal digits back; all zero for what is none.
chain_link unhex(std::string_view text);

/// A text's SHA-256 in hexadecimal digits.
std::string sha256_of(std::string_view text);

} // namespace rm
