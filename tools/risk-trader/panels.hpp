// What the trader's screen says, panel by panel, as lines of text with tones. Pure: status in, lines out.
#pragma once

#include "actors/admin/status_frame.hpp"
#include "tools/risk-trader/history.hpp"

#include <string>
#include <vector>

namespace rm {

/// All that the screen shows.
struct screen_state {
  std::optional<status_view> status;
  timestamp now{};           // the service's clock, moved on since it spoke last
  duration age{};            // since it spoke last
  std::string trouble;       // why it is away; empty: it is there
  bool live = false;         // it tells by itself (push), not when asked
  history past;
  std::size_t account = 0;   // the one that is shown
  int scroll = 0;            // lines
  bool help = false;
};

struct panel {
  std::string title;
  std::vector<frame_line> lines;
};

/// The first line: version, links, clock.
frame_line head_line(const screen_state& s, std::size_t width);
/// One name per account with its sign, the shown one marked; empty where there is only one. Where not all fit, those around the shown one.
frame_line account_tabs(const screen_state& s, std::size_t width);
/// What stands against the account, and critically against the service.
std::vector<frame_line> alarm_lines(const screen_state& s, const shown_account& a);
/// What else is to be said of the service and its configuration: warnings, but for those about other accounts.
std::vector<frame_line> remark_lines(const screen_state& s, const shown_account& a);
std::vector<frame_line> state_lines(const shown_account& a);
/// Why the account is in its state; its locks with their countdowns and reasons.
std::vector<frame_line> lock_lines(const screen_state& s, const shown_account& a);
std::vector<frame_line> amount_lines(const shown_account& a, std::size_t width);
/// The day's P&L as a curve of that many rows, with what its limits are.
std::vector<frame_line> curve_lines(const screen_state& s, const shown_account& a, std::size_t width, std::size_t rows);
std::vector<frame_line> position_lines(const shown_account& a, std::size_t width);
std::vector<frame_line> order_lines(const shown_account& a);
/// A rule per line: sign, name, bar, used and limit. Where that is too wide the bar is left out, or `tall`: stands with the figures in a second line.
std::vector<frame_line> rule_lines(const shown_account& a, std::size_t width, bool tall = false);
/// Newest first, ten at most.
std::vector<frame_line> enforcement_lines(const shown_account& a);
/// Keys; what is wrong with the connection and how old all this is.
std::vector<frame_line> foot_lines(const screen_state& s, bool more_below);
std::vector<frame_line> help_lines();

} // namespace rm
