#include "actors/admin/status_frame.hpp"

#include "actors/admin/frame_wrap.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t bar_cells = 20;

/// Builds the lines; one that is longer than the width goes on in the next.
class composer {
public:
  explicit composer(std::size_t width) : width_{std::max<std::size_t>(width, 60)} {}

  composer& put(std::string text, tone t = tone::plain) {
    line_.push_back({without_controls(std::move(text)), t});
    return *this;
  }

  composer& put(const frame_line& pieces) {
    for (const auto& piece : pieces)
      put(piece.text, piece.tone);
    return *this;
  }

  void end_line() {
    for (auto& part : wrapped({std::exchange(line_, {})}, width_, 8))
      lines_.push_back(std::move(part));
  }

  void rule(const std::string& title) {
    const std::string head = title.empty() ? "" : cut_to("-- " + title, width_ - 1) + " ";
    put(head + std::string(width_ - std::min(width_, columns_of(head)), '-'), tone::heading).end_line();
  }

  std::vector<frame_line> take() { return std::move(lines_); }

private:
  std::size_t width_;
  frame_line line_;
  std::vector<frame_line> lines_;
};

void put_alarms(composer& out, const std::vector<shown_alarm>& alarms) {
  for (const auto& a : alarms) {
    const bool critical = a.severity == "critical";
    out.put(critical ? "[!!] " : "[!]  ", critical ? tone::bad : tone::caution).put(a.what);
    if (a.since)
      out.put(" (since " + clock_text(a.since) + ")", tone::faint);
    out.end_line();
  }
}

void put_service(composer& out, const status_view& s) {
  out.put("Risk Manager V34 " + s.version, tone::heading).put("   as of " + clock_text(s.now) + " UTC");
  out.put("   up " + countdown(std::chrono::seconds{s.uptime_s}), tone::faint);
  if (!s.zones_version.empty())
    out.put("   time zones " + s.zones_version + " of " + or_unknown(s.zones_date), tone::faint);
  out.end_line();
  if (s.brokers.empty())
    out.put("[!]  no broker", tone::caution).end_line();
  for (const auto& b : s.brokers) {
    const bool live = b.state == "live";
    out.put(live ? "[ok] " : "[!!] ", live ? tone::good : tone::bad).put("link " + b.id + ": ").put(b.state, live ? tone::good : tone::bad);
    out.put(" for " + age_text(b.since, s.now) + ", " + or_unknown(b.requests_left) + " requests left", tone::faint).end_line();
  }
  put_alarms(out, s.alarms);
}

/// Nothing is known of it: empty lists mean nothing.
bool silent(const shown_account& a) { return a.can_trade.empty() && a.state == "not_evaluable"; }

std::string none_of(const shown_account& a) { return silent(a) ? " unknown" : " none"; }

void put_state(composer& out, const shown_account& a) {
  const bool active = a.state == "active";
  std::string state = a.state;
  std::transform(state.begin(), state.end(), state.begin(), [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  std::replace(state.begin(), state.end(), '_', ' ');
  out.put("Status: ").put((active ? "[ok] " : "[!!] ") + state, active ? tone::good : tone::bad);
  if (a.can_trade == "false")
    out.put("   the venue does not let it trade", tone::bad);
  if (a.locks.empty())
    out.put(silent(a) ? "   Lockout: unknown" : "   Lockout: none");
  out.end_line();
  const bool said_by_a_lock = std::any_of(a.locks.begin(), a.locks.end(), [&](const shown_lock& l) { return l.reason == a.why; });
  if (!a.why.empty() && !said_by_a_lock)
    out.put("        " + a.why, active ? tone::plain : tone::bad).end_line();
}

void put_amount(composer& out, const std::string& label, const std::string& amount) {
  out.put(label).put(signed_amount(amount), tone_of_amount(amount));
}

void put_positions(composer& out, const shown_account& a) {
  out.put("Positions:", tone::heading).put(a.positions.empty() ? none_of(a) : "").end_line();
  for (const auto& p : a.positions) {
    out.put("  " + padded(p.symbol, 8) + right_aligned((p.size > 0 ? "+" : "") + std::to_string(p.size), 5) + " @ " + padded(p.average_price, 12));
    out.put(" mark " + padded(or_unknown(p.mark), 12) + " ").put(signed_amount(p.unrealized), tone_of_amount(p.unrealized)).end_line();
  }
  if (a.orders.empty())
    return;
  out.put("Orders:", tone::heading).end_line();
  for (const auto& o : a.orders)
    out.put("  " + padded(o.side, 5) + right_aligned(std::to_string(o.size), 4) + " " + padded(o.contract, 22) + padded(o.type, 14) + (o.price.empty() ? "" : "@ " + o.price)).end_line();
}

void put_rules(composer& out, const shown_account& a) {
  out.put("Rules:", tone::heading).put(a.rules.empty() ? none_of(a) : "").end_line();
  for (const auto& r : a.rules) {
    const tone t = r.state == "disabled" ? tone::faint : tone_of_rule(r);
    out.put(sign_of_rule(r), t).put(padded(r.rule, 29)).put(has_measure(r) ? bar(r.fraction, bar_cells) : std::string(bar_cells + 2, ' '), t);
    out.put(" " + rule_figures(r), t).end_line();
  }
}

void put_enforcement(composer& out, const shown_account& a) {
  out.put("Recent enforcement:", tone::heading).put(a.enforcement.empty() ? none_of(a) : "").end_line();
  for (auto r = a.enforcement.rbegin(); r != a.enforcement.rend(); ++r) {
    out.put("  [" + clock_text(r->at) + "] ", tone::faint).put(r->action + " ", tone::caution).put("by " + r->rule + " ");
    out.put(r->state, r->state == "done" ? tone::good : tone::bad);
    out.put(r->detail.empty() ? "" : ": " + r->detail);
    if (!r->latency_us.empty())
      out.put(" (" + r->latency_us + " us)", tone::faint);
    out.end_line();
  }
}

void put_account(composer& out, const shown_account& a, timestamp now) {
  out.rule("Account " + a.id + (a.name.empty() || a.name == a.id ? "" : " " + a.name));
  put_state(out, a);
  for (const auto& l : a.locks)
    for (const auto& line : lock_lines(l, now))
      out.put(line).end_line();
  put_amount(out, "Day P&L: ", a.day);
  put_amount(out, "   realized: ", a.realized_day);
  put_amount(out, "   unrealized: ", a.unrealized);
  put_amount(out, "   week: ", a.week);
  out.end_line();
  put_alarms(out, a.alarms);
  put_positions(out, a);
  put_rules(out, a);
  put_enforcement(out, a);
}

} // namespace

std::vector<frame_line> status_frame(const status_view& status, std::size_t width) {
  composer out{width};
  put_service(out, status);
  for (const auto& account : status.accounts)
    put_account(out, account, status.now);
  if (status.accounts.empty())
    out.put("no accounts are configured", tone::caution).end_line();
  return out.take();
}

std::string plain_text(const std::vector<frame_line>& frame) {
  std::string out;
  for (const auto& line : frame) {
    std::string text;
    for (const auto& piece : line)
      text += piece.text;
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

} // namespace rm
