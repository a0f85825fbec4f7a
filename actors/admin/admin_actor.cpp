#include "actors/admin/admin_actor.hpp"

#include "actors/admin/commands/catalogue.hpp"
#include "actors/admin/dispatch.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>

namespace rm {
namespace {

using gathering_ptr = std::shared_ptr<gathering>;

struct admin_state {
  using handle = admin_actor;
  static inline const char* name = "admin";

  admin_state(handle::pointer self, admin_settings given, client_port_factory open_port)
    : self{self},
      settings{std::move(given)},
      commands{settings.commands ? *settings.commands : command_catalogue()},
      port{open_port(sink_for(self->address()))} {}

  handle::behavior_type make_behavior() {
    return {
      [this](const client_line& line) { on_line(line); },
      [this](const wiring& now) { ++handled, others = now; },
      [this](describe) -> caf::result<description> { return report(); },
    };
  }

  /// What the port's threads call: it must not keep this actor alive, nor ever reach its successor.
  static socket_sink sink_for(caf::actor_addr weak) {
    socket_sink sink;
    sink.on_line = [weak](client_line line) {
      if (const auto desk = caf::actor_cast<admin_actor>(weak))
        post(desk, std::move(line));
    };
    return sink;
  }

  void on_line(const client_line& line) {
    ++handled;
    auto known = everybody(line.received);
    known.caller = line.user.empty() ? "somebody" : line.user;
    auto next = receive_line(line, commands, known);
    if (auto* done = std::get_if<answered>(&next))
      return turn_down(line.connection, std::move(*done));
    gather(std::make_shared<gathering>(std::move(std::get<gathering>(next))));
  }

  void turn_down(uint64_t connection, answered done) {
    if (done.journal && others.persistence)
      tell(self, others.persistence, std::move(*done.journal));
    port->answer(connection, std::move(done.line));
  }

  house everybody(wire_time now) const {
    house out{now, settings.service, settings.accounts, settings.brokers, settings.alarms, {}};
    for (const auto& [account, actors] : others.accounts)
      add_running(out, account);
    for (const auto& [broker, actor] : others.brokers)
      add_running(out, broker);
    return out;
  }

  // -- questions ------------------------------------------------------------------

  void gather(gathering_ptr g) {
    g->outstanding = 1; // until all are asked
    if (g->questions.accounts)
      for (const auto& [account, actors] : others.accounts)
        ask_account(g, account, actors.desk);
    if (g->questions.brokers)
      for (const auto& [broker, actor] : others.brokers)
        ask_broker(g, broker, actor);
    if (g->questions.storage)
      ask_storage(g);
    if (g->questions.journal)
      ask_journal(g);
    if (g->questions.reset)
      order_reset(g);
    settle(g);
  }

  void settle(const gathering_ptr& g) {
    if (--g->outstanding == 0)
      port->answer(g->connection, finish(*g));
  }

  /// Asks, and hands over the answer or the reason why there is none. Who does not run at all keeps the excuse that was put for him.
  template <class Answer, class Handle, class Question, class Take, class Excuse>
  void put_question(const gathering_ptr& g, const Handle& to, Question question, Take take, Excuse excuse) {
    if (!to)
      return;
    ++g->outstanding;
    ask(self, to, settings.patience, std::move(question))
      .then([this, g, take](const Answer& answer) { take(answer), settle(g); },
            [this, g, excuse](const caf::error& why) { excuse(text_of(why)), settle(g); });
  }

  void ask_account(const gathering_ptr& g, account_id who, const account_actor& desk) {
    put_question<account_status>(
      g, desk, get_account_status{}, [g](const account_status& a) { g->put(a); }, [g, who](const std::string& why) { g->excuse(who, why); });
  }

  void ask_broker(const gathering_ptr& g, broker_id who, const broker_actor& broker) {
    put_question<broker_status>(
      g, broker, get_broker_status{}, [g](const broker_status& b) { g->put(b); }, [g, who](const std::string& why) { g->excuse(who, why); });
  }

  void ask_storage(const gathering_ptr& g) {
    put_question<storage_health>(
      g, others.persistence, get_storage_health{}, [g](const storage_health& h) { g->found.storage = h; },
      [g](const std::string& why) { g->excuse_storage(why); });
  }

  void ask_journal(const gathering_ptr& g) {
    put_question<journal_page>(
      g, others.persistence, *g->questions.journal, [g](const journal_page& page) { g->found.journal = page; },
      [g](const std::string& why) { g->excuse_journal(why); });
  }

  /// An order is journalled, whatever became of it.
  void order_reset(const gathering_ptr& g) {
    const auto order = *g->questions.reset;
    const auto note = [this, order](const std::string& outcome) {
      if (others.persistence)
        tell(self, others.persistence, journal_entry{order.now, order.account, "admin", {}, order.by + " orders a " + std::string{name_of(order.kind)} + " reset (" + order.reason + "): " + outcome, -1});
    };
    const auto desk = others.accounts.find(order.account);
    if (desk == others.accounts.end() || !desk->second.desk)
      return note("nobody is there to carry it out");
    put_question<order_done>(
      g, desk->second.desk, order, [g, note](const order_done& done) { g->found.done = done, note("done"); },
      [g, note](const std::string& why) { g->found.done = why, note("refused: " + why); });
  }

  description report() {
    ++handled;
    return {"admin", "admin", "listening", static_cast<int64_t>(self->mailbox().size()), handled, {}};
  }

  handle::pointer self;
  admin_settings settings;
  std::vector<command> commands;
  wiring others;
  int64_t handled = 0;
  std::unique_ptr<client_port> port; // last: opened when all else stands, closed before all else goes
};

} // namespace

admin_actor start_admin(caf::actor_system& system, admin_settings settings, client_port_factory open_port) {
  std::sort(settings.accounts.begin(), settings.accounts.end(), [](const auto& a, const auto& b) { return a.account < b.account; });
  std::sort(settings.brokers.begin(), settings.brokers.end());
  return spawn_state<admin_state>(system, std::move(settings), std::move(open_port));
}

} // namespace rm
