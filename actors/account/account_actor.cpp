#include "actors/account/account_actor.hpp"

#include "actors/account/rule_directory.hpp"
#include "actors/account/unlock_words.hpp"
#include "actors/kill_point.hpp"
#include "messages/caf/compat.hpp"
#include "messages/caf/loop_scheduler.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr std::ptrdiff_t enforcement_lines = 48; // all that enforcement has at hand
constexpr auto status_patience = 200ms;
constexpr auto reading_patience = 90s; // longer than a reading waits for its turn in the budget

struct account_state {
  using handle = account_actor::extend<accepts<poll>>;
  static inline const char* name = "account";

  struct curious_one {
    uint64_t number; // of the view that the answer waits for
    std::function<void()> answer;
  };

  account_state(handle::pointer self, const account_settings& settings, const stored_account& kept)
    : self{self}, mind{settings, kept} {
    mind.enforce_at_once([this](enforce order, account_effects& so_far) {
      hand_over_lines(so_far);
      act(order);
    });
  }

  handle::behavior_type make_behavior() {
    return {
      [this](const venue_event& e) { on_event(e); },
      [this](const verdict& v) { on_verdict(v); },
      [this](const enforcement_report& r) { on_report(r); },
      [this](const closes_asked& c) { carry_out(mind.on_closes_asked(c)); },
      [this](const timer_fired& t) { carry_out(mind.on_timer(t)); },
      [this](const clock_tick& t) { carry_out(mind.on_tick(t.now, t.sure)); },
      [this](const session_reset& r) { on_reset(r); },
      [this](const reset_order& order) { return on_order(&guard::on_reset_order, order, std::string{name_of(order.kind)} + " reset of"); },
      [this](const unlock_order& order) { return on_unlock(order); },
      [this](const lock_order& order) { return on_order(&guard::on_lock, order, std::string{name_of(order.mode)} + " lock of"); },
      [this](const flatten_order& order) { return on_order(&guard::on_flatten, order, "closing everything of"); },
      [this](get_account_day) -> caf::result<account_day> { return mind.day(); },
      [this](const get_account_status& asked) -> caf::result<account_status> { return on_status_wanted(asked.tell_change); },
      [this](poll) { answer_status(true); },
      [this](const wiring& w) { on_wiring(w); },
      [this](describe) -> caf::result<description> { return describe_self(); },
    };
  }

  void on_event(const venue_event& e) {
    fetch_soon<enforcement_lines>(enforcement);
    if (!std::holds_alternative<quote>(e.what) && !std::holds_alternative<contract_spec>(e.what))
      tell_if(enforcement, e); // first, so that enforcement knows what the account knew
    RM_KILL_POINT("event.told", word_of(e));
    carry_out(mind.on_event(e));
    RM_KILL_POINT("event.applied", word_of(e));
    tell_change();
  }

  void on_verdict(const verdict& v) {
    RM_KILL_POINT("verdict.read", name_of(v.level));
    auto effects = mind.on_verdict(v);
    RM_KILL_POINT("verdict.taken", name_of(v.level)); // a lock holds in memory, and nothing was done yet
    carry_out(std::move(effects));
    RM_KILL_POINT("verdict.done", name_of(v.level));
    answer_status(false);
  }

  void on_report(const enforcement_report& r) {
    RM_KILL_POINT("report.read", name_of(r.phase));
    carry_out(mind.on_report(r));
    RM_KILL_POINT("report.done", name_of(r.phase));
  }

  void on_reset(const session_reset& r) {
    RM_KILL_POINT("reset.read", name_of(r.kind));
    auto effects = mind.on_reset(r);
    RM_KILL_POINT("reset.taken", name_of(r.kind));
    carry_out(std::move(effects));
    RM_KILL_POINT("reset.done", name_of(r.kind));
  }

