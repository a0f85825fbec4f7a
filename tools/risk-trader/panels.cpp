#include "tools/risk-trader/panels.hpp"

#include "tools/risk-trader/sparkline.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t wide_from = 70, marks_from = 56;
constexpr std::size_t shortest_bar = 5, usual_bar = 10, longest_bar = 20; // cells; where not even the shortest fits the figures are worth more
constexpr std::size_t shortest_rule = 22, number_columns = 10;
constexpr std::size_t steps_shown = 10;

class lines {
public:
  lines& put(std::string text, tone t = tone::plain) {
    line_.push_back({without_controls(std::move(text)), t});
    return *this;
  }
  lines& put(const frame_line& pieces) {
    for (const auto& piece : pieces)
      put(piece.text, piece.tone);
    return *this;
  }
  void end() { all_.push_back(std::exchange(line_, {})); }
  std::vector<frame_line> take() { return std::move(all_); }

private:
  frame_line line_;
  std::vector<frame_line> all_;
};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string short_name(const shown_account& a) { return a.name.empty() ? a.id : a.name; }

/// Nothing is known of it: empty lists mean nothing.
bool silent(const shown_account& a) { return a.can_trade.empty() && a.state == "not_evaluable"; }

void put_none(lines& out, const shown_account& a) { out.put(silent(a) ? "unknown" : "none", tone::faint).end(); }

bool is_critical(const shown_alarm& a) { return a.severity == "critical"; }

/// It is about one account, and that is another one.
bool is_of_another(const shown_alarm& alarm, const shown_account& a) {
  const auto at = alarm.what.find("(account ");
  return at != std::string::npos && alarm.what.find("(account " + a.id + ")") == std::string::npos;
}

template <class Wanted>
void put_alarms(lines& out, const std::vector<shown_alarm>& alarms, Wanted wanted) {
  for (const auto& a : alarms) {
    const bool critical = is_critical(a);
    if (!wanted(a))
      continue;
    out.put(critical ? "[!!] " : "[!]  ", critical ? tone::bad : tone::caution).put(a.what, critical ? tone::bad : tone::caution);
    if (a.since)
      out.put(" (since " + clock_text(a.since) + ")", tone::faint);
    out.end();
  }
}

std::optional<double> limit_of(const shown_account& a, std::string_view rule, double sign) {
  for (const auto& r : a.rules)
    if (r.rule == rule && r.state != "disabled" && !r.limit.empty())
      return sign * std::strtod(r.limit.c_str(), nullptr); // only drawn
  return std::nullopt;
}

std::string whole(double amount) { return signed_amount(std::to_string(static_cast<int64_t>(amount))); }

} // namespace

frame_line head_line(const screen_state& s, std::size_t width) {
  lines out;
  out.put("Risk Manager V34", tone::heading);
  if (!s.status) {
    out.end();
    return out.take().front();
  }
  if (width >= 100)
    out.put(" " + s.status->version + "  up " + countdown(std::chrono::seconds{s.status->uptime_s} + s.age), tone::faint);
  for (const auto& b : s.status->brokers) {
    const bool live = b.state == "live" && s.trouble.empty();
    const tone t = live ? tone::good : s.trouble.empty() ? tone::bad : tone::caution;
    out.put("  ").put((live ? "[ok] " : s.trouble.empty() ? "[!!] " : "[??] ") + b.id + " " + b.state, t);
    out.put(" " + age_text(b.since, s.now) + (width >= 100 ? ", " + or_unknown(b.requests_left) + " requests left" : ""), tone::faint);
  }
  if (s.status->brokers.empty())
    out.put("  [!] no broker", tone::caution);
  out.put("  " + clock_text(s.now) + " UTC");
  out.end();
  return out.take().front();
}

frame_line account_tabs(const screen_state& s, std::size_t width) {
  constexpr std::size_t around = 8, shortest = 8; // beside the name: its sign, marks and spaces
  frame_line out;
  const std::size_t count = s.status ? s.status->accounts.size() : 0;
  if (count < 2)
    return out;
  std::vector<std::size_t> lengths;
  for (const auto& a : s.status->accounts)
    lengths.push_back(columns_of(without_controls(short_name(a))));
  // Long names are shortened first; where even that is too wide, the accounts around the shown one are seen.
  std::size_t name = *std::max_element(lengths.begin(), lengths.end());
  const auto taken = [&] { return std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}, [&](std::size_t sum, std::size_t each) { return sum + around + std::min(each, name); }); };
  while (name > shortest && taken() > width)
    --name;
  const std::size_t fit = std::max<std::size_t>(1, (width - std::min<std::size_t>(width, 6)) / (around + name)), seen = taken() <= width ? count : std::min(count, fit);
  const std::size_t first = std::min(count - seen, s.account - std::min(s.account, seen / 2));
  if (first > 0)
    out.push_back({"<< ", tone::faint});
  for (std::size_t i = first; i < first + seen; ++i) {
    const auto& a = s.status->accounts[i];
    const bool active = a.state == "active", shown = i == s.account;
    out.push_back({(shown ? " >" : "  ") + std::string{active ? "[ok] " : "[!!] "}, active ? tone::good : tone::bad});
    out.push_back({cut_to(without_controls(short_name(a)), name) + (shown ? "<" : " "), shown ? tone::heading : tone::faint});
  }
  if (first + seen < count)
    out.push_back({" >>", tone::faint});
  return out;
}

