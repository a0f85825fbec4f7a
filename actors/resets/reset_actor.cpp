#include "actors/resets/reset_actor.hpp"

#include "actors/kill_point.hpp"
#include "actors/resets/reset_schedule.hpp"
#include "messages/caf/compat.hpp"

namespace rm {
namespace {

struct reset_state {
  using handle = reset_actor;
  static inline const char* name = "reset";

  reset_state(handle::pointer self, const calendar_settings& settings)
    : self{self}, schedule{trading_calendar{settings}} {}

  handle::behavior_type make_behavior() {
    return {
      [this](const clock_tick& tick) { on_tick(tick); },
      [this](const reset_applied& word) {
        ++handled;
        schedule.applied(word);
      },
      [this](const wiring& w) { on_wiring(w); },
      [this](describe) -> description { return about(); },
    };
  }

  /// By a time that is not sure no day begins.
  void on_tick(const clock_tick& tick) {
    ++handled;
    if (tick.sure)
      look(tick.now);
  }

  void look(timestamp now) {
    seen = now;
    for (const auto& reset : schedule.due(now)) {
      RM_KILL_POINT("reset.due", name_of(reset.kind));
      tell(self, desks.at(reset.account), reset);
    }
  }

  /// A new handle is an account that has started again: it is told anew what is in force.
  void on_wiring(const wiring& w) {
    ++handled;
    if (w.all_accounts)
      std::erase_if(desks, [&](const auto& known) { return !w.accounts.contains(known.first) && (schedule.leave(known.first), true); });
    for (const auto& [account, wired] : w.accounts)
      if (const auto known = desks.find(account); known != desks.end() && known->second != wired.desk) {
        schedule.leave(account);
        desks.erase(known);
      }
    for (const auto& [account, wired] : w.accounts)
      if (wired.desk && desks.emplace(account, wired.desk).second)
        schedule.enter(account);
    if (seen != timestamp{})
      look(seen); // who has just started waits for its day: not until the next look at the clock
  }

  description about() {
    ++handled;
    const auto& calendar = schedule.calendar();
    description d{"reset", "reset", "waiting for the clock", static_cast<int64_t>(self->mailbox().size()), handled, {}};
    if (seen != timestamp{}) {
      d.state = "trading day " + format_date(calendar.day_of(seen));
      d.detail.push_back("next daily " + format_time(calendar.next_daily(seen)));
      d.detail.push_back("next weekly " + format_time(calendar.next_weekly(seen)));
    }
    d.detail.push_back("zone " + calendar.settings().timezone + ", accounts " + std::to_string(schedule.accounts()));
    return d;
  }

  handle::pointer self;
  reset_schedule schedule;
  std::map<account_id, account_actor> desks;
  timestamp seen{};
  int64_t handled = 0;
};

} // namespace

reset_actor start_resets(caf::actor_system& system, calendar_settings settings) {
  return spawn_state<reset_state>(system, std::move(settings));
}

} // namespace rm
