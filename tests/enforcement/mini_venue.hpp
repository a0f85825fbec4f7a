// A tiny venue and a clock for the plan's tests: what happens there is the truth, the plan only hears of it.
#pragma once

#include "actors/enforcement/plan.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rm::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline const contract_id mnq{"CON.F.US.MNQ.Z25"};
inline const contract_id mes{"CON.F.US.MES.Z25"};
inline const timestamp day_start{std::chrono::sys_days{std::chrono::year{2025} / 12 / 1} + std::chrono::hours{15}};

/// What becomes of a request.
enum class fate : uint8_t {
  done,       // executed and answered
  idle,       // answered as accepted, nothing happens
  done_lost,  // executed, the answer is lost
  lost,       // neither executed nor answered
  not_sent,
  refused,    // with `refusal`
};

struct ruling {
  rm::test::fate fate = test::fate::done;
  rm::refusal refusal = rm::refusal::none;
};

/// The venue, the line to it, the clock, and the plan at the end of the line. Times are virtual.
class mini_venue {
public:
  // -- how it behaves --------------------------------------------------------------
  duration request_takes = milliseconds{10}; // until the venue has it
  duration answer_takes = milliseconds{10};  // from there
  duration lost_after = seconds{15};         // the shell gives up waiting
  duration read_takes = milliseconds{20};
  duration fill_takes = milliseconds{5};     // per piece
  duration order_news = milliseconds{3}, position_news = milliseconds{5}, trade_news = milliseconds{4};
  duration position_list_lag{};              // REST positions are that old
  duration order_list_lag{};                 // REST orders show a new one so late
  uint64_t generation = 1;                   // of the connection
  int64_t piece = 1000;                      // contracts per fill of a market order
  int64_t largest_order = 1000;              // beyond: rejected
  bool open_for_trading = true;              // market orders fill
  bool children_outlive_parents = false;
  bool lists_suspended = true;               // the list of orders shows them
  bool has_such_a_list = true;               // it could at least
  std::set<contract_id> unreadable;          // positions that nobody can read, told or listed
  std::set<order_id> unreadable_orders;      // the same
  bool tells_positions = true, tells_orders = true, tells_trades = true;
  std::function<ruling(const venue_request&)> rule = [](const venue_request&) { return ruling{}; };
  std::function<bool()> read_works = [] { return true; };
  std::function<void(const closes_asked&)> hear_asked = [](const closes_asked&) {};

  // -- what is true there -------------------------------------------------------------
  std::map<contract_id, int64_t> positions;
  std::map<order_id, order_update> orders; // live
  timestamp now = day_start;

  // -- what it saw --------------------------------------------------------------------
  std::vector<venue_request> requests;      // as sent by the plan
  std::vector<timestamp> request_times;
  std::vector<enforcement_report> reports;
  std::vector<journal_entry> journal;
  std::vector<std::string> faults;          // what must never happen
  int reads = 0;
  int64_t latency_ns = 180'000;

  plan mind{account_id{7}, [this] { return request_id{++last_request_}; }};

  // -- the trader --------------------------------------------------------------------
  order_id place(const contract_id& contract, side side, order_type type, int64_t size, order_id parent = {}) {
    order_update o;
    o.account = account_id{7};
    o.id = order_id{++last_order_};
    o.contract = contract;
    o.side = side;
    o.type = type;
    o.size = size;
    o.status = parent ? order_status::suspended : order_status::open;
    o.parent = parent;
    o.tagged = true;
    o.created = now;
    orders[o.id] = o;
    tell(o);
    if (type == order_type::market)
      after(fill_takes, [this, id = o.id] { fill_market(id); });
    return o.id;
  }
  /// Fills (some of) a resting order.
  void fill(order_id id, int64_t size = 1'000'000) {
    auto i = orders.find(id);
    if (i == orders.end())
      return;
    auto& o = i->second;
    size = std::min(size, o.remaining());
    o.filled += size;
    if (o.remaining() == 0)
      o.status = order_status::filled;
    positions[o.contract] += sign_of(o.side) * size;
    remember();
    const auto copy = o;
    if (!is_live(o.status)) {
      orders.erase(i);
      for (auto& [other, child] : orders)
        if (child.parent == id && child.status == order_status::suspended) {
          child.status = order_status::open;
          tell(child);
        }
    }
    tell(copy);
    tell_trade(copy, size);
    tell_position(copy.contract);
  }
  void hold(const contract_id& contract, int64_t size) {
    positions[contract] = size;
    remember();
    tell_position(contract);
  }
  void end(order_id id, order_status how = order_status::cancelled) {
    auto i = orders.find(id);
    if (i == orders.end())
      return;
    auto o = i->second;
    o.status = how;
    orders.erase(i);
    tell(o);
    if (children_outlive_parents)
      return;
    std::vector<order_id> children;
    for (auto& [child, order] : orders)
      if (order.parent == id && order.status == order_status::suspended)
        children.push_back(child);
    for (auto child : children)
      end(child);
  }
  int64_t size(const contract_id& contract) const {
    auto i = positions.find(contract);
    return i == positions.end() ? 0 : i->second;
  }
  bool flat() const {
    for (auto& [contract, size] : positions)
      if (size != 0)
        return false;
    return orders.empty();
  }

