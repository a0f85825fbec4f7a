#include "actors/enforcement/enforcement_actor.hpp"

#include "actors/enforcement/plan.hpp"
#include "actors/enforcement/stop_keeper.hpp"
#include "actors/kill_point.hpp"
#include "messages/caf/compat.hpp"
#include "messages/caf/loop_scheduler.hpp"

#include <atomic>
#include <deque>
#include <iterator>
#include <utility>

namespace rm {
namespace {

constexpr std::chrono::seconds answer_timeout{15};
constexpr std::size_t reports_kept = 100;
const std::string timer_name = "enforcement";
const std::string stops_timer_name = "enforcement stops";

/// Unique in the process, also across restarts of an actor.
request_id next_request() {
  static std::atomic<int64_t> last{0};
  return request_id{++last};
}

struct enforcement_state {
  using handle = enforcement_actor;
  static inline const char* name = "enforcement";

  enforcement_state(handle::pointer self, const enforcement_settings& settings)
    : self{self}, settings{settings}, mind{settings.account, &next_request, settings.closings}, stops{settings.account, &next_request} {}

  handle::behavior_type make_behavior() {
    return {
      [this](const enforce& m) { on_enforce(m); },
      [this](const venue_event& m) {
        carry_out(mind.on_event(m));
        carry_out(stops.on_news(mind.book(), mind.open()));
      },
      [this](const adjust_stops& m) {
        ++handled;
        carry_out(stops.on_wish(m, mind.book(), mind.open()));
      },
      [this](const timer_fired& m) { on_timer(m); },
      [this](const wiring& m) { on_wiring(m); },
      [this](describe) -> caf::result<description> { return describe_self(); },
    };
  }

  void on_enforce(const enforce& m) {
    RM_KILL_POINT("enforce.read");
    auto steps = mind.begin(m);
    RM_KILL_POINT("case.opened");
    carry_out(std::move(steps));
  }

  void on_answer(const venue_answer& m) {
    RM_KILL_POINT("answer.read", name_of(m.kind));
    auto steps = mind.on_answer(m);
    RM_KILL_POINT("answer.taken", name_of(m.kind));
    carry_out(std::move(steps));
  }

  void on_reading(const venue_snapshot& m) {
    RM_KILL_POINT("reading.read");
    auto steps = mind.on_read(m);
    RM_KILL_POINT("reading.taken", mind.open() ? "working" : "done");
    carry_out(std::move(steps));
    carry_out(stops.on_news(mind.book(), mind.open())); // nothing was moved while the case was open
  }

  void on_timer(const timer_fired& m) {
    if (m.name == stops_timer_name && std::exchange(stops_due, {}) != timestamp{})
      carry_out(stops.on_news(mind.book(), mind.open(), m.now));
    else if (m.name == timer_name && m.generation == timer.generation)
      carry_out(mind.on_timer(m.now));
  }

  void on_wiring(const wiring& m) {
    const auto timers_were = timers;
    const auto broker_was = broker;
    const auto room = m.accounts.find(settings.account);
    const auto venue = m.brokers.find(settings.broker);
    desk = room == m.accounts.end() ? account_actor{} : room->second.desk;
    broker = venue == m.brokers.end() ? broker_actor{} : venue->second;
    persistence = m.persistence;
    timers = m.timers;
    wired = true;
    if (timers && timers != timers_were && mind.open() && timer.generation > 0)
      tell(self, timers, timer); // the one that it was set with has gone
    if (timers && timers != timers_were && stops_due != timestamp{})
      tell(self, timers, arm_timer{settings.account, stops_timer_name, 0, stops_due});
    carry_out(std::exchange(waiting, {}));
    if (broker) // without one a request is answered at once, and the plan is not ready for that
      mind.let_out_at_once([this](plan_steps&& steps) { carry_out(std::move(steps)); });
    else
      mind.let_out_at_once({});
    if (broker && broker != broker_was)
      carry_out(mind.on_broker_started());
  }

  // -- steps ----------------------------------------------------------------------

  void carry_out(plan_steps steps) {
    ++handled;
    if (!wired)
      std::move(steps.begin(), steps.end(), std::back_inserter(waiting));
    else
      std::move(steps.begin(), steps.end(), std::back_inserter(todo));
    if (std::exchange(busy, true))
      return; // a step answered at once: what follows from it comes after the steps before
    for (; !todo.empty(); todo.pop_front())
      std::visit([this](auto& s) { act(s); }, todo.front());
    busy = false;
  }

