// What a venue can do for us. One implementation per kind of venue; tests bring their own.
#pragma once

#include "messages/admin.hpp"
#include "messages/enforcement.hpp"

#include <functional>
#include <memory>

namespace rm {

/// Where a port delivers. Called from the port's own thread; must not block. Calls of one port never overlap.
struct port_sink {
  std::function<void(port_event)> on_event;
  std::function<void(port_answer)> on_answer;
  /// All that came in with one read has been told: who was told may be run before the next read. May be empty.
  std::function<void()> on_pause;
};

/// One login at a venue. All calls return at once; nothing is delivered before `start` and nothing after `stop` has returned.
/// Every `send` and `read` gets exactly one answer, also when the link is down: a request that nobody answered is `unclear`,
/// a read that failed is an error text and never an empty list.
class port {
public:
  virtual ~port() = default;

  /// Connects, and keeps connecting for as long as it takes; each change is told as `link_changed`.
  virtual void start(port_sink sink) = 0;
  /// Subscribes an account's events and reads all of it now and after each reconnect; each reading is told as `venue_snapshot`.
  virtual void watch(const watch_account& what) = 0;
  /// Nobody guards that account here any more, until it is watched again.
  virtual void leave(account_id) {}
  /// Reads a contract's specification (told as `contract_spec`; until it can be read it is an alarm of the login) and subscribes its quotes.
  virtual void watch(const watch_contract& what) = 0;
  /// Reads a contract's newest bar: told as a `quote`, or not at all. Asking again while one is under way does nothing.
  virtual void read_mark(const contract_id& contract) = 0;
  /// The machine may have slept, or its clock was set. Where it was gone for longer than a silent connection is trusted, all connections are
  /// made anew at once and all that is watched is read.
  virtual void check(const check_link&) {}
  virtual void send(const venue_request& request) = 0;
  virtual void read(request_id id, const read_account& what) = 0;
  /// The link's state for people. Thread-safe.
  virtual broker_status status() const = 0;
  /// Drops the sink, then the connections.
  virtual void stop() = 0;
};

using port_factory = std::function<std::unique_ptr<port>(const broker_id&)>;

} // namespace rm
