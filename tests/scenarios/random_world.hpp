// The whole service, one wild venue, a disk that fails and survives, a clock that jumps: and what must hold all the same.
#pragma once

#include "actors/app.hpp"
#include "actors/persistence/store.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/wild_venue.hpp"

#include <map>

namespace rm::test {

/// A database that outlives the process that wrote it, and can be full.
struct surviving_disk {
  store database{":memory:"};
  bool full = false;
  std::shared_ptr<bool> process = std::make_shared<bool>(true); // false: whoever holds it is dead
  std::map<std::pair<reset_kind, trading_date>, int> resets;    // by the calendar, as committed
  std::set<std::string> lines_of_resets;
  timestamp begun_by_hand{};                                    // the newest daily reset by hand, as committed
  disk_opener opener();
};

/// Enabled rules with limits near enough to be hit.
std::vector<rule_setup> random_rules(dice& d);

class random_world : public actor_fixture {
public:
  random_world(uint64_t seed, std::vector<rule_setup> rules, timestamp begin, bool accounts_rest = true);
  ~random_world() { stop(); }

  wild_venue venue;
  surviving_disk disk;
  service_parts parts;
  std::vector<std::string> broken; // what did not hold, and when

  // -- the process ------------------------------------------------------------------
  void start();
  /// It dies after so many more messages were handled: what was not committed by then is lost, what was not sent never goes.
  void crash(int after_messages);
  void stop();
  bool kill_actor(dice& d);
  void go(duration d, duration pace = std::chrono::milliseconds{100});
  void step_clock(duration by);
  /// The machine sleeps: nothing runs, the venue goes on.
  void sleep(duration d);
  bool reset_by_hand(reset_kind kind);
  /// The clock is looked at ten times a second, from the process's start on: where a day began just now, nothing is done before all know it.
  void let_day_begin();

  // -- what is seen, and what must hold -------------------------------------------------
  /// Asks for the whole status, and holds it against what was seen before (I3, I8). Nothing where the account cannot answer.
  std::optional<account_status> look();
  /// The same without waking any rule: only what is said of its state (I8).
  void glance();
  /// All is quiet and has been for long: nothing may be left undone (I1, I2, I4, I5, I7, and that it says so).
  void check_rest();

  /// Quotes that the broker did not tell because the account rested.
  int64_t quotes_kept();

  const account_status& last_seen() const { return *seen_; }

private:
  void fail(std::string what);
  void note_time();
  void check_locks(const account_status& before, const account_status& now);
  void check_active(const account_status& now);
  void check_rule_at_rest(const account_status& now, const rule_status& rule);
  std::size_t locks_without_asking();
  template <class F>
  void each_handle(F f);

  std::shared_ptr<wiring> house_ = std::make_shared<wiring>();
  supervisor_actor root_;
  std::optional<account_status> seen_;
  // since `seen_`:
  timestamp latest_wall_{}; // what the service takes for the time was never further
  bool crashed_ = false, reset_by_hand_ = false, could_trade_ = false;
  std::deque<timestamp> kills_;
  timestamp begun_by_hand_{}; // the newest daily reset by hand, by what the service took for the time
};

} // namespace rm::test
