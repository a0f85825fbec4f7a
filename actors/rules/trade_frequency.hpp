// RULE-010: not too many trades, and not too soon after each other.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

#include <array>

namespace rm {

/// Breach while `min_interval` since the last trade is not over, and for a window's cooldown from the trade that made the window full
/// (that trade itself is allowed). After a cooldown the window may still be full; the next trade then starts another one. Windows:
/// the last 60 s, the last hour, since the daily reset. The latest end of all that apply is the lock's.
class trade_frequency : public rule {
public:
  struct window {
    const char* name = "";   // "minute"
    duration length{};       // 0: since the daily reset
    int64_t limit = 0;       // 0: not limited
    duration cooldown{};
  };
  struct terms {
    std::optional<duration> min_interval;
    std::array<window, 3> windows;
  };

  trade_frequency(const terms& agreed, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  struct finding {
    timestamp until{}; // breach before that; epoch: none
    std::string reason;
  };
  void judge_interval(const account_view& view, finding& worst) const;
  void judge_window(const window& w, const account_view& view, finding& worst) const;
  void show_use(verdict& out, const account_view& view);
  timestamp next_change(const account_view& view, timestamp until) const;
  lock_request lock_for(timestamp until, const account_view& view) const;

  terms terms_;
  breach_response response_;
  std::vector<limit_measure> measures_; // one per limited window
};

} // namespace rm
