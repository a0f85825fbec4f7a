#include "actors/timers/timer_actor.hpp"

#include "actors/timers/pulse.hpp"
#include "actors/timers/timer_wheel.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>

namespace rm {
namespace {

constexpr std::chrono::milliseconds look_interval{100};
constexpr std::size_t most_listed = 100; // deadlines that are shown to people

struct timer_state {
  using handle = timer_actor::extend<accepts<poll>, accepts<clock_tick>>;
  using send_backer = caf::typed_actor<accepts<clock_tick>>;
  static inline const char* name = "timer";

  timer_state(handle::pointer self, const wall_clock& clock) : self{self}, clock{clock} {}

  handle::behavior_type make_behavior() {
    tell(self, handle{self}, poll{});
    return {
      [this](const arm_timer& t) {
        ++handled;
        wheel.arm(t);
      },
      [this](const disarm_timer& t) {
        ++handled;
        wheel.disarm(t);
      },
      [this](const wiring& w) { on_wiring(w); },
      [this](describe) -> description { return about(); },
      [this](poll) { on_poll(); },
      [this](clock_tick) {
        all_ticked = true;
        if (tick_owed)
          tick(clock());
      },
    };
  }

  /// What this actor sends back comes after those who had been told before have had theirs.
  static send_backer::behavior_type send_back(send_backer::pointer self) {
    return {[self](clock_tick t) { tell(self, caf::actor_cast<handle>(self->current_sender()), t); }};
  }

  /// Not before all have had the tick before: where ten thousand accounts need longer than a second, ticks must not pile up.
  void tick(timestamp now) {
    tick_owed = !all_ticked;
    if (tick_owed)
      return;
    for (const auto& [account, wired] : others.accounts)
      if (wired.desk)
        tell(self, wired.desk, clock_tick{now});
    all_ticked = false;
    tell(self, behind_others, clock_tick{now});
  }

  void on_poll() {
    tell_after(self, handle{self}, look_interval, poll{});
    const auto now = clock();
    const auto beat = heart.look(now, self->clock().now().time_since_epoch());
    if (!beat.news.empty() && others.persistence)
      tell(self, others.persistence, journal_entry{now, {}, "service", {}, beat.news, -1});
    if (others.resets) // first, so that a reset is soon on its way
      tell(self, others.resets, clock_tick{now});
    for (const auto& fired : wheel.advance(now))
      deliver(fired);
    if (beat.sign_of_life && others.persistence)
      tell(self, others.persistence, clock_tick{now});
    if (beat.tick_accounts)
      tick(now);
  }

  void deliver(const timer_fired& fired) {
    const auto at = others.accounts.find(fired.account);
    const bool for_enforcement = fired.name.starts_with("enforcement");
    if (at != others.accounts.end() && for_enforcement && at->second.enforcement)
      tell(self, at->second.enforcement, fired);
    else if (at != others.accounts.end() && !for_enforcement && at->second.desk)
      tell(self, at->second.desk, fired);
    else
      wheel.park(fired);
  }

  void on_wiring(const wiring& w) {
    ++handled;
    others.take(w);
    for (const auto& [account, wired] : w.accounts)
      wheel.unpark(account);
  }

  description about() {
    ++handled;
    description d{"timer", "timer", "running", static_cast<int64_t>(self->mailbox().size()), handled, {}};
    d.detail.push_back("timers " + std::to_string(wheel.size()) + ", of accounts not there " + std::to_string(wheel.parked()));
    for (const auto& t : wheel.list(most_listed))
      d.detail.push_back(format_time(t.due) + " account " + to_string(t.account) + ": " + t.name);
    return d;
  }

  handle::pointer self;
  wall_clock clock;
  pulse heart;
  timer_wheel wheel;
  wiring others;
  bool all_ticked = true, tick_owed = false;
  send_backer behind_others = self->spawn(send_back);
  int64_t handled = 0;
};

} // namespace

timer_actor start_timers(caf::actor_system& system, wall_clock clock) {
  return spawn_state<timer_state>(system, std::move(clock));
}

} // namespace rm
