#include "tools/risk-trader/layout.hpp"

#include "actors/admin/frame_wrap.hpp"

#include <ftxui/dom/node.hpp>
#include <ftxui/screen/screen.hpp>

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t two_columns_from = 100;
constexpr std::size_t border = 2; // of a panel: both sides

using ftxui::Color;
using ftxui::Element;
using ftxui::Elements;

/// Only the terminal's own sixteen colours: they fit its background.
Element toned(Element e, tone t, theme colours) {
  const bool light = colours == theme::light;
  switch (t) {
    case tone::plain: return e;
    case tone::faint: return e | ftxui::dim;
    case tone::heading: return e | ftxui::bold;
    case tone::good: return colours == theme::plain ? e : e | ftxui::color(light ? Color::Green : Color::GreenLight);
    case tone::caution: return colours == theme::plain ? e : e | ftxui::color(light ? Color::Magenta : Color::YellowLight);
    case tone::bad: return colours == theme::plain ? e | ftxui::bold : e | ftxui::bold | ftxui::color(light ? Color::Red : Color::RedLight);
  }
  return e;
}

/// Cut to the width: the end of a long line gives way.
Element draw(const frame_line& line, std::size_t width, theme colours) {
  Elements pieces;
  std::size_t left = width;
  for (const auto& piece : line) {
    if (left == 0)
      break;
    const auto text = cut_to(piece.text, left);
    left -= std::min(left, columns_of(text));
    pieces.push_back(toned(ftxui::text(text), piece.tone, colours));
  }
  return ftxui::hbox(std::move(pieces));
}

Element draw(const std::vector<frame_line>& lines, std::size_t width, theme colours) {
  Elements out;
  for (const auto& line : lines)
    out.push_back(draw(line, width, colours));
  return ftxui::vbox(std::move(out));
}

/// A frame of exactly so many rows around as many lines as fit, from `first` on.
Element boxed(const panel& what, std::size_t columns, std::size_t rows, theme colours) {
  const std::size_t inside = rows > border ? rows - border : 0;
  auto lines = what.lines;
  if (lines.size() > inside && inside > 0) {
    const auto hidden = lines.size() - inside + 1;
    lines.resize(inside);
    lines.back() = {{"... " + std::to_string(hidden) + " more", tone::caution}};
  }
  const auto title = ftxui::text(" " + what.title + " ") | ftxui::bold;
  return ftxui::window(title, draw(lines, columns > border ? columns - border : 0, colours) | ftxui::size(ftxui::HEIGHT, ftxui::EQUAL, static_cast<int>(inside))) |
         ftxui::size(ftxui::WIDTH, ftxui::EQUAL, static_cast<int>(columns));
}

void add(std::vector<frame_line>& to, std::vector<frame_line> more) { to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end())); }

void add_section(std::vector<frame_line>& to, const std::string& title, std::vector<frame_line> more) {
  to.push_back({{title, tone::heading}});
  for (auto& line : more)
    line.insert(line.begin(), {"  ", tone::plain});
  add(to, std::move(more));
}

/// What stands above everything else at any width.
std::vector<frame_line> top_of(const screen_state& s, const shown_account& a, std::size_t width, std::size_t curve_rows) {
  std::vector<frame_line> out = wrapped(state_lines(a), width);
  add(out, amount_lines(a, width));
  add(out, wrapped(lock_lines(s, a), width));
  add(out, wrapped(alarm_lines(s, a), width));
  add(out, curve_lines(s, a, width, curve_rows));
  return out;
}

/// One column, scrolled.
struct scrolled {
  std::vector<frame_line> lines;
  bool more_below = false;
};
scrolled window_of(std::vector<frame_line> all, int scroll, std::size_t rows) {
  const std::size_t most = all.size() > rows ? all.size() - rows : 0;
  const auto first = std::min(static_cast<std::size_t>(std::max(scroll, 0)), most);
  scrolled out;
  out.more_below = first < most;
  out.lines.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(std::min(first + rows, all.size())));
  return out;
}

std::vector<frame_line> one_column(const screen_state& s, const shown_account& a, std::size_t width) {
  auto all = top_of(s, a, width, 4);
  add_section(all, "Positions", position_lines(a, width - 2));
  if (!a.orders.empty())
    add_section(all, "Orders", order_lines(a));
  add_section(all, "Rules", rule_lines(a, width - 2));
  add_section(all, "Recent enforcement", wrapped(enforcement_lines(a), width - 2));
  add(all, wrapped(remark_lines(s, a), width));
  return all;
}

/// How the room is shared out.
struct shares {
  std::size_t left = 0, right = 0, upper = 0, lower = 0; // columns and rows
};
shares split(const shown_account& a, std::size_t columns, std::size_t rows) {
  shares out;
  out.left = columns / 2;
  out.right = columns - out.left;
  out.lower = std::min(rows / 3, wrapped(enforcement_lines(a), columns - border).size() + border);
  out.upper = rows - out.lower;
  return out;
}

