// Who exists, in which order they start, and in which they stop: read app.cpp to know the program.
#pragma once

#include "actors/account/guard.hpp"
#include "actors/broker/port.hpp"
#include "actors/persistence/persistence_actor.hpp"
#include "actors/resets/trading_calendar.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "actors/timers/venue_clock.hpp"
#include "messages/protocols.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace rm {

struct rule_setup {
  std::string name;
  parameter block; // as configured
};

struct account_setup {
  account_settings account;
  std::vector<rule_setup> rules; // the enabled ones
  rule_context context;
};

/// All that the actors need from outside.
struct service_parts {
  storage_settings storage;
  std::function<timestamp()> wall_clock; // the only clock that the actors see
  std::function<timestamp()> pc_clock;   // the machine's own, where the other is put right; empty: the same
  std::shared_ptr<venue_clock> venue_time; // who puts it right; may be null
  calendar_settings calendar;
  std::vector<std::pair<broker_id, port_factory>> brokers;
  std::vector<account_setup> accounts;
  std::function<admin_actor(caf::actor_system&)> start_admin; // empty: nobody asks
  bool accounts_rest = true; // quotes that no rule need hear are kept at the broker; tests hold the two ways against each other
  /// By the name of each child of the root ("account 126244", "broker topstepx", "resets", "admin"): its configuration as text, without
  /// secrets. What is not in here never changes while the service runs.
  std::map<std::string, std::string> fingerprints;
};

/// The start list, in order.
std::vector<child_spec> root_children(const service_parts& parts);

/// Starts it. The stop order is its reverse: admin, inspector, resets, accounts (each: account, rules, enforcement), brokers, timers, persistence.
supervisor_actor start_service(caf::actor_system& system, const service_parts& parts);

/// Runs the service until `stop` is called or it fails for good. One per process.
class app {
public:
  /// `post` hands a task to the loop that reads the venue's events: the actors run there too, so that an event is read, judged and
  /// answered without another thread having to wake up. Only persistence has a thread of its own.
  explicit app(std::function<void(std::function<void()>)> post);
  /// The loop's thread must have ended by now.
  ~app();
  app(const app&) = delete;
  app& operator=(const app&) = delete;

  caf::actor_system& system();
  /// Starts; `on_end` is called once, from another thread, when the root supervisor has ended: empty text after an ordered stop.
  /// `on_beat` is called, from another thread, each time that the root supervisor has answered (every `beat_interval`): true when all its
  /// children run.
  void start(const service_parts& parts, std::function<void(std::string)> on_end, std::function<void(bool all_run)> on_beat = {});
  static constexpr std::chrono::seconds beat_interval{3};
  /// Another configuration while it runs: what changed is restarted (an account as after a crash, with all that it had kept), the rest is
  /// not touched. Storage and clock stay. `notes` go into the journal; `config` is kept for the next start. Safe from any thread.
  void reload(const service_parts& parts, std::vector<journal_entry> notes, std::optional<config_in_force> config = std::nullopt);
  /// Writes lines into the journal. Safe from any thread.
  void note(std::vector<journal_entry> lines);
  /// The machine woke from sleep: every link is looked at, at once. Safe from any thread.
  void woke(journal_entry note);
  /// Begins the ordered stop; returns at once. Safe from any thread.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace rm