  /// Inside their bands rules are not asked for long; before people look, they are. A rule that does not answer is not waited for.
  caf::result<account_status> on_status_wanted(bool tell_change) {
    tells_change = false; // what follows is part of the answer
    uint64_t number = 0;
    carry_out(mind.on_status_wanted(number));
    if (mind.all_spoke_of(number)) {
      tells_change = tell_change;
      return mind.status();
    }
    auto promise = self->make_response_promise<account_status>();
    answer_when_all_spoke(number, [this, promise, tell_change]() mutable {
      promise.deliver(mind.status());
      tells_change |= tell_change;
    });
    return promise;
  }

  void answer_when_all_spoke(uint64_t number, std::function<void()> answer) {
    if (curious.empty())
      tell_after(self, handle{self}, status_patience, poll{});
    curious.push_back({number, std::move(answer)});
  }

  void answer_status(bool at_once) {
    while (!curious.empty() && (at_once || mind.all_spoke_of(curious.front().number))) {
      const auto first = std::move(curious.front());
      curious.pop_front();
      first.answer();
    }
  }

  /// Once: whoever shows the account asks again then.
  void tell_change() {
    if (!std::exchange(tells_change, false))
      return;
    tell_if(admin, account_changed{mind.settings().id});
  }

  template <class Order>
  caf::result<order_done> on_order(account_effects (guard::*carry)(const Order&, std::string&), const Order& order, const std::string& what) {
    std::string refused;
    carry_out((mind.*carry)(order, refused));
    if (!refused.empty())
      return caf::make_error(ec::rejected, refused);
    return order_done{what + " account " + to_string(mind.settings().id)};
  }

  /// A rule that still breaches locks again at once: the answer says what is true when all have looked.
  caf::result<order_done> on_unlock(const unlock_order& order) {
    const auto before = mind.locks();
    std::string refused;
    carry_out(mind.on_unlock(order, refused));
    if (!refused.empty())
      return caf::make_error(ec::rejected, refused);
    uint64_t number = 0;
    carry_out(mind.on_status_wanted(number));
    auto promise = self->make_response_promise<order_done>();
    answer_when_all_spoke(number, [this, promise, order, before, number]() mutable {
      promise.deliver(words_after_unlock(mind.settings().id, order, before, mind.locks(), mind.all_spoke_of(number)));
    });
    answer_status(false);
    return promise;
  }

  /// Whoever was started again knows nothing of us; after our own start nobody does.
  void on_wiring(const wiring& w) {
    const bool new_storage = replaced(persistence, w.persistence);
    const bool new_timers = replaced(timers, w.timers);
    resets = w.resets;
    admin = w.admin;
    const auto b = w.brokers.find(mind.settings().broker);
    const bool new_broker = replaced(broker, b == w.brokers.end() ? broker_actor{} : b->second);
    std::vector<rule_name> fresh;
    bool new_enforcement = false;
    if (const auto room = w.accounts.find(mind.settings().id); room != w.accounts.end()) {
      new_enforcement = replaced(enforcement, room->second.enforcement);
      fresh = rules.take(room->second.rules);
    }
    if (new_storage)
      carry_out(mind.on_storage_started());
    if (new_enforcement)
      carry_out(mind.on_enforcement_started());
    if (!fresh.empty())
      carry_out(mind.on_rules_started(fresh));
    if (new_broker)
      carry_out(mind.on_start());
    else if (new_timers)
      carry_out(mind.on_timers_started());
  }

  /// True when there is somebody, and another than before.
  template <class Handle>
  static bool replaced(Handle& known, const Handle& now) {
    const bool other = now && now != known;
    known = now;
    return other;
  }

  // -- intentions ---------------------------------------------------------------

  void carry_out(account_effects effects) {
    ++handled;
    for (auto& effect : effects)
      std::visit([this](auto& e) { act(e); }, effect);
    if (auto rest = mind.rest_wanted())
      tell_if(broker, std::move(*rest));
    if (!effects.empty())
      tell_change();
  }

