#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/supervisor/account_news.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto load_retry = 250ms; // what was kept of an account could not be loaded: try again, for as long as it takes
constexpr auto load_patience = 60s;  // ten thousand accounts load one after the other; who does not run any more answers at once
constexpr auto longest_sleep = 24h;  // nobody says how long it was
constexpr auto stop_grace = 10s;   // a child that does not end is killed after that
constexpr auto nested_grace = 30s; // the same for a supervisor, which has children of its own to stop

struct supervisor_state {
  using handle = supervisor_actor;
  static inline const char* name = "supervisor";

  struct child {
    child_spec spec;
    crash_history history;
    caf::actor running;
    bool starting = false, asked_to_stop = false;
    int64_t restarts = 0;
    std::string last_error;
    std::unique_ptr<child_spec> successor; // it is being stopped to make room for this
    bool leaving = false;                // it is being stopped for good
    timestamp since{};                   // its newest start
    bool knows_accounts = false;         // it has been told of all of them
  };

  supervisor_state(handle::pointer self, const supervisor_settings& given) : self{self}, settings{given.name, {}, given.account, given.wall_clock} {
    children.reserve(given.children.size());
    for (auto& spec : given.children)
      children.push_back(child_of(spec));
  }
  static child child_of(const child_spec& spec) { return {spec, {}, {}, false, false, 0, {}, {}, false, {}, false}; }

  handle::behavior_type make_behavior() {
    self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
    if (!settings.account) {
      others.root = handle{self};
      start_all();
    }
    return {
      [this](const restart_child& m) { on_restart(m.name); },
      [this](const account_wired& w) { on_account(w); },
      [this](const replace_children& m) { on_replace(m); },
      [this](stop_all) { stop({}); },
      [this](list_children) -> caf::result<child_list> { return report(); },
      [this](const wiring& w) { on_wiring(w); },
      [this](describe) -> caf::result<description> { return describe_self(); },
    };
  }

  // -- starting -----------------------------------------------------------------

  void start_all() {
    started = true;
    for (auto& c : children)
      start(c);
    tell_everyone();
  }

  void start(child& c) {
    if (!c.spec.needs_kept)
      return run(c, {});
    if (c.starting)
      return;
    c.starting = true;
    if (!others.persistence)
      return load_failed(c.spec.name, "no persistence");
    ask(self, others.persistence, load_patience, load_account{*c.spec.needs_kept})
      .then([this, child_name = c.spec.name](const stored_account& kept) { loaded(child_name, kept); },
            [this, child_name = c.spec.name](const caf::error& why) { load_failed(child_name, text_of(why)); });
  }

  void loaded(const std::string& child_name, const stored_account& kept) {
    auto* c = find(child_name);
    if (!c)
      return; // nobody wants it any more
    c->starting = false;
    if (stopping || c->running)
      return;
    run(*c, kept);
    tell_everyone();
  }

  void load_failed(const std::string& child_name, const std::string& why) {
    auto* c = find(child_name);
    if (!c)
      return;
    c->starting = false;
    if (stopping)
      return;
    if (const auto text = "could not be loaded: " + why; c->last_error != text) {
      c->last_error = text;
      spdlog::error("{}: {} {}", settings.name, child_name, text); // once, not four times a second
    }
    tell_after(self, handle{self}, load_retry, restart_child{child_name});
  }

  void run(child& c, const stored_account& kept) {
    c.knows_accounts = false;
    leave(c); // the handles of an earlier incarnation
    try {
      c.running = c.spec.start(self->system(), others, kept);
    } catch (const std::exception& failure) {
      return crashed(c, failure.what());
    }
    c.since = now();
    self->monitor(c.running);
  }

  /// Everyone gets the handles that he may need. An account's actors need nobody of another account.
  void tell_everyone() {
    write_down();
    const auto slim = account_news::without_accounts(others);
    const auto news = untold.take(others);
    for (auto& c : children)
      if (c.running)
        tell_child(c, c.spec.account ? slim : news);
    if (settings.account && others.root) {
      auto& room = others.accounts[*settings.account];
      room.account = *settings.account;
      room.supervisor = handle{self};
      tell(self, others.root, room);
    }
  }

