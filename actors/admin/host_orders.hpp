// What administrators ask of the host: the configuration, a login's key, the log.
#pragma once

#include "actors/admin/dispatch.hpp"
#include "actors/admin/text_uploads.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace rm {

/// What the host does for administrators. Empty: it cannot.
struct host_services {
  /// Carries the order out on a thread of the host's own and then calls back, from there. Must not block.
  std::function<void(config_order order, std::function<void(bool done, std::string text)> answer)> config;
  /// The same for a login's key.
  std::function<void(key_order order, std::function<void(bool done, std::string text)> answer)> set_key;
  /// The newest lines of the log, oldest first. Memory only: must not touch a disk.
  std::function<std::vector<log_line>(std::size_t lines)> log;
  /// Changes the level of a room's log, or of all; says why not.
  std::function<std::optional<std::string>(const std::string& room, const std::string& level)> set_log_level;
  /// What time it is, for news that nobody has asked for.
  std::function<wire_time()> clock;
  /// Whether that can be relied on, see `venue_clock::sure`; empty: always.
  std::function<bool()> time_sure;
};

/// Puts the orders to the host and remembers who waits for which answer. What the host takes time for counts among a gathering's
/// outstanding questions; the answer comes from the host's thread by `answer`, and is given to `take` on ours.
class host_orders {
public:
  using gathering_ptr = std::shared_ptr<gathering>;
  static constexpr std::size_t most = 8; // under way at once

  host_orders(host_services host, std::function<void(host_answer)> answer) : host_{std::move(host)}, answer_{std::move(answer)} {}

  /// Everything that `g` asks the host for, but the configuration. Gives the journal's line about what is done by then.
  std::optional<journal_entry> ask(const gathering_ptr& g);
  /// Apart, since days may have to be gathered for it first.
  void order_config(const gathering_ptr& g);

  struct settled {
    gathering_ptr of; // null: nobody waits for this answer
    std::optional<journal_entry> line;
  };
  /// Notes the answer in its gathering; what is counted as outstanding is the caller's to settle.
  settled take(const host_answer& answer);

  /// By the host's clock, where it has one.
  wire_time now(wire_time otherwise) const { return host_.clock ? host_.clock() : otherwise; }
  bool time_sure() const { return !host_.time_sure || host_.time_sure(); }

private:
  template <class Carry, class Order>
  void put(const gathering_ptr& g, const Carry& carry, const Order& order);
  void take_part(gathering& g);
  std::optional<journal_entry> change_log_level(gathering& g);

  host_services host_;
  std::function<void(host_answer)> answer_;
  std::map<uint64_t, gathering_ptr> tickets_; // orders that the host has not answered
  uint64_t last_ticket_ = 0;
  text_uploads uploads_;
};

} // namespace rm