  // -- the clock ---------------------------------------------------------------------
  void after(duration d, std::function<void()> what) { queue_.emplace(now + d, std::move(what)); }
  void run(duration d) {
    const auto until = now + d;
    while (!queue_.empty() && queue_.begin()->first <= until)
      next();
    now = until;
  }
  /// Until the case is done; false when that takes longer than `limit`.
  bool run_to_end(duration limit = seconds{60}) {
    const auto until = now + limit;
    while (mind.open() && !queue_.empty() && queue_.begin()->first <= until)
      next();
    return !mind.open();
  }

  // -- the case ----------------------------------------------------------------------
  enforce order(enforcement_goal goal, const char* rule_name = "daily_loss_limit", rm::action action = rm::action::flatten) {
    enforce e;
    e.account = account_id{7};
    e.rule = rule_name;
    e.reason = "because";
    e.action = action;
    e.goal = std::move(goal);
    e.now = now;
    e.event = {now, steady(now)};
    e.sequence = ++sequence_;
    return e;
  }
  void begin(enforcement_goal goal, const char* rule_name = "daily_loss_limit", rm::action action = rm::action::flatten) {
    take(mind.begin(order(std::move(goal), rule_name, action)));
  }
  void flatten() {
    enforcement_goal goal;
    goal.flat = true;
    begin(goal);
  }