  /// What led to a step is in the journal's hands before the step is taken.
  void hand_over_lines(account_effects& effects) {
    std::erase_if(effects, [this](account_effect& e) {
      auto* line = std::get_if<journal_entry>(&e);
      if (line)
        act(*line);
      return line != nullptr;
    });
  }

  void act(ask_rules& e) {
    rules.for_each_of(e.rules, [](auto& known) { fetch_soon(known.rule); }); // the memory of all comes in while the first are told
    rules.for_each_of(e.rules, [&](auto& known) { tell(self, known.rule, evaluate{e.view, e.started ? mind.kept_of(known.name) : nullptr}); });
  }
  void act(enforce& e) {
    tell_if(enforcement, std::move(e));
    RM_KILL_POINT("enforce.told");
    let_told_run(self); // the request is on the wire before anything else is done
  }
  void act(adjust_stops& e) { tell_if(enforcement, std::move(e)); }
  void act(save_account& e) { keep(e, e.memory.version); }
  void act(save_trades& e) { keep(e, 0); }
  void act(save_day& e) { tell_if(persistence, std::move(e)); }
  void act(journal_entry& e) { tell_if(persistence, std::move(e)); }
  void act(arm_timer& e) { tell_if(timers, std::move(e)); }
  void act(disarm_timer& e) { tell_if(timers, std::move(e)); }
  void act(watch_account& e) { tell_if(broker, std::move(e)); }
  void act(watch_contract& e) { tell_if(broker, std::move(e)); }
  void act(read_mark& e) { tell_if(broker, std::move(e)); }
  void act(reset_applied& e) { tell_if(resets, std::move(e)); }
  void act(read_venue& e) {
    if (!broker)
      return carry_out(mind.on_read_failed("no broker"));
    ask(self, broker, reading_patience, e.what)
      .then([this](const venue_snapshot& s) { on_event(venue_event{s, s.number}); },
            [this](const caf::error& why) { carry_out(mind.on_read_failed(text_of(why))); });
  }

  template <class Save>
  void keep(Save& save, uint64_t version) {
    if (!persistence)
      return carry_out(mind.on_save_failed(version, "no persistence"));
    RM_KILL_POINT("save.before");
    ask(self, persistence, 30s, std::move(save))
      .then([this, version](const saved&) { on_saved(version); },
            [this, version](const caf::error& why) { carry_out(mind.on_save_failed(version, text_of(why))); });
    RM_KILL_POINT("save.told");
  }

  void on_saved(uint64_t version) {
    RM_KILL_POINT("saved.read");
    carry_out(mind.on_saved(version));
    RM_KILL_POINT("saved.done");
  }

  template <class Handle, class Message>
  void tell_if(const Handle& to, Message&& message) {
    if (to)
      tell(self, to, std::forward<Message>(message));
  }

  description describe_self() const {
    const auto now = mind.status();
    description out{name, "account " + to_string(mind.settings().id), std::string{name_of(now.state)} + (now.why.empty() ? "" : ": " + now.why),
                    static_cast<int64_t>(self->mailbox().size()), handled, {}};
    for (auto& l : now.locks)
      out.detail.push_back("lock " + l.rule.str() + ", " + std::string{name_of(l.mode)} + (l.until == timestamp{} ? "" : " until " + format_time(l.until)) + ": " + l.reason);
    return out;
  }

  handle::pointer self;
  guard mind;
  persistence_actor persistence;
  timer_actor timers;
  reset_actor resets;
  admin_actor admin;
  broker_actor broker;
  enforcement_actor enforcement;
  rule_directory<rule_actor> rules;
  std::deque<curious_one> curious;
  bool tells_change = false; // somebody shows this account and wants to know when it is out of date
  int64_t handled = 0;
};

} // namespace

account_actor start_account(caf::actor_system& system, account_settings settings, stored_account kept) {
  return spawn_state<account_state>(system, std::move(settings), std::move(kept));
}

} // namespace rm