std::vector<frame_line> alarm_lines(const screen_state& s, const shown_account& a) {
  lines out;
  if (s.status)
    put_alarms(out, s.status->alarms, is_critical);
  put_alarms(out, a.alarms, [](const shown_alarm&) { return true; });
  return out.take();
}

std::vector<frame_line> remark_lines(const screen_state& s, const shown_account& a) {
  lines out;
  if (s.status)
    put_alarms(out, s.status->alarms, [&](const shown_alarm& alarm) { return !is_critical(alarm) && !is_of_another(alarm, a); });
  return out.take();
}

std::vector<frame_line> state_lines(const shown_account& a) {
  lines out;
  const bool active = a.state == "active";
  out.put("Account ").put(short_name(a), tone::heading).put("  ").put((active ? "[ok] " : "[!!] ") + upper(a.state), active ? tone::good : tone::bad);
  if (a.locks.empty())
    out.put(silent(a) ? "  Lockout: unknown" : "  Lockout: none");
  if (a.can_trade == "false")
    out.put("  the venue does not let it trade", tone::bad);
  out.end();
  return out.take();
}

std::vector<frame_line> lock_lines(const screen_state& s, const shown_account& a) {
  lines out;
  const bool active = a.state == "active";
  const bool said_by_a_lock = std::any_of(a.locks.begin(), a.locks.end(), [&](const shown_lock& l) { return l.reason == a.why; });
  if (!a.why.empty() && !said_by_a_lock)
    out.put("     " + a.why, active ? tone::plain : tone::bad).end();
  for (const auto& l : a.locks)
    for (const auto& line : lock_lines(l, s.now))
      out.put(line).end();
  return out.take();
}

std::vector<frame_line> amount_lines(const shown_account& a, std::size_t width) {
  std::vector<frame_line> all(1);
  const auto put = [&](const char* label, const std::string& amount) {
    all.back().push_back({label, tone::plain});
    all.back().push_back({without_controls(signed_amount(amount)), tone_of_amount(amount)});
  };
  put("Day P&L: ", a.day);
  put("  Unrealized: ", a.unrealized);
  if (width < wide_from)
    all.emplace_back();
  put(width < wide_from ? "Realized: " : "  Realized: ", a.realized_day);
  put("  Week: ", a.week);
  return all;
}

std::vector<frame_line> curve_lines(const screen_state& s, const shown_account& a, std::size_t width, std::size_t rows) {
  constexpr std::size_t label = 9;
  if (width < label + 10 || rows == 0)
    return {};
  const std::size_t columns = std::min<std::size_t>(width - label, history::most / 2);
  curve what{s.past.values_of(a.id, s.now, columns * 2), limit_of(a, "daily_loss_limit", -1), limit_of(a, "daily_profit_target", 1)};
  const auto drawn = draw_curve(what, columns, rows);
  std::vector<std::string> labels(rows);
  const auto mark = [&](double amount) { labels[row_of(what, amount, rows)] = whole(amount); };
  mark(0);
  if (what.high)
    mark(*what.high);
  if (what.low)
    mark(*what.low);
  const tone t = tone_of_amount(a.day);
  std::vector<frame_line> out;
  for (std::size_t r = 0; r < rows; ++r)
    out.push_back({{right_aligned(labels[r], label - 1) + " ", tone::faint}, {drawn[r], t}});
  return out;
}

std::vector<frame_line> position_lines(const shown_account& a, std::size_t width) {
  lines out;
  for (const auto& p : a.positions) {
    out.put(padded(p.symbol, 6) + right_aligned((p.size > 0 ? "+" : "") + std::to_string(p.size), 4) + " @ " + p.average_price);
    if (width >= marks_from)
      out.put("  mark " + or_unknown(p.mark), tone::faint);
    out.put("  " + signed_amount(p.unrealized), tone_of_amount(p.unrealized));
    if (width >= wide_from)
      out.put("  " + p.contract, tone::faint);
    out.end();
  }
  if (a.positions.empty())
    put_none(out, a);
  return out.take();
}

std::vector<frame_line> order_lines(const shown_account& a) {
  lines out;
  for (const auto& o : a.orders)
    out.put(padded(o.side, 5) + right_aligned(std::to_string(o.size), 3) + " " + o.contract + " " + o.type + (o.price.empty() ? "" : " @ " + o.price)).end();
  return out.take();
}

