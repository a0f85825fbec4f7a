// How the status is put into words, signs and tones, whoever draws it.
#pragma once

#include "actors/admin/status_view.hpp"

#include <optional>
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

/// "1:02:03" or "2d 04:05:06"; "0:00:00" for what is not positive. For countdowns, so rounded up to whole seconds.
std::string countdown(duration left);

/// An amount with its thousands apart and a sign: "-1,234.50" or "+50.00"; "?" for "".
std::string signed_amount(std::string_view amount);

/// "[####......]": how much is used; full from 1 on.
std::string bar(double fraction, std::size_t cells);

/// Cuts UTF-8 text to so many columns, with ".." at the end where something is missing.
std::string cut_to(std::string_view text, std::size_t columns);

/// How many columns the text takes: two for what East Asian writing and most pictures need, none for what is put on top of a character.
std::size_t columns_of(std::string_view text);
/// Cut or filled with spaces to so many columns.
std::string padded(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

/// "?" for "".
std::string or_unknown(const std::string& text);
/// "14:23:15" UTC.
std::string clock_text(const std::optional<timestamp>& at);
/// The same with its day where that is another one than now's: "28 Nov 14:23:15".
std::string moment_text(timestamp at, timestamp now);
/// How long ago, as a countdown counts; "?" where nobody knows.
std::string age_text(const std::optional<timestamp>& since, timestamp now);
/// What came from outside must not steer the terminal.
std::string without_controls(std::string text);

/// A lock in two lines: who locked and until when; why, and what was tried against it.
std::vector<frame_line> lock_lines(const shown_lock& l, timestamp now);

tone tone_of_amount(const std::string& amount);
/// By the share of the limit that is used, and by what the rule says.
tone tone_of_rule(const shown_rule& r);
std::string sign_of_rule(const shown_rule& r);
/// False for a rule that is kept or not, and has nothing to count.
bool has_measure(const shown_rule& r);
/// "70.50 / 500.00", with the rule's state where that is not ok; the state alone where there is no measure.
std::string rule_figures(const shown_rule& r);

} // namespace rm