  /// After a start of this child, or without it: nobody in the other accounts needs to know of an account.
  void tell_of(child* c, bool was_account) {
    if (!was_account)
      return tell_everyone();
    write_down();
    if (c && c->running)
      tell_child(*c, account_news::without_accounts(others));
    tell_changes();
  }

  void tell_changes() {
    const auto news = untold.take(others);
    for (auto& c : children)
      if (c.running && !c.spec.account)
        tell_child(c, news);
  }

  /// `news`: what is new since the last time; who is new himself is told all.
  void tell_child(child& c, const wiring& news) {
    const bool all = settings.account || (!c.spec.account && !std::exchange(c.knows_accounts, true));
    tell(self, caf::actor_cast<wired_actor>(c.running), all ? others : news);
  }

  /// Takes the handles of the account that this child is for out of the wiring.
  void leave(const child& c) {
    if (!c.spec.account)
      return;
    others.accounts.erase(*c.spec.account);
    untold.note(*c.spec.account);
  }

  void on_wiring(const wiring& w) { // from the parent
    ++handled;
    if (!settings.account || stopping)
      return;
    auto own = std::move(others.accounts[*settings.account]);
    others = w;
    others.accounts.clear();
    others.accounts[*settings.account] = std::move(own);
    if (!started)
      return start_all();
    for (auto& c : children)
      if (c.running)
        tell(self, caf::actor_cast<wired_actor>(c.running), others);
  }

  void on_account(const account_wired& w) {
    ++handled;
    others.accounts[w.account] = w;
    untold.note(w.account);
    tell_changes();
  }

  // -- another configuration --------------------------------------------------------

  void on_replace(const replace_children& m) {
    unwritten.insert(unwritten.end(), m.notes.begin(), m.notes.end());
    if (m.config)
      unmarked = m.config;
    write_down();
    if (m.woke)
      for (auto& [id, broker] : others.brokers)
        tell(self, broker, check_link{longest_sleep});
    if (!m.children || stopping)
      return;
    std::vector<child> next;
    for (auto& spec : *m.children) {
      auto* known = find(spec.name);
      next.push_back(known ? std::move(*known) : child_of(spec));
      if (known)
        known->spec.name.clear(); // moved
      auto& c = next.back();
      if (c.running && (c.asked_to_stop || c.spec.fingerprint != spec.fingerprint)) // who is on his way out makes room for the newest
        c.successor = std::make_unique<child_spec>(spec);
      else if (!c.running)
        c.spec = spec;
      c.leaving = false;
    }
    for (auto& c : children)
      if (!c.spec.name.empty()) { // nobody wants it any more
        c.leaving = true;
        c.successor.reset();
        if (!c.running)
          forget(c);
        if (c.running)
          next.push_back(std::move(c));
      }
    children = std::move(next);
    for (auto& c : children)
      if (c.running && (c.leaving || c.successor))
        end(c);
      else if (!c.running && !c.starting && started)
        start(c);
    tell_everyone();
  }

  /// A child has ended because another configuration said so.
  void replaced(std::vector<child>::iterator c) {
    c->asked_to_stop = false;
    const bool was_account = c->spec.account.has_value();
    if (c->leaving) {
      forget(*c);
      children.erase(c);
      return tell_of(nullptr, was_account);
    }
    c->spec = std::move(*c->successor);
    c->successor.reset();
    start(*c);
    tell_of(&*c, was_account);
  }

  void forget(const child& c) {
    leave(c);
    if (c.spec.forget)
      c.spec.forget(others);
  }

  void end(child& c) {
    if (c.asked_to_stop)
      return;
    const bool nested = c.spec.account.has_value();
    c.asked_to_stop = true;
    if (nested)
      tell(self, caf::actor_cast<supervisor_actor>(c.running), stop_all{});
    else
      self->send_exit(c.running, caf::exit_reason::user_shutdown);
    // The same message that ends a back-off: whoever is still there then has had its time.
    tell_after(self, handle{self}, nested ? nested_grace : stop_grace, restart_child{c.spec.name});
  }

  // -- crashes --------------------------------------------------------------------

