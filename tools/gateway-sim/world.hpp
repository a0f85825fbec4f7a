// The whole simulated venue in one place: engine, users, hubs, faults, script. Everything that changes it goes
// through here, so that events reach the hubs and the script sees them.
#pragma once
#include "auth.hpp"
#include "engine.hpp"
#include "event_order.hpp"
#include "faults.hpp"
#include "hub_board.hpp"
#include "journal.hpp"
#include "past.hpp"
#include "rate_limit.hpp"
#include "records.hpp"
#include "scenario.hpp"
#include "scheduler.hpp"
#include "script.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace gateway_sim {

/// One last-price change, kept for the bars.
struct price_tick {
  wall_time at;
  int64_t ticks = 0;
  int64_t volume = 0;
};

class world {
public:
  using clock = std::function<wall_time()>;

  world(scenario s, scheduler& time, clock wall, double speed);
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  wall_time now() const { return wall_(); }

  /// Runs one action and tells what came of it.
  script::outcome_text perform(const action& a);

  /// Sends what the engine has to say, then lets the script look. Call it after every engine call.
  void pump();

  /// Some connection subscribed, came or went.
  void clients_changed();

  /// A connection made these subscriptions: sends what the switch `snapshot` says.
  void subscribed(uint64_t client, const std::vector<new_subscription>& made);

  /// Adds items to the running script.
  void add_to_script(std::vector<script_item> items);

  /// The contract's price moves: market data first, then what it fills.
  void set_price(const contract& c, int64_t ticks, int64_t volume);

  /// Applies switches that the engine cares about; call it after changing `knobs`.
  void apply_switches();

  // What REST lists show: the book, or what it was some time ago (the *_list_lag switches).

  std::vector<const account*> accounts_shown() const;
  std::vector<const order*> orders_shown(int64_t account) const;
  std::vector<position> positions_shown(int64_t account) const;
  std::vector<const trade*> trades_shown(int64_t account) const;

  const std::deque<price_tick>& history(const std::string& contract) const;

  engine book;
  auth users;
  rate_limit general_limit;
  rate_limit bars_limit;
  fault_list faults;
  hub_board hubs;
  journal log;
  switches knobs;
  gateway_sim::script plan;
  scheduler& time;

  /// Called when a shutdown was asked for.
  std::function<void()> on_shutdown;

private:
  struct running_path {
    price_path path;
    std::size_t next = 0;
    scheduler::time_point from{};
  };
  struct market {
    records::session_prices day;
    std::deque<price_tick> ticks;
    std::string quote; // the record sent last
    bool seen = false;
  };

  void start();
  void play(std::size_t path);
  void flood(const contract& c, int64_t left, std::chrono::nanoseconds gap, scheduler::time_point next, int64_t step);
  void publish_market(const contract& c, int64_t ticks, int64_t volume, order_side side);
  void publish(const engine_event& e);
  std::optional<hub_event> hub_event_of(const engine_event& e) const;
  hub_event quote_event(const contract& c, int64_t ticks) const;
  std::vector<engine_event> snapshot_of(const new_subscription& s) const;
  void keep_past();
  void remember(const engine_event& e);
  decimal open_profit(int64_t account) const;
  void enforce_loss_limit();
  bool holds(const condition& c) const;
  int64_t account_of(const std::optional<int64_t>& given) const;
  script::outcome_text run(const action& a);
  script::outcome_text run_order(const action& a);
  script::outcome_text run_market(const action& a);
  script::outcome_text run_fault(const action& a);

  clock wall_;
  double speed_;
  bool start_immediately_;
  event_arranger arranger_;
  std::map<std::string, market> markets_;
  past<int64_t, account> past_accounts_;
  past<int64_t, order> past_orders_;
  past<int64_t, trade> past_trades_;
  past<std::pair<int64_t, std::string>, position> past_positions_;
  std::vector<running_path> paths_;
};

} // namespace gateway_sim