  // -- stops, which are no case -----------------------------------------------------

  void carry_out(stop_steps steps) {
    for (auto& step : steps)
      std::visit([this](auto& s) { act_for_stops(s); }, step);
  }

  void act_for_stops(venue_request& step) {
    const auto answered = [this](const venue_answer& m) {
      stop_steps more;
      stops.on_answer(m, mind.book(), mind.open(), more);
      carry_out(std::move(more));
    };
    venue_answer none;
    none.id = step.id;
    none.account = step.account;
    none.kind = step.kind;
    if (!broker) {
      none.outcome = request_outcome::not_sent;
      none.detail = "no broker";
      return answered(none);
    }
    ask(self, broker, answer_timeout, std::move(step)).then(answered, [answered, none](const caf::error& why) mutable {
      none.detail = text_of(why);
      answered(none);
    });
  }
  void act_for_stops(journal_entry& step) { act(step); }
  void act_for_stops(look_at& step) {
    stops_due = step.due;
    if (timers)
      tell(self, timers, arm_timer{settings.account, stops_timer_name, 0, step.due});
  }

  void act(venue_request& step) {
    venue_answer none;
    none.id = step.id;
    none.account = step.account;
    none.kind = step.kind;
    if (!broker) {
      none.outcome = request_outcome::not_sent;
      none.detail = "no broker";
      return carry_out(mind.on_answer(none));
    }
    RM_KILL_POINT("request.before", name_of(step.kind));
    // An actor that died may have sent it before: not `not_sent`.
    ask(self, broker, answer_timeout, std::move(step))
      .then([this](const venue_answer& m) { on_answer(m); },
            [this, none](const caf::error& why) mutable {
              none.detail = text_of(why);
              carry_out(mind.on_answer(none));
            });
    RM_KILL_POINT("request.told", name_of(none.kind));
    let_told_run(self); // it is on the wire before the next one is made
  }

  void act(read_account& step) {
    if (!broker)
      return carry_out(mind.on_read_failed("no broker"));
    ask(self, broker, answer_timeout, step)
      .then([this](const venue_snapshot& m) { on_reading(m); },
            [this](const caf::error& why) { carry_out(mind.on_read_failed(text_of(why))); });
    RM_KILL_POINT("reading.asked");
  }

  void act(wake_at& step) {
    timer = {settings.account, timer_name, timer.generation + 1, step.due};
    if (timers)
      tell(self, timers, timer);
  }

  void act(enforcement_report& step) {
    RM_KILL_POINT("report.before", name_of(step.phase));
    if (desk)
      tell(self, desk, std::move(step));
    else if (waiting.size() < reports_kept)
      waiting.push_back(std::move(step)); // the end of a case must not be lost
  }

  void act(closes_asked& step) {
    if (desk)
      tell(self, desk, std::move(step));
    else if (waiting.size() < reports_kept)
      waiting.push_back(std::move(step));
  }

  void act(journal_entry& step) {
    if (persistence)
      tell(self, persistence, std::move(step));
  }

  description describe_self() {
    ++handled;
    description out{name, "enforcement " + to_string(settings.account), mind.state_in_words(), 0, handled, {}};
    out.mailbox = static_cast<int64_t>(self->mailbox().size());
    for (auto& [contract, position] : mind.book().positions())
      out.detail.push_back("holds " + std::to_string(position.size) + " " + contract.str());
    out.detail.push_back(std::to_string(mind.book().orders().size()) + " live orders");
    return out;
  }

  handle::pointer self;
  enforcement_settings settings;
  plan mind;
  stop_keeper stops;
  bool wired = false;
  plan_steps waiting; // until there is somebody to take them
  std::deque<plan_step> todo;
  bool busy = false;
  arm_timer timer;    // the newest
  account_actor desk;
  broker_actor broker;
  persistence_actor persistence;
  timer_actor timers;
  timestamp stops_due{}; // the stops are to be looked at then
  int64_t handled = 0;
};

} // namespace

std::shared_ptr<closing_book> make_closing_book() { return std::make_shared<closing_book>(); }

enforcement_actor start_enforcement(caf::actor_system& system, enforcement_settings settings) {
  return spawn_state<enforcement_state>(system, std::move(settings));
}

} // namespace rm
