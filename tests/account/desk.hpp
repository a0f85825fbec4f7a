// One account's guard on a bench: what it hears, what it wants done, and a disk that keeps what it saves.
#pragma once

#include "actors/account/guard.hpp"
#include "tests/support/seed.hpp"

#include <functional>
#include <utility>

namespace rm::test {

using namespace std::chrono_literals;

constexpr account_id our_account{7};
constexpr contract_id mnq{"CON.F.US.MNQ.Z25"};
constexpr contract_id es{"CON.F.US.EP.Z25"};

inline timestamp at(const char* text) {
  timestamp out;
  if (!parse_time(text, out))
    throw std::invalid_argument{text};
  return out;
}
inline price points(const char* text) { return price::parse(text).value(); }
inline money dollars(const char* text) { return money::parse(text).value(); }

inline const timestamp week_start = at("2025-12-01T22:00:00Z");
inline const timestamp day_start = at("2025-12-02T22:00:00Z");
inline const timestamp day_end = at("2025-12-03T22:00:00Z");
inline const timestamp week_end = at("2025-12-08T22:00:00Z");
inline const timestamp noon = at("2025-12-03T17:00:00Z");

inline contract_spec spec_of(const contract_id& contract, const char* tick, const char* value) {
  contract_spec out;
  out.id = contract;
  out.symbol = contract == mnq ? "MNQ" : "ES";
  out.tick_size = points(tick);
  out.tick_value = dollars(value);
  return out;
}
inline contract_spec mnq_spec() { return spec_of(mnq, "0.25", "0.5"); }
inline contract_spec es_spec() { return spec_of(es, "0.25", "12.5"); }

/// The effects of one kind, in their order.
template <class Effect>
std::vector<Effect> only(const account_effects& effects) {
  std::vector<Effect> out;
  for (auto& e : effects)
    if (auto* found = std::get_if<Effect>(&e))
      out.push_back(*found);
  return out;
}

struct desk {
  account_settings settings;
  guard mind;
  timestamp now = noon;
  int64_t steady = 1'000'000'000;
  int64_t last_id = 1000;
  uint64_t generation = 1;
  bool disk_works = true;     // saves are committed as soon as they are asked for
  stored_account disk;        // what persistence has
  account_effects last;       // of the newest call
  account_effects all;        // since the start
  std::function<void(const account_effects&)> watch_effects;

  static account_settings two_rules() {
    account_settings out;
    out.id = our_account;
    out.name = "PRAC";
    out.broker = "topstepx";
    out.rules = {{"daily_loss_limit", "RULE-004", {wake::fill, wake::position, wake::mark}},
                 {"trade_frequency", "RULE-010", {wake::fill}}};
    return out;
  }
  explicit desk(const stored_account& kept = {}, account_settings s = two_rules()) : settings{s}, mind{s, kept}, disk{kept} { disk.account = our_account; }

  const account_effects& take(account_effects effects) {
    last = std::move(effects);
    all.insert(all.end(), last.begin(), last.end());
    if (watch_effects)
      watch_effects(last);
    const auto now_done = last;
    for (auto& e : now_done)
      keep(e);
    return last;
  }
  void keep(const account_effect& effect) {
    if (!disk_works)
      return;
    if (auto* s = std::get_if<save_account>(&effect)) {
      disk.found = true;
      disk.memory = s->memory;
      for (auto& l : disk.memory.locks)
        l.durable = true; // as it is read from there
      const auto more = mind.on_saved(s->memory.version);
      for (auto& e : more)
        keep(e);
    } else if (auto* t = std::get_if<save_trades>(&effect)) {
      for (auto& trade : t->trades) {
        std::erase_if(disk.trades, [&](auto& known) { return known.id == trade.id; });
        disk.trades.push_back(trade);
      }
    }
  }

  // -- time and the house -------------------------------------------------------

  wire_time seen() { return {now, steady += 1000}; }
  const account_effects& pass(duration d) {
    now += d;
    steady += d.count();
    return take(mind.on_tick(now));
  }
  const account_effects& reset(reset_kind kind, const char* day, timestamp boundary, timestamp next) {
    session_reset r;
    r.account = our_account;
    r.kind = kind;
    parse_date(day, r.day);
    r.boundary = boundary;
    r.next = next;
    r.now = now;
    return take(mind.on_reset(r));
  }
  const account_effects& next_day() {
    now = std::max(now, day_end + 50ms);
    return reset(reset_kind::daily, "2025-12-04", day_end, at("2025-12-04T22:00:00Z"));
  }

  // -- the venue ------------------------------------------------------------------

