#include "actors/timers/timer_actor.hpp"

#include "actors/timers/pulse.hpp"
#include "actors/timers/timer_wheel.hpp"
#include "actors/supervisor/account_news.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>

namespace rm {
namespace {

constexpr std::chrono::milliseconds look_interval{100};
constexpr std::chrono::milliseconds hurried_look{20}; // while the time is not known: everything waits for it
constexpr std::chrono::seconds set_back{1};          // less delays nobody
constexpr std::string_view of_enforcement = "enforcement"; // so begin the names of its timers
constexpr std::size_t most_listed = 100; // deadlines that are shown to people

struct timer_state {
  using handle = timer_actor::extend<accepts<poll>, accepts<clock_tick>>;
  using send_backer = caf::typed_actor<accepts<clock_tick>>;
  static inline const char* name = "timer";

  timer_state(handle::pointer self, const clock_source& clock) : self{self}, clock{clock} {}

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
          tick({clock.now(), !clock.known || clock.known()});
      },
    };
  }

  /// What this actor sends back comes after those who had been told before have had theirs.
  static send_backer::behavior_type send_back(send_backer::pointer self) {
    return {[self](clock_tick t) { tell(self, caf::actor_cast<handle>(self->current_sender()), t); }};
  }

  /// Not before all have had the tick before: where ten thousand accounts need longer than a second, ticks must not pile up.
  void tick(const clock_tick& now) {
    tick_owed = !all_ticked;
    if (tick_owed)
      return;
    for (const auto& [account, wired] : others.accounts)
      if (wired.desk)
        tell(self, wired.desk, now);
    all_ticked = false;
    tell(self, behind_others, now);
  }

  void on_poll() {
    const bool sure = !clock.known || clock.known();
    tell_after(self, handle{self}, sure ? look_interval : hurried_look, poll{});
    const auto now = clock.now();
    const auto beat = heart.look(clock.pc ? clock.pc() : now, self->clock().now().time_since_epoch());
    if (!beat.news.empty())
      on_jump(beat, now);
    note_trouble(now);
    if (others.resets) // first, so that a reset is soon on its way
      tell(self, others.resets, clock_tick{now, sure});
    if (sure)
      fire(now);
    if (beat.sign_of_life && others.persistence)
      tell(self, others.persistence, clock_tick{now});
    if (beat.tick_accounts)
      tick({now, sure});
  }

  /// A lock ends by the clock. Enforcement waits for lengths of time: where the clock was set back it looks at once and says anew until when.
  void fire(timestamp now) {
    if (now + set_back < fired_last)
      for (const auto& fired : wheel.take_named(of_enforcement, now))
        deliver(fired);
    fired_last = now;
    for (const auto& fired : wheel.advance(now))
      deliver(fired);
  }

  void on_jump(const beat& seen, timestamp now) {
    journal(now, "service", seen.news);
    for (const auto& [id, broker] : others.brokers)
      tell(self, broker, check_link{seen.gone});
  }

  /// Also in the status, at the login whose venue told the time.
  void note_trouble(timestamp now) {
    const std::string trouble = clock.trouble ? clock.trouble() : std::string{};
    if (trouble.empty() != told_trouble.empty())
      journal(now, "alarm", trouble.empty() ? "over: " + told_trouble : trouble);
    told_trouble = trouble;
  }

  void journal(timestamp now, const char* kind, const std::string& text) {
    if (others.persistence)
      tell(self, others.persistence, journal_entry{now, {}, kind, {}, text, -1});
  }

  void deliver(const timer_fired& fired) {
    const auto at = others.accounts.find(fired.account);
    const bool for_enforcement = fired.name.starts_with(of_enforcement);
    if (at != others.accounts.end() && for_enforcement && at->second.enforcement)
      tell(self, at->second.enforcement, fired);
    else if (at != others.accounts.end() && !for_enforcement && at->second.desk)
      tell(self, at->second.desk, fired);
    else
      wheel.park(fired);
  }

  void on_wiring(const wiring& w) {
    ++handled;
    take_without_rules(others, w);
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
  clock_source clock;
  pulse heart;
  std::string told_trouble;
  timer_wheel wheel;
  timestamp fired_last{};
  wiring others;
  bool all_ticked = true, tick_owed = false;
  send_backer behind_others = self->spawn(send_back);
  int64_t handled = 0;
};

} // namespace

timer_actor start_timers(caf::actor_system& system, clock_source clock) {
  return spawn_state<timer_state>(system, std::move(clock));
}

} // namespace rm