  void on_down(const caf::down_msg& down) {
    auto i = std::find_if(children.begin(), children.end(), [&](auto& c) { return c.running && c.running.address() == down.source; });
    if (i == children.end())
      return; // an earlier incarnation
    i->running = nullptr;
    if (stopping)
      return stop_next();
    if (i->leaving || i->successor)
      return replaced(i);
    crashed(*i, down.reason ? text_of(down.reason) : "it ended");
  }

  void crashed(child& c, std::string why) {
    c.last_error = std::move(why);
    const auto delay = c.history.after_crash(c.spec.policy, self->clock().now());
    if (!delay) {
      const auto text = c.spec.name + ": too many restarts, last: " + c.last_error;
      journal("crash", text);
      return stop(caf::make_error(ec::crashed, settings.name + ": " + text));
    }
    journal("crash", c.spec.name + " ended: " + c.last_error + "; started again in " +
                       std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*delay).count()) + " ms");
    tell_after(self, handle{self}, *delay, restart_child{c.spec.name});
  }

  void on_restart(const std::string& child_name) {
    ++handled;
    auto* c = find(child_name);
    if (c && c->running && c->asked_to_stop && (stopping || c->leaving || c->successor))
      return kill(*c);
    if (stopping || !c || c->running || c->starting)
      return;
    if (!c->last_error.starts_with("could not be loaded"))
      ++c->restarts;
    start(*c);
    if (c->running)
      tell_of(c, c->spec.account.has_value());
  }

  // -- the ordered stop -------------------------------------------------------------

  void stop(caf::error why) {
    if (stopping)
      return;
    stopping = true;
    reason = std::move(why);
    stop_next();
  }

  void stop_next() {
    auto i = std::find_if(children.rbegin(), children.rend(), [](auto& c) { return bool(c.running); });
    if (i == children.rend()) {
      others = {};
      untold.clear();
      return self->quit(reason);
    }
    i->asked_to_stop = false; // again, with a time of its own
    end(*i);
  }

  void kill(child& c) {
    spdlog::error("{}: {} does not end and is killed", settings.name, c.spec.name);
    self->send_exit(c.running, caf::exit_reason::kill);
  }

  // -- for people -------------------------------------------------------------------

  void journal(std::string kind, std::string text) {
    spdlog::error("{}: {}", settings.name, text);
    unwritten.push_back({now(), settings.account.value_or(account_id{}), std::move(kind), {}, std::move(text), -1});
    write_down();
  }

  /// What persistence itself crashed of is written when it is there again.
  void write_down() {
    const auto* writer = find("persistence");
    if (!others.persistence || (writer && !writer->running))
      return;
    for (auto& line : std::exchange(unwritten, {}))
      tell(self, others.persistence, std::move(line));
    if (const auto config = std::exchange(unmarked, std::nullopt))
      tell(self, others.persistence, *config);
  }

  timestamp now() const { return settings.wall_clock ? settings.wall_clock() : timestamp{}; }

  child* find(const std::string& child_name) {
    auto i = std::find_if(children.begin(), children.end(), [&](auto& c) { return c.spec.name == child_name; });
    return i == children.end() ? nullptr : &*i;
  }

  child_list report() {
    ++handled;
    child_list out;
    for (auto& c : children)
      out.children.push_back({c.spec.name, bool(c.running), c.restarts, c.last_error, c.since});
    return out;
  }

  description describe_self() {
    description out{name, settings.name, stopping ? "stopping" : started ? "running" : "waiting for its wiring",
                    static_cast<int64_t>(self->mailbox().size()), ++handled, {}};
    for (auto& c : children)
      out.detail.push_back(c.spec.name + (c.running ? " runs" : " does not run") + ", restarts " + std::to_string(c.restarts) +
                           (c.last_error.empty() ? "" : ", last error: " + c.last_error));
    return out;
  }

  handle::pointer self;
  supervisor_settings settings; // without the children
  std::vector<child> children;
  wiring others;
  account_news untold; // for those who need all accounts
  std::vector<journal_entry> unwritten; // until persistence runs …
  std::optional<config_in_force> unmarked; // … and so is this
  int64_t handled = 0;
  bool started = false, stopping = false;
  caf::error reason; // what the supervisor ends with
};

} // namespace

supervisor_actor start_supervisor(caf::actor_system& system, supervisor_settings settings) {
  return spawn_state<supervisor_state>(system, std::move(settings));
}

} // namespace rm
