#include "actors/rules/trailing_stop.hpp"

#include "actors/rules/amount_limit.hpp"

#include <algorithm>

namespace rm {
namespace {

__extension__ using wide = __int128;

} // namespace

trailing_stop::trailing_stop(const terms& agreed, const common_parameters& common)
  : terms_{agreed}, rungs_{common.warn_at}, responder_{common.on_breach} {}

void trailing_stop::recall(const rule_memory& kept) {
  kept_ = kept;
  if (const auto peak = kept.find("peak"); peak != kept.end())
    peak_ = money::from_units(peak->second);
  fired_ = kept.contains("fired");
  if (const auto day = kept.find("day"); day != kept.end())
    day_ = timestamp{duration{day->second}};
}

void trailing_stop::remember(verdict& out) {
  rule_memory now;
  if (peak_)
    now["peak"] = peak_->units();
  if (fired_)
    now["fired"] = 1;
  if (peak_ || fired_)
    now["day"] = day_.time_since_epoch().count();
  if (now == kept_)
    return;
  kept_ = now;
  out.memory = std::move(now);
}

/// Rounded up to a millionth: a breach is when the drawdown has reached the exact share.
money trailing_stop::trail_from(money peak) const {
  if (terms_.trail_percent == 0)
    return terms_.trail;
  return money::from_units(static_cast<int64_t>((wide{peak.units()} * terms_.trail_percent + 99) / 100));
}

verdict trailing_stop::evaluate(const account_view& view) {
  return if_priced(view, [&] {
    const money pnl = view.day_pnl();
    verdict out;
    const bool new_day = view.day_started != day_;
    day_ = view.day_started;
    if (fired_ && view.positions.empty()) {
      fired_ = false;
      peak_.reset();
    } else if (new_day && !fired_) {
      peak_.reset();
    }
    if (!fired_ && pnl >= std::max(terms_.activate_at, peak_.value_or(money{})))
      peak_ = pnl;
    set_endless_band(out);
    if (!peak_) {
      out.used = "0.00";
      out.limit = limit_text_.of(trail_from(terms_.activate_at));
      out.band.high = terms_.activate_at;
      responder_.rest();
      remember(out);
      return out;
    }
    const money trail = trail_from(*peak_);
    if (!measure_ || measured_ != trail)
      measure_.emplace(trail.units(), trail.units(), rungs_), measured_ = trail;
    const money given_back = *peak_ - pnl;
    out.level = measure_->read(given_back.units());
    fired_ |= out.level == level::breach;
    out.rung = measure_->rung();
    out.used = to_string(given_back.is_positive() ? given_back : money{});
    out.limit = limit_text_.of(trail);
    out.fraction = share_used(given_back.units(), trail.units());
    if (fired_) {
      out.level = level::breach;
      responder_.answer(out, view);
      out.has_band = false;
    } else {
      responder_.rest();
      set_band(out, view, given_back, measure_->steady(), true);
      out.band.high = std::min(out.band.high, std::max(*peak_, pnl) + money::from_units(1)); // above, the peak itself moves
    }
    if (out.level != level::ok)
      out.reason = "day P&L " + to_string(to_cents(pnl)) + (fired_ ? " fell too far below its peak " : " comes near the trail below its peak ") +
                   to_string(to_cents(*peak_)) + ", the trail is " + to_string(to_cents(trail));
    remember(out);
    return out;
  });
}

rule_entry trailing_stop::entry() {
  return {"trailing_stop", "RULE-012", {wake::fill, wake::position, wake::mark},
          {action::flatten, {lock_mode::none, lock_end::daily_reset}},
          {action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            terms agreed;
            const auto activate = reader.amount("activate_at");
            const bool amount = reader.has("trail"), percent = reader.has("trail_percent");
            if (amount && percent)
              reader.complain(*reader.get("trail_percent"), "trail_percent", "stands beside trail: write one of the two");
            else if (!amount && !percent)
              reader.miss("trail", "trail: 150 (an amount) or trail_percent: 50 (of the peak)");
            if (amount)
              agreed.trail = reader.amount("trail").value_or(money{});
            if (percent)
              agreed.trail_percent = reader.count("trail_percent", 1, 100).value_or(0);
            common_parameters own = common;
            if (const parameter* lock = reader.get("lock")) { // short for on_breach: { lock: … }
              const auto chosen = reader.choice("lock", {"none", "daily_reset"});
              if (reader.has("on_breach") && chosen)
                reader.complain(*lock, "lock", "stands beside on_breach: write one of the two");
              else if (chosen && *chosen == 1)
                own.on_breach.lock = {lock_mode::flat, lock_end::daily_reset, {}};
            }
            if (!activate || (agreed.trail.is_zero() && agreed.trail_percent == 0))
              return nullptr;
            agreed.activate_at = *activate;
            return std::make_unique<trailing_stop>(agreed, own);
          },
          true};
}

} // namespace rm
