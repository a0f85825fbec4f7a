#include "actors/rules/trade_frequency.hpp"

#include <algorithm>

namespace rm {
namespace {

using namespace std::chrono_literals;

/// A window does not begin anew at the reset, a session does.
const std::vector<timestamp>& trades_for(const trade_frequency::window& w, const account_view& view) {
  return w.length == 0ns ? view.trades_today : view.recent_trades;
}

int64_t trades_within(const trade_frequency::window& w, const account_view& view) {
  const auto& trades = trades_for(w, view);
  const auto first = w.length == 0ns ? trades.begin() : std::upper_bound(trades.begin(), trades.end(), view.now - w.length);
  return trades.end() - first;
}

/// Reads one window's block; a limit of 0 where there is none.
trade_frequency::window read_window(parameter_reader& reader, const char* key, trade_frequency::window out) {
  const parameter* block = reader.get(key);
  if (!block)
    return out;
  parameter_reader inner{*block, reader.where() + "." + key, reader.found()};
  out.limit = inner.count("limit", 1, 100'000).value_or(0);
  const auto cooldown = inner.length("cooldown", out.cooldown);
  if (cooldown && *cooldown <= 0ns)
    inner.complain(*inner.get("cooldown"), "cooldown", "must be longer than 0s");
  out.cooldown = cooldown.value_or(out.cooldown);
  inner.finish();
  return out;
}

} // namespace

trade_frequency::trade_frequency(const terms& agreed, const common_parameters& common) : terms_{agreed}, response_{common.on_breach} {
  for (const auto& w : terms_.windows)
    measures_.emplace_back(std::max<int64_t>(1, w.limit), open_range::unbounded, w.limit > 0 ? common.warn_at : std::vector<int64_t>{});
}

void trade_frequency::judge_interval(const account_view& view, finding& worst) const {
  if (!terms_.min_interval || !view.last_trade)
    return;
  const timestamp over = *view.last_trade + *terms_.min_interval;
  if (view.now >= over || over <= worst.until)
    return;
  const auto passed = std::chrono::floor<std::chrono::seconds>(std::max(view.now - *view.last_trade, duration{}));
  worst.until = over;
  worst.reason = "the last trade was " + std::to_string(passed.count()) + "s ago, " + format_length(*terms_.min_interval) + " must pass between trades";
}

void trade_frequency::judge_window(const window& w, const account_view& view, finding& worst) const {
  if (w.limit == 0 || (w.length == 0ns && !day_is_known(view)))
    return;
  const auto& trades = trades_for(w, view);
  for (auto i = static_cast<int64_t>(trades.size()) - 1; i >= w.limit - 1; --i) {
    const auto at = static_cast<std::size_t>(i);
    const timestamp over = trades[at] + w.cooldown;
    if (view.now >= over || over <= worst.until)
      return; // older trades end earlier still
    const timestamp opened = trades[at - static_cast<std::size_t>(w.limit - 1)];
    if (w.length != 0ns && opened <= trades[at] - w.length)
      continue;
    worst.until = over;
    worst.reason = std::to_string(w.limit) + (w.limit == 1 ? " trade" : " trades") + " per " + w.name + " are reached, the cooldown is " + format_length(w.cooldown);
    return;
  }
}

void trade_frequency::show_use(verdict& out, const account_view& view) {
  int64_t used = 0, limit = 1;
  if (terms_.min_interval && view.last_trade && view.now < *view.last_trade + *terms_.min_interval)
    used = 1; // one trade per interval
  out.fraction = share_used(used, limit);
  out.level = level::ok;
  for (std::size_t i = 0; i < terms_.windows.size(); ++i) {
    const auto& w = terms_.windows[i];
    if (w.limit == 0)
      continue;
    const int64_t count = trades_within(w, view);
    if (measures_[i].read(count) == level::warn) {
      out.level = level::warn;
      out.reason = std::to_string(count) + " of " + std::to_string(w.limit) + " trades per " + w.name + " are used";
    }
    out.rung = std::max(out.rung, measures_[i].rung());
    if (const int64_t share = share_used(count, w.limit); share > out.fraction || (used == 0 && limit == 1)) {
      used = count;
      limit = w.limit;
      out.fraction = share;
    }
  }
  out.used = std::to_string(used);
  out.limit = std::to_string(limit);
}

timestamp trade_frequency::next_change(const account_view& view, timestamp until) const {
  timestamp next = until > view.now ? until : never;
  for (const auto& w : terms_.windows) {
    if (w.limit == 0 || w.length == 0ns)
      continue;
    const auto& trades = trades_for(w, view);
    const auto oldest = std::upper_bound(trades.begin(), trades.end(), view.now - w.length);
    if (oldest != trades.end())
      next = std::min(next, *oldest + w.length);
  }
  return next;
}

lock_request trade_frequency::lock_for(timestamp until, const account_view& view) const {
  lock_request out = response_.lock;
  if (out.mode == lock_mode::none)
    return out;
  if (out.end == lock_end::daily_reset)
    out.until = view.next_daily_reset;
  else if (out.end == lock_end::weekly_reset)
    out.until = view.next_weekly_reset;
  else
    out.until = view.last_trade ? std::max(until, *view.last_trade + response_.lock_for) : until;
  return out;
}

verdict trade_frequency::evaluate(const account_view& view) {
  verdict out;
  show_use(out, view);
  finding worst;
  judge_interval(view, worst);
  for (const auto& w : terms_.windows)
    judge_window(w, view, worst);
  if (worst.until > view.now) {
    out.level = level::breach;
    out.reason = worst.reason;
    out.fraction = std::max<int64_t>(out.fraction, 1'000'000);
    out.action = response_.action;
    out.lock = lock_for(worst.until, view);
  } else if (!view.evaluable) {
    make_blind(out, view.why);
    return out;
  }
  set_endless_band(out, next_change(view, worst.until));
  return out;
}

rule_entry trade_frequency::entry() {
  return {"trade_frequency", "RULE-010", {wake::fill, wake::clock},
          {action::cancel_order, {lock_mode::reduce_only, lock_end::at_time}},
          {action::warn, action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            terms agreed;
            agreed.windows = {read_window(reader, "per_minute", {"minute", 60s, 0, 60s}), read_window(reader, "per_hour", {"hour", 1h, 0, 30min}),
                              read_window(reader, "per_session", {"session", 0s, 0, 1h})};
            const bool windows = reader.has("per_minute") || reader.has("per_hour") || reader.has("per_session");
            if (reader.has("min_interval") || !windows)
              agreed.min_interval = reader.length("min_interval", 30min);
            if (agreed.min_interval && *agreed.min_interval <= 0s)
              reader.complain(*reader.get("min_interval"), "min_interval", "must be longer than 0s; to switch the rule off write enabled: false");
            return std::make_unique<trade_frequency>(agreed, common);
          }};
}

} // namespace rm
