#include "actors/admin/admin_actor.hpp"

#include "actors/admin/commands/actor_lines.hpp"
#include "actors/admin/commands/catalogue.hpp"
#include "actors/admin/dispatch.hpp"
#include "actors/admin/refusal_book.hpp"
#include "actors/admin/subscriptions.hpp"
#include "actors/supervisor/account_news.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace rm {
namespace {

using gathering_ptr = host_orders::gathering_ptr;

constexpr std::chrono::milliseconds push_interval{250}; // how often what is due is looked for, while somebody is subscribed
constexpr std::chrono::minutes patience_with_proofs{10}; // millions of lines, a portion at a time
constexpr int64_t most_traced = 1'000'000; // more than any trace shows: numbers beyond it have one length, so that their order is that of words

struct admin_state {
  using handle = admin_actor::extend<accepts<poll>>;
  static inline const char* name = "admin";

  admin_state(handle::pointer self, admin_settings given, client_port_factory open_port)
    : self{self},
      settings{std::move(given)},
      commands{settings.commands ? *settings.commands : command_catalogue()},
      host{std::move(settings.host), answers_to(self->address())},
      port{open_port(sink_for(self->address()))} {}

  handle::behavior_type make_behavior() {
    return {
      [this](const client_line& line) { on_line(line); },
      [this](const client_gone& gone) { ++handled, wanted.remove(gone.connection); },
      [this](const account_changed&) { ++handled, wanted.note_change(); },
      [this](const host_answer& answer) { on_host_answer(answer); },
      [this](const traced& seen) { on_traced(seen); },
      [this](poll) { on_poll(); },
      [this](const wiring& now) { on_wiring(now); },
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
    sink.on_closed = [weak](uint64_t connection) {
      if (const auto desk = caf::actor_cast<admin_actor>(weak))
        post(desk, client_gone{connection});
    };
    return sink;
  }

  /// What the host's thread calls.
  static std::function<void(host_answer)> answers_to(caf::actor_addr weak) {
    return [weak](host_answer answer) {
      if (const auto desk = caf::actor_cast<admin_actor>(weak))
        post(desk, std::move(answer));
    };
  }

  void on_line(const client_line& line) {
    ++handled;
    last_heard = line.received;
    auto known = everybody(line.received);
    known.caller = line.user.empty() ? "somebody" : line.user;
    auto next = receive_line(line, commands, known);
    if (auto* done = std::get_if<answered>(&next))
      return turn_down(line.connection, std::move(*done));
    gather(std::make_shared<gathering>(std::move(std::get<gathering>(next))));
  }

  void turn_down(uint64_t connection, answered done) {
    if (done.journal)
      for (auto& line : refusals.take(std::move(*done.journal)))
        note(std::move(line));
    port->answer(connection, std::move(done.line));
  }

  void note(journal_entry entry) {
    if (others.persistence)
      tell(self, others.persistence, std::move(entry));
  }

  void on_wiring(const wiring& now) {
    ++handled;
    take_without_rules(others, now);
    wanted.note_change();
  }

  house everybody(wire_time now) const {
    house out{now, settings.service, settings.accounts, settings.brokers, settings.alarms, {}, host.time_sure()};
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
    if (g->questions.days)
      ask_days(g);
    if (g->questions.brokers)
      for (const auto& [broker, actor] : others.brokers)
        ask_broker(g, broker, actor);
    if (g->questions.storage)
      ask_storage(g);
    if (g->questions.journal)
      ask_journal(g);
    if (g->questions.proof)
      ask_proof(g);
    if (g->questions.order)
      give_order(g);
    if (g->questions.config && !g->questions.days)
      host.order_config(g);
    if (auto line = host.ask(g))
      note(std::move(*line));
    if (g->questions.actors)
      ask_inspector(g);
    if (g->questions.drill)
      order_drill(g);
    if (g->questions.trace)
      order_trace(g);
    settle(g);
  }

  void settle(const gathering_ptr& g) {
    if (--g->outstanding > 0)
      return;
    if (g->push)
      return tell_news(*g);
    port->answer(g->connection, finish(*g));
    if (g->topic)
      change_subscription(*g);
  }

  // -- subscriptions ----------------------------------------------------------------

  void change_subscription(const gathering& g) {
    const auto& asked = *g.questions.subscribe;
    if (asked.ends)
      return wanted.remove(g.connection, asked.topic);
    const auto added = wanted.add(g.connection, *g.topic, asked.params);
    if (const auto* error = std::get_if<rpc_error>(&added))
      return port->push(g.connection, g.topic->name, push_trouble_line(g.topic->name, *error));
    if (const auto& last = std::get<std::string>(added); !last.empty())
      port->push(g.connection, g.topic->name, last);
    gather_due(g.known.now);
    look_again();
  }

  /// One look at a time is on its way, and none while nobody is subscribed.
  void look_again() {
    if (!std::exchange(looking, true))
      tell_after(self, handle{self}, push_interval, poll{});
  }

  void on_poll() {
    looking = false;
    if (wanted.empty())
      return;
    gather_due(host.now(last_heard));
    look_again();
  }

  void gather_due(wire_time now) {
    for (const auto& which : wanted.take_due(now.steady_ns))
      if (const auto* group = wanted.find(which))
        gather(std::make_shared<gathering>(gather_news(*group->what, group->params, everybody(now))));
  }

  void tell_news(const gathering& g) {
    const std::string line = finish(g);
    const auto begun = g.known.now.steady_ns, ended = host.now(g.known.now).steady_ns;
    for (const auto connection : wanted.told({g.asked->name, g.request.params}, begun, ended, line))
      port->push(connection, g.asked->name, line);
  }

  /// Asks, and hands over the answer or the reason why there is none. Who does not run at all keeps the excuse that was put for him.
  template <class Answer, class Handle, class Question, class Take, class Excuse>
  void put_question(const gathering_ptr& g, const Handle& to, Question question, Take take, Excuse excuse, duration patience = {}) {
    if (!to)
      return;
    ++g->outstanding;
    ask(self, to, patience > duration{} ? patience : settings.patience, std::move(question))
      .then([this, g, take](const Answer& answer) { take(answer), settle(g); },
            [this, g, excuse](const caf::error& why) { excuse(text_of(why)), settle(g); });
  }

  void ask_account(const gathering_ptr& g, account_id who, const account_actor& desk) {
    put_question<account_status>(
      g, desk, get_account_status{g->push}, [g](const account_status& a) { g->put(a); }, [g, who](const std::string& why) { g->excuse(who, why); });
  }

  /// An order about the configuration that days go with is given when they are here.
  void ask_days(const gathering_ptr& g) {
    const auto left = std::make_shared<std::size_t>(1); // until all are asked
    const auto one_is_done = [this, g, left] {
      if (--*left == 0)
        use_days(g);
    };
    for (const auto& [account, actors] : others.accounts) {
      *left += actors.desk ? 1 : 0;
      put_question<account_day>(
        g, actors.desk, get_account_day{}, [g, one_is_done](const account_day& day) { g->found.days.push_back(day), one_is_done(); },
        [one_is_done](const std::string&) { one_is_done(); });
    }
    one_is_done();
  }

  void use_days(const gathering_ptr& g) {
    std::sort(g->found.days.begin(), g->found.days.end(), [](auto& a, auto& b) { return a.account < b.account; });
    if (!g->questions.config)
      return;
    g->questions.config->days = std::move(g->found.days);
    host.order_config(g);
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

  void ask_proof(const gathering_ptr& g) {
    put_question<journal_proof>(
      g, others.persistence, *g->questions.proof, [g](const journal_proof& proof) { g->found.proof = proof; },
      [g](const std::string& why) { g->found.proof = why; }, patience_with_proofs);
  }

  // -- orders -------------------------------------------------------------------------

  /// An order is journalled, whatever became of it.
  void give_order(const gathering_ptr& g) {
    std::visit([&](const auto& order) { give_order(g, order); }, *g->questions.order);
  }

  template <class Order>
  void give_order(const gathering_ptr& g, const Order& order) {
    const auto write_down = [this, order](const std::string& outcome) {
      note({order.now, order.account, "admin", {}, order.by + " orders " + words_of(account_order{order}) + " (" + order.reason + "): " + outcome, -1});
    };
    const auto desk = others.accounts.find(order.account);
    if (desk == others.accounts.end() || !desk->second.desk)
      return write_down("nobody is there to carry it out");
    ++g->outstanding;
    ask(self, desk->second.desk, settings.patience, order)
      .then([this, g, write_down](const order_done& done) { g->found.done = done, write_down(done.locked.empty() ? "done" : "done; " + done.what), settle(g); },
            [this, g, write_down](const caf::error& why) {
              g->found.refused = why == ec::rejected;
              g->found.done = text_of(why);
              write_down("refused: " + text_of(why));
              settle(g);
            });
  }

  // -- the inspector ------------------------------------------------------------------

  void ask_inspector(const gathering_ptr& g) {
    put_question<actor_list>(
      g, others.inspector, get_actors{}, [g](const actor_list& list) { g->found.actors = list; },
      [g](const std::string& why) { g->found.actors = why; });
  }

  template <class Order, class After>
  void order_inspector(const gathering_ptr& g, const Order& order, After after) {
    if (!others.inspector)
      return after("nobody is there to carry it out");
    ++g->outstanding;
    ask(self, others.inspector, settings.patience, order)
      .then([this, g, after](const order_done& done) { g->found.done = done, after("done to " + done.what), settle(g); },
            [this, g, after](const caf::error& why) {
              g->found.refused = why == ec::rejected;
              g->found.done = text_of(why);
              after("refused: " + text_of(why));
              settle(g);
            });
  }

  /// Journalled before it is sent: it may be persistence that crashes.
  void order_drill(const gathering_ptr& g) {
    const auto order = *g->questions.drill;
    const auto words = order.by + " orders a crash of " + order.actor.substr(0, 60) + " as a drill";
    note({order.now, {}, "admin", {}, words, -1});
    order_inspector(g, order, [this, order, words](const std::string& outcome) {
      if (outcome.starts_with("refused"))
        note({order.now, {}, "admin", {}, words + ": " + outcome, -1});
    });
  }

  void order_trace(const gathering_ptr& g) {
    auto order = *g->questions.trace;
    order.connection = g->connection;
    order_inspector(g, order, [](const std::string&) {});
  }

  /// Each under a topic of its own, in order: nothing of a trace is left out, however slowly it is read. It is bounded.
  void on_traced(const traced& seen) {
    ++handled;
    port->push(seen.connection, "trace " + std::to_string(most_traced + seen.number), push_line("trace", trace_json(seen)));
  }

  void on_host_answer(const host_answer& answer) {
    ++handled;
    auto [of, line] = host.take(answer);
    if (line)
      note(std::move(*line));
    if (of)
      settle(of);
  }

  description report() {
    ++handled;
    return {"admin", "admin", "listening", static_cast<int64_t>(self->mailbox().size()), handled, {"refused to traders " + std::to_string(refusals.count())}};
  }

  handle::pointer self;
  admin_settings settings;
  std::vector<command> commands;
  wiring others;
  subscriptions wanted;
  host_orders host;
  wire_time last_heard{};
  bool looking = false;
  refusal_book refusals;
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
