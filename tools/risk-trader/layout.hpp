// The trader's screen put together: which panels stand where at which size of the terminal. Pure.
#pragma once

#include "tools/risk-trader/panels.hpp"

#include <ftxui/dom/elements.hpp>

namespace rm {

enum class theme : uint8_t { dark, light, plain };

/// At least 100 columns: two columns; below: one. What does not fit can be scrolled to; scrolling ends at the last line.
/// `s.account` beyond the last account shows the last.
ftxui::Element lay_out(const screen_state& s, std::size_t columns, std::size_t rows, theme colours);

/// How far it can be scrolled at that size.
int most_scroll(const screen_state& s, std::size_t columns, std::size_t rows);

/// The same as text with the terminal's colour codes, each line at its place; for tests without colours: theme::plain.
std::string render(const screen_state& s, std::size_t columns, std::size_t rows, theme colours);

} // namespace rm