namespace {

/// One layout for all rules, so that their columns stand below each other.
struct rule_columns {
  std::size_t name = 0, bar = 0, figures = 0; // bar: cells; 0 where there is no room for one
  bool numbers = false;
};

rule_columns columns_for(const shown_account& a, std::size_t width) {
  std::size_t name = 0, figures = 0;
  for (const auto& r : a.rules) {
    name = std::max(name, columns_of(r.rule));
    figures = std::max(figures, columns_of(rule_figures(r)));
  }
  constexpr std::size_t fixed = 5 + 1 + 2 + 1; // the sign, what stands between, the bar's ends
  const auto left_of = [&](std::size_t taken) { return width - std::min(width, taken); };
  rule_columns out;
  out.figures = figures;
  out.numbers = left_of(fixed + name + longest_bar + figures) >= number_columns;
  out.name = std::min(name, std::max(shortest_rule, left_of(fixed + usual_bar + figures)));
  out.bar = std::min(longest_bar, left_of(fixed + out.name + figures));
  if (out.bar < shortest_bar)
    out.bar = 0;
  return out;
}

} // namespace

std::vector<frame_line> rule_lines(const shown_account& a, std::size_t width, bool tall) {
  const auto columns = columns_for(a, width);
  lines out;
  for (const auto& r : a.rules) {
    const tone t = r.state == "disabled" ? tone::faint : tone_of_rule(r);
    const auto figures = rule_figures(r);
    const auto put_bar = [&](std::size_t cells) { out.put(has_measure(r) ? bar(r.fraction, cells) : std::string(cells + 2, ' '), t); };
    out.put(sign_of_rule(r), t);
    if (columns.bar > 0)
      out.put(padded(r.rule, columns.name) + " "), put_bar(columns.bar);
    else if (tall && has_measure(r))
      out.put(cut_to(r.rule, width - std::min<std::size_t>(width, 5))).end(), out.put("     "), put_bar(usual_bar);
    else if (out.put(r.rule); 5 + columns_of(r.rule) + 1 + columns_of(figures) > width)
      out.end(), out.put("    ");
    const bool numbered = columns.numbers && !r.number.empty();
    out.put(" " + (numbered ? padded(figures, columns.figures) : figures), t);
    if (numbered)
      out.put("  " + r.number, tone::faint);
    out.end();
  }
  if (a.rules.empty())
    put_none(out, a);
  return out.take();
}

std::vector<frame_line> enforcement_lines(const shown_account& a) {
  lines out;
  std::size_t shown = 0;
  for (auto r = a.enforcement.rbegin(); r != a.enforcement.rend() && shown < steps_shown; ++r, ++shown) {
    out.put("[" + clock_text(r->at) + "] ", tone::faint).put(r->action + " ", tone::caution).put("by " + r->rule + " ");
    out.put((r->state == "done" ? "[ok] " : "[!!] ") + r->state, r->state == "done" ? tone::good : tone::bad);
    if (!r->latency_us.empty())
      out.put(" " + r->latency_us + " us", tone::faint);
    out.put(r->detail.empty() ? "" : ": " + r->detail).end();
  }
  if (a.enforcement.empty())
    out.put(silent(a) ? "unknown" : "no action needed", tone::faint).end();
  return out.take();
}

std::vector<frame_line> foot_lines(const screen_state& s, bool more_below) {
  lines out;
  const auto old = countdown(s.age < duration{} ? duration{} : std::chrono::floor<std::chrono::seconds>(s.age));
  if (!s.trouble.empty()) {
    out.put("[!!] " + s.trouble, tone::bad).end();
    out.put(s.status ? "     What is shown above is " + old + " old. Trying again." : "     Trying again.", tone::caution).end();
  } else if (!s.status) {
    out.put("asking the service ...").end();
  }
  if (more_below)
    out.put("more below | ", tone::caution);
  out.put("r refresh | q quit | arrows: move | ? help", tone::faint);
  if (s.status && s.trouble.empty())
    out.put(" | data " + old + (s.live ? "" : ", asked"), tone::faint);
  out.end();
  return out.take();
}

std::vector<frame_line> help_lines() {
  const std::pair<const char*, const char*> keys[] = {
    {"q, Esc", "leave; the risk manager goes on"},
    {"r", "ask the service again, now"},
    {"left, right, 1-9", "another account"},
    {"up, down", "scroll where not all fits"},
    {"?", "this help, and back"},
  };
  lines out;
  for (const auto& [key, what] : keys)
    out.put(padded(key, 18), tone::heading).put(what).end();
  out.end();
  out.put("[ok]", tone::good).put(" below 50 % of a limit   ").put("[!]", tone::caution).put(" 50 to 80 %   ").put("[!!]", tone::bad).put(" above 80 %, or a breach").end();
  out.put("[??]", tone::bad).put(" cannot be judged now, which counts as unsafe").end();
  out.put("The curve is the day's P&L so far; dotted lines are its limits.").end();
  out.put("Nothing can be changed here. Times are UTC.").end();
  return out.take();
}

} // namespace rm