std::vector<frame_line> left_of(const screen_state& s, const shown_account& a, const shares& room) {
  auto out = top_of(s, a, room.left - border, std::clamp<std::size_t>(room.upper / 4, 3, 10));
  add_section(out, "Positions", position_lines(a, room.left - border - 2));
  if (!a.orders.empty())
    add_section(out, "Orders", order_lines(a));
  add(out, wrapped(remark_lines(s, a), room.left - border));
  return out;
}

/// A bar that does not fit beside its rule's name stands below it, where there are rows enough for that.
std::vector<frame_line> rules_of(const shown_account& a, const shares& room) {
  const auto width = room.right - border, height = room.upper > border ? room.upper - border : 0;
  return rule_lines(a, width, 2 * a.rules.size() <= height);
}

/// Two columns: what is (left) and what is allowed (right), and below what was done. Lists that do not fit are scrolled together.
Element two_columns(const screen_state& s, const shown_account& a, std::size_t columns, std::size_t rows, theme colours, bool& more) {
  const auto room = split(a, columns, rows);
  const auto scroll = [&](std::vector<frame_line> lines, std::size_t height) {
    auto seen = window_of(std::move(lines), s.scroll, height > border ? height - border : 0);
    more = more || seen.more_below;
    return seen.lines;
  };
  const panel state{"Now", scroll(left_of(s, a, room), room.upper)};
  const panel rules{"Rules", scroll(rules_of(a, room), room.upper)};
  const panel done{"Recent enforcement", scroll(wrapped(enforcement_lines(a), columns - border), room.lower)};
  return ftxui::vbox({ftxui::hbox({boxed(state, room.left, room.upper, colours), boxed(rules, room.right, room.upper, colours)}), boxed(done, columns, room.lower, colours)});
}

/// The sentences of the foot are broken into lines, so that nothing of a trouble is lost.
std::vector<frame_line> broken(const std::vector<frame_line>& lines, std::size_t width) {
  std::vector<frame_line> out;
  for (const auto& line : lines)
    add(out, line.size() == 1 ? wrapped({line}, width) : std::vector<frame_line>{line});
  return out;
}

const shown_account* shown_account_of(const screen_state& s) {
  return s.status && !s.status->accounts.empty() ? &s.status->accounts[std::min(s.account, s.status->accounts.size() - 1)] : nullptr;
}

std::vector<frame_line> head_of(const screen_state& s, std::size_t columns) {
  std::vector<frame_line> out{head_line(s, columns)};
  if (auto tabs = account_tabs(s, columns); !tabs.empty())
    out.push_back(std::move(tabs));
  return out;
}

std::size_t body_rows_of(const screen_state& s, std::size_t columns, std::size_t rows) {
  const auto taken = head_of(s, columns).size() + broken(foot_lines(s, false), columns).size();
  return rows > taken ? rows - taken : 0;
}

} // namespace

int most_scroll(const screen_state& s, std::size_t columns, std::size_t rows) {
  const auto* account = shown_account_of(s);
  if (account == nullptr)
    return 0;
  const auto body = body_rows_of(s, columns, rows);
  std::size_t longest = 0, room = body;
  if (columns < two_columns_from) {
    longest = one_column(s, *account, columns).size();
  } else {
    const auto parts = split(*account, columns, body);
    longest = std::max(left_of(s, *account, parts).size(), rules_of(*account, parts).size());
    room = parts.upper > border ? parts.upper - border : 0;
  }
  return longest > room ? static_cast<int>(longest - room) : 0;
}

Element lay_out(const screen_state& s, std::size_t columns, std::size_t rows, theme colours) {
  const auto* account = shown_account_of(s);
  const auto head = head_of(s, columns);
  const auto body_rows = body_rows_of(s, columns, rows);
  bool more = false;
  Element body;
  if (s.help) {
    body = boxed({"Help", help_lines()}, columns, body_rows, colours);
  } else if (account == nullptr) {
    body = draw(frame_line{{s.status ? "no accounts are configured" : "", tone::caution}}, columns, colours);
  } else if (columns >= two_columns_from) {
    body = two_columns(s, *account, columns, body_rows, colours, more);
  } else {
    auto seen = window_of(one_column(s, *account, columns), s.scroll, body_rows);
    more = seen.more_below;
    body = draw(seen.lines, columns, colours);
  }
  return ftxui::vbox({
    draw(head, columns, colours),
    body | ftxui::size(ftxui::HEIGHT, ftxui::EQUAL, static_cast<int>(body_rows)),
    draw(broken(foot_lines(s, more), columns), columns, colours),
  });
}

std::string render(const screen_state& s, std::size_t columns, std::size_t rows, theme colours) {
  auto screen = ftxui::Screen::Create(ftxui::Dimension::Fixed(static_cast<int>(columns)), ftxui::Dimension::Fixed(static_cast<int>(rows)));
  ftxui::Render(screen, lay_out(s, columns, rows, colours));
  return screen.ToString();
}

} // namespace rm