  template <class News>
  const account_effects& hear(News news) {
    return take(mind.on_event(venue_event{std::move(news)}));
  }
  const account_effects& hear_event(const venue_event& e) { return take(mind.on_event(e)); }
  const account_effects& link(link_status status) {
    return hear(link_changed{"topstepx", status, generation, "", seen()});
  }
  order_update order(int64_t id, order_status status, side s, int64_t size, order_type type = order_type::market, int64_t filled = 0,
                     const contract_id& contract = mnq) {
    order_update o;
    o.account = our_account;
    o.id = order_id{id};
    o.contract = contract;
    o.status = status;
    o.type = type;
    o.side = s;
    o.size = size;
    o.filled = status == order_status::filled ? size : filled;
    o.tagged = true;
    o.created = o.updated = now;
    o.seen = seen();
    return o;
  }
  trade_update trade(int64_t order, side s, int64_t size, const char* at_price, const char* profit = nullptr, const contract_id& contract = mnq) {
    trade_update t;
    t.account = our_account;
    t.id = trade_id{++last_id};
    t.order = order_id{order};
    t.contract = contract;
    t.side = s;
    t.size = size;
    t.price = points(at_price);
    if (profit)
      t.profit_and_loss = dollars(profit);
    t.fees = dollars("0.36") * size;
    t.commissions = dollars("0.25") * size;
    t.executed = now;
    t.seen = seen();
    return t;
  }
  position_update position(int64_t size, const char* average, const contract_id& contract = mnq) {
    position_update p;
    p.account = our_account;
    p.contract = contract;
    p.size = size;
    p.average_price = points(average);
    p.created = now;
    p.seen = seen();
    return p;
  }
  const account_effects& quote_at(const char* mark, const contract_id& contract = mnq) {
    quote q;
    q.contract = contract;
    q.last = points(mark);
    q.at = now;
    q.seen = seen();
    return hear(q);
  }
  /// A full reading of the venue, sent now.
  venue_snapshot reading(std::vector<position_update> positions = {}, std::vector<order_update> orders = {}, std::vector<trade_update> trades = {}) {
    venue_snapshot s;
    s.account = our_account;
    s.generation = generation;
    s.sent_steady_ns = steady += 1000;
    s.read_at = now;
    s.has_positions = s.has_orders = s.has_trades = true;
    s.positions = std::move(positions);
    s.orders = std::move(orders);
    s.trades = std::move(trades);
    steady += 1000;
    return s;
  }
  /// An entry or exit at the market, with all its news in the usual order.
  void fill(int64_t id, side s, int64_t size, const char* at_price, int64_t position_after, const char* profit = nullptr, const char* average = nullptr) {
    hear(order(id, order_status::pending, s, size));
    hear(order(id, order_status::filled, s, size));
    hear(trade(id, s, size, at_price, profit));
    hear(position(position_after, average ? average : at_price));
  }

  /// All that a start brings, up to an account that can be judged.
  desk& start(venue_snapshot first) {
    take(mind.on_start());
    reset(reset_kind::weekly, "2025-12-02", week_start, week_end);
    reset(reset_kind::daily, "2025-12-03", day_start, day_end);
    link(link_status::live);
    hear(mnq_spec());
    hear(es_spec());
    hear(std::move(first));
    return *this;
  }
  desk& start() { return start(reading()); }

  // -- rules ------------------------------------------------------------------------

  verdict says(const char* rule, level l) {
    verdict v;
    v.account = our_account;
    v.rule = rule;
    v.sequence = uint64_t{1} << 50; // of no view: newer than all
    v.level = l;
    v.reason = std::string{rule} + " speaks";
    v.evaluated = now;
    v.event = seen();
    return v;
  }
  const account_effects& tell(verdict v) { return take(mind.on_verdict(v)); }
  verdict loss_breach() {
    auto v = says("daily_loss_limit", level::breach);
    v.action = action::flatten;
    v.lock = {lock_mode::flat, lock_end::daily_reset, day_end};
    return v;
  }
  verdict frequency_breach(duration d = 30min) {
    auto v = says("trade_frequency", level::breach);
    v.action = action::cancel_order;
    v.lock = {lock_mode::reduce_only, lock_end::at_time, now + d};
    return v;
  }
  void all_fine() {
    tell(says("daily_loss_limit", level::ok));
    tell(says("trade_frequency", level::ok));
  }
  /// Enforcement says that it is done with the newest order.
  const account_effects& done() {
    enforcement_report r;
    r.account = our_account;
    r.sequence = newest_enforce().sequence;
    r.phase = enforcement_phase::done;
    r.confirmed = true;
    r.detail = "read back";
    r.at = now;
    return take(mind.on_report(r));
  }

  // -- what came of it ----------------------------------------------------------------

  enforce newest_enforce() const {
    auto found = only<enforce>(all);
    return found.empty() ? enforce{} : found.back();
  }
  std::size_t enforced() const { return only<enforce>(all).size(); }
  const lock* find(const char* rule) const {
    for (auto& l : mind.locks().all())
      if (l.rule == rule_name{rule})
        return &l;
    return nullptr;
  }
  int64_t attempts(const char* rule) const { return find(rule) ? find(rule)->attempts : -1; }
  bool alarm(std::string_view key) const {
    for (auto& a : mind.status().alarms)
      if (a.key.starts_with(key))
        return true;
    return false;
  }
  /// The venue's own word is all that a restarted service has beside its disk.
  desk restarted() const {
    desk out{disk, settings};
    out.now = now;
    out.steady = steady;
    out.last_id = last_id;
    out.generation = generation;
    return out;
  }
};

} // namespace rm::test