  void take(plan_steps steps) {
    bool journalled = false;
    for (auto& step : steps) {
      if (auto* request = std::get_if<venue_request>(&step)) {
        if (!journalled)
          fault("a request was not journalled before it was sent");
        send(*request);
      } else if (std::get_if<read_account>(&step)) {
        read();
      } else if (auto* w = std::get_if<wake_at>(&step)) {
        wakes_at_once_ = w->due <= now ? wakes_at_once_ + 1 : 0;
        if (wakes_at_once_ > 100)
          FAIL("turns in circles");
        const auto number = ++timer_;
        queue_.emplace(w->due, [this, number] {
          if (number == timer_)
            take(mind.on_timer(now));
        });
      } else if (auto* asked = std::get_if<closes_asked>(&step)) {
        hear_asked(*asked);
      } else if (auto* r = std::get_if<enforcement_report>(&step)) {
        reports.push_back(*r);
        if (r->phase == enforcement_phase::done && !done_was_true_)
          fault("reported done against the truth");
      }
      auto* entry = std::get_if<journal_entry>(&step);
      if (entry)
        journal.push_back(*entry);
      journalled = entry && entry->kind == "request";
    }
  }
  void event(venue_event e) { take(mind.on_event(e)); }
  void fault(const std::string& what) { faults.push_back(format_time(now) + " " + what); }
  static int64_t steady(timestamp t) { return t.time_since_epoch().count() - day_start.time_since_epoch().count() + 1'000'000'000; }

  std::size_t count(request_kind kind) const {
    std::size_t out = 0;
    for (auto& r : requests)
      out += r.kind == kind;
    return out;
  }
  std::size_t closes() const { return count(request_kind::close_position) + count(request_kind::reduce_position); }
  bool asked_for(request_kind kind, order_id id) const {
    for (auto& r : requests)
      if (r.kind == kind && r.order == id)
        return true;
    return false;
  }
  bool confirmed() const { return !reports.empty() && reports.back().phase == enforcement_phase::done && reports.back().confirmed; }

  venue_snapshot list() {
    venue_snapshot s;
    s.account = account_id{7};
    s.generation = generation;
    s.has_positions = s.has_orders = true;
    s.lacks_suspended = !lists_suspended;
    s.never_lists_suspended = !has_such_a_list;
    const auto& old = position_list_lag > duration{} ? history_at(now - position_list_lag) : positions;
    for (auto& [contract, size] : old)
      if (size != 0 && unreadable.contains(contract))
        s.positions_unread.push_back(contract);
      else if (size != 0)
        s.positions.push_back({account_id{7}, contract, size, price::whole(100), {}, {}});
    for (auto& [id, o] : orders)
      if (unreadable_orders.contains(id))
        s.orders_unread.push_back(id);
      else if (o.created + order_list_lag <= now && (lists_suspended || o.status != order_status::suspended))
        s.orders.push_back(o);
    return s;
  }
  /// The first list of a connection, as the broker tells it.
  void connect() {
    auto s = list();
    s.sent_steady_ns = steady(now);
    s.read_at = now;
    event({s});
  }

private:
  void next() {
    auto node = queue_.extract(queue_.begin());
    now = std::max(now, node.key());
    node.mapped()();
  }
  void remember() { history_[now] = positions; }
  const std::map<contract_id, int64_t>& history_at(timestamp t) {
    static const std::map<contract_id, int64_t> none;
    auto i = history_.upper_bound(t);
    return i == history_.begin() ? none : std::prev(i)->second;
  }
  /// Each stream keeps its own order.
  template <class Event>
  void deliver(Event e, duration takes, timestamp& stream) {
    stream = std::max(stream, now + takes);
    queue_.emplace(stream, [this, e]() mutable {
      e.seen = {now, steady(now)};
      event({e});
    });
  }
  void tell(order_update o) {
    o.updated = now;
    if (tells_orders)
      deliver(o, order_news, order_stream_);
  }
  void tell_position(const contract_id& contract) {
    if (tells_positions && (positions[contract] == 0 || !unreadable.contains(contract)))
      deliver(position_update{account_id{7}, contract, positions[contract], price::whole(100), {}, {}}, position_news, position_stream_);
  }
  void tell_trade(const order_update& o, int64_t size) {
    trade_update t;
    t.account = account_id{7};
    t.id = trade_id{++last_trade_};
    t.order = o.id;
    t.contract = o.contract;
    t.side = o.side;
    t.size = size;
    if (tells_trades)
      deliver(t, trade_news, trade_stream_);
  }

  void send(const venue_request& request) {
    requests.push_back(request);
    request_times.push_back(now);
    const bool closes = request.kind == request_kind::close_position || request.kind == request_kind::reduce_position;
    if (closes && !asked_.insert({request.contract, request.id}).second)
      fault("two closes of one position outstanding");
    if (request.kind == request_kind::reduce_position && (request.size <= 0 || request.size > std::abs(mind.book().size_of(request.contract))))
      fault("a reduction larger than the position last confirmed");
    const auto ruled = rule(request);
    if (ruled.fate == fate::not_sent)
      return answer(request, request_outcome::not_sent, {}, milliseconds{1});
    after(request_takes, [this, request, ruled] {
      if (ruled.fate == fate::refused)
        return answer(request, request_outcome::refused, ruled.refusal, answer_takes);
      if (ruled.fate == fate::idle)
        return answer(request, request_outcome::accepted, {}, answer_takes);
      if (ruled.fate == fate::lost)
        return answer(request, request_outcome::unclear, {}, lost_after);
      const auto no = execute(request);
      if (ruled.fate == fate::done_lost)
        return answer(request, request_outcome::unclear, {}, lost_after);
      answer(request, no == refusal::none ? request_outcome::accepted : request_outcome::refused, no, answer_takes);
    });
  }

  refusal execute(const venue_request& r) {
    if (r.kind == request_kind::cancel_order || r.kind == request_kind::modify_order) {
      auto i = orders.find(r.order);
      if (i == orders.end())
        return refusal::not_found;
      auto& o = i->second;
      const int64_t held = size(o.contract);
      if (r.kind == request_kind::modify_order) {
        if (r.size > o.size)
          fault("a modify that does not shrink");
        if (r.size <= o.filled)
          return refusal::rejected;
        o.size = r.size;
        tell(o);
        return refusal::none;
      }
      if (o.type == order_type::market && held != 0 && (held > 0) == (o.side == side::sell) && o.remaining() <= std::abs(held))
        fault("a market order that only reduces was cancelled");
      end(r.order);
      return refusal::none;
    }
    const int64_t held = size(r.contract);
    if (held == 0)
      return refusal::not_found;
    for (auto& [id, o] : orders)
      if (ours_.contains(id) && o.contract == r.contract)
        fault("a second close while one is under way at the venue");
    const int64_t amount = r.kind == request_kind::close_position ? std::abs(held) : r.size;
    if (amount > std::abs(held))
      return refusal::size;
    if (amount > largest_order)
      return refusal::rejected;
    order_update o;
    o.account = account_id{7};
    o.id = order_id{++last_order_};
    o.contract = r.contract;
    o.side = held > 0 ? side::sell : side::buy;
    o.type = order_type::market;
    o.size = amount;
    o.status = order_status::open;
    o.created = now;
    orders[o.id] = o;
    ours_.insert(o.id);
    tell(o);
    after(fill_takes, [this, id = o.id] { fill_market(id); });
    return refusal::none;
  }

  void fill_market(order_id id) {
    auto i = orders.find(id);
    if (i == orders.end())
      return;
    if (open_for_trading) {
      const int64_t before = size(i->second.contract);
      const auto contract = i->second.contract;
      fill(id, piece);
      const int64_t after_it = size(contract);
      if (ours_.contains(id) && (std::abs(after_it) > std::abs(before) || (after_it != 0 && (after_it > 0) != (before > 0))))
        fault("our order turned or increased a position");
    }
    if (orders.contains(id))
      after(fill_takes, [this, id] { fill_market(id); });
  }

  void answer(const venue_request& request, request_outcome outcome, refusal why, duration takes) {
    after(takes, [this, request, outcome, why] {
      asked_.erase(request.contract);
      venue_answer a;
      a.id = request.id;
      a.account = request.account;
      a.kind = request.kind;
      a.outcome = outcome;
      a.refusal = why;
      if (outcome != request_outcome::not_sent)
        a.latency_ns = latency_ns;
      if (outcome != request_outcome::unclear) { // the shell's own answers have no time
        a.answered = now;
        a.answered_steady_ns = steady(now);
      }
      take(mind.on_answer(a));
    });
  }

  void read() {
    ++reads;
    const auto sent = steady(now);
    if (!read_works()) {
      after(read_takes, [this] { take(mind.on_read_failed("no line")); });
      return;
    }
    after(read_takes / 2, [this, sent] {
      auto s = list();
      const bool truth = at_goal();
      s.sent_steady_ns = sent;
      after(read_takes / 2, [this, s, truth]() mutable {
        s.read_at = now;
        done_was_true_ = truth;
        take(mind.on_read(s));
        done_was_true_ = false;
      });
    });
  }

public:
  /// What "done" must mean; a test with another goal than flat replaces it.
  std::function<bool()> at_goal = [this] { return flat(); };

private:
  std::multimap<timestamp, std::function<void()>> queue_;
  std::map<timestamp, std::map<contract_id, int64_t>> history_;
  std::map<contract_id, request_id> asked_; // closes without an answer
  std::set<order_id> ours_;
  timestamp order_stream_{}, position_stream_{}, trade_stream_{};
  int64_t last_request_ = 0, last_order_ = 1000, last_trade_ = 0;
  uint64_t timer_ = 0, sequence_ = 0;
  bool done_was_true_ = false;
  int wakes_at_once_ = 0;
};

/// Nothing that must never happen has happened.
#define CHECK_NO_FAULT(venue)                                                                                                            \
  do {                                                                                                                                   \
    for (auto& what : (venue).faults)                                                                                                    \
      FAIL_CHECK(what);                                                                                                                  \
  } while (false)

} // namespace rm::test
