#include "world.hpp"

#include "json_edit.hpp"

#include <algorithm>
#include <cstdlib>

namespace gateway_sim {

namespace {

constexpr std::size_t kept_ticks = 500'000;

} // namespace

world::world(scenario s, scheduler& t, clock wall, double speed)
  : general_limit(s.general),
    bars_limit(s.bars),
    hubs(t),
    knobs(s.switches),
    plan(t, speed, [this](const action& a) { return perform(a); }, [this](const condition& c) { return holds(c); }),
    time(t),
    wall_(std::move(wall)),
    speed_(speed),
    start_immediately_(s.start_immediately) {
  for (auto& [name, key] : s.users)
    users.add_user(name, key);
  for (auto& a : s.accounts)
    book.add_account(a);
  for (auto& c : s.contracts) {
    book.add_contract(c.what);
    if (c.price)
      set_price(c.what, *c.what.ticks(*c.price), 1);
  }
  for (const auto& p : s.positions) {
    const auto& c = *book.find_contract(p.contract);
    fraction in_ticks{p.average.nanos(), c.tick_size.nanos()};
    book.seed_position(p.account, c.id, p.size, in_ticks.blended(1, 0, 0), now()); // blended: lowest terms
  }
  for (auto& p : s.prices)
    paths_.push_back({std::move(p), 0, {}});
  plan.add(std::move(s.trader));
  apply_switches();
  if (start_immediately_)
    start();
}

void world::apply_switches() {
  book.rules.auto_oco = knobs.auto_oco;
  book.rules.close_cancels_children = knobs.close_cancels_children;
  book.rules.close_needs_can_trade = knobs.close_needs_can_trade;
  book.rules.cancel_needs_can_trade = knobs.cancel_needs_can_trade;
  book.rules.refuse_stop_limit = knobs.refuse_stop_limit;
  book.rules.outside_hours_code = knobs.outside_hours_code;
  book.rules.market_orders_wait = knobs.market_fill_delay.count() > 0;
  book.rules.pieces_wait = knobs.fill_pause.count() > 0;
  book.rules.reversal = knobs.reversal;
  book.rules.market_orders = knobs.market_orders;
  book.rules.stop_at_close = knobs.stop_at_close;
  book.rules.hours = knobs.hours;
  book.rules.fill_clip = knobs.fill_clip;
  book.rules.max_order_size = knobs.max_order_size;
  book.rules.slippage_ticks = knobs.slippage_ticks;
  book.set_order_ids_from(knobs.first_order_id);
  hubs.delay = knobs.event_delay;
  hubs.double_subscriptions = knobs.double_subscriptions;
  hubs.logout_arguments = knobs.logout;
  for (auto* limit : {&general_limit, &bars_limit}) {
    limit->fixed = knobs.fixed_window;
    limit->refused_count = knobs.refused_count;
  }
  arranger_.seed(knobs.event_seed);
  users.set_token_life(knobs.token_life);
  keep_past();
}

void world::start() {
  plan.start();
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    paths_[i].from = time.now();
    play(i);
  }
}

void world::clients_changed() {
  if (!plan.started() && hubs.subscribed(std::nullopt))
    start();
  plan.poll();
}

void world::add_to_script(std::vector<script_item> items) {
  plan.add(std::move(items));
  plan.poll();
}

// -- prices --------------------------------------------------------------------------------------

/// Waits for the path's next step; steps count from the start, so that no delay adds up.
void world::play(std::size_t index) {
  auto& p = paths_[index];
  if (p.next == p.path.steps.size()) {
    if (!p.path.loop)
      return;
    p.next = 0;
    p.from = time.now();
  }
  auto step = p.path.steps[p.next++];
  auto offset = std::chrono::nanoseconds{static_cast<int64_t>(static_cast<double>(step.at.count()) / speed_)};
  time.after(std::max(std::chrono::nanoseconds{0}, p.from + offset - time.now()), [this, index, step] {
    const auto& c = *book.find_contract(paths_[index].path.contract);
    set_price(c, step.ticks, 1);
    pump();
    play(index);
  });
}

void world::set_price(const contract& c, int64_t ticks, int64_t volume) {
  auto before = book.last_price(c.id);
  auto& m = markets_[c.id];
  if (!m.seen)
    m.day = {ticks, ticks, ticks, ticks, 0};
  m.seen = true;
  m.day.last = ticks;
  m.day.high = std::max(m.day.high, ticks);
  m.day.low = std::min(m.day.low, ticks);
  m.day.volume += volume;
  m.ticks.push_back({now(), ticks, volume});
  if (m.ticks.size() > kept_ticks)
    m.ticks.pop_front();
  publish_market(c, ticks, volume, before && ticks < *before ? order_side::sell : order_side::buy);
  book.set_price(c.id, ticks, now());
}

void world::publish_market(const contract& c, int64_t ticks, int64_t volume, order_side side) {
  if (knobs.quotes == quote_kind::frozen)
    return;
  auto& m = markets_[c.id];
  auto quote = quote_event(c, ticks);
  if (knobs.quotes == quote_kind::stale && !m.quote.empty()) {
    quote.record = m.quote;
    return hubs.publish(std::move(quote));
  }
  m.quote = quote.record;
  hubs.publish(std::move(quote));
  auto send = [&](stream to, const char* target, const std::string& data) {
    auto text = json_quoted(c.id) + "," + (knobs.unknown_fields ? with_unknown_members(data) : data);
    hubs.publish({to, 0, c.id, target, signalr::invocation(target, text)});
  };
  send(stream::market_trades, "GatewayTrade", records::market_trade(c, ticks, side, volume, knobs.trade_arrays, now()));
  if (hubs.wanted(stream::depth, c.id))
    send(stream::depth, "GatewayDepth", records::depth(c, ticks - 1, ticks + 1, now()));
}

hub_event world::quote_event(const contract& c, int64_t ticks) const {
  auto known = markets_.find(c.id);
  const auto* day = knobs.quotes == quote_kind::partial || known == markets_.end() ? nullptr : &known->second.day;
  auto data = records::quote(c, ticks - 1, ticks + 1, day, true, now());
  if (knobs.unknown_fields)
    data = with_unknown_members(data);
  return {stream::quotes, 0, c.id, "GatewayQuote", signalr::invocation("GatewayQuote", json_quoted(c.id) + "," + data)};
}

/// Alternates one tick up and down around the present price without moving the matching price.
void world::flood(const contract& c, int64_t left, std::chrono::nanoseconds gap, scheduler::time_point next,
                  int64_t step) {
  auto last = book.last_price(c.id);
  if (!last)
    return;
  for (; left > 0 && next <= time.now(); --left, next += gap)
    publish_market(c, *last + (step++ % 2), 1, order_side::buy);
  if (left > 0)
    time.after(std::max(std::chrono::nanoseconds{0}, next - time.now()),
               [this, id = c.id, left, gap, next, step] { flood(*book.find_contract(id), left, gap, next, step); });
}

const std::deque<price_tick>& world::history(const std::string& contract) const {
  static const std::deque<price_tick> none;
  auto found = markets_.find(contract);
  return found == markets_.end() ? none : found->second.ticks;
}

// -- events --------------------------------------------------------------------------------------

void world::pump() {
  do {
    for (auto events = book.take_events(); !events.empty(); events = book.take_events()) {
      for (const auto& e : events)
        remember(e);
      for (const auto& e : arranger_.arrange(std::move(events), knobs))
        publish(e);
    }
    enforce_loss_limit();
  } while (book.has_events());
  plan.poll();
}

std::optional<hub_event> world::hub_event_of(const engine_event& e) const {
  using records::place;
  json_writer data;
  auto event = [&](stream to, int64_t account, const char* target, int action) {
    auto text = knobs.unknown_fields ? with_unknown_members(data.text()) : data.text();
    return hub_event{to, account, "", target, signalr::invocation(target, records::enveloped(action, text, knobs))};
  };
  if (auto* o = std::get_if<order_changed>(&e)) {
    records::write(data, o->now, *book.find_contract(o->now.contract), place::hub, knobs);
    return event(stream::orders, o->now.account, "GatewayUserOrder", 1);
  }
  if (auto* t = std::get_if<trade_made>(&e)) {
    records::write(data, t->now, *book.find_contract(t->now.contract), place::hub, knobs);
    return event(stream::trades, t->now.account, "GatewayUserTrade", t->now.voided ? 1 : 0);
  }
  if (auto* p = std::get_if<position_changed>(&e)) {
    records::write(data, p->now, *book.find_contract(p->now.contract), place::hub, knobs);
    return event(stream::positions, p->now.account, "GatewayUserPosition", p->now.size == 0 ? 2 : 1);
  }
  if (auto* a = std::get_if<account_changed>(&e)) {
    records::write(data, a->now);
    return event(stream::accounts, a->now.id, "GatewayUserAccount", 1);
  }
  return std::nullopt;
}

void world::publish(const engine_event& e) {
  if (auto event = hub_event_of(e))
    return hubs.publish(std::move(*event));
  if (auto* f = std::get_if<fill_due>(&e))
    time.after(f->next_piece ? knobs.fill_pause : knobs.market_fill_delay, [this, id = f->order] {
      book.fill_waiting(id, now());
      pump();
    });
  if (auto* r = std::get_if<reject_due>(&e))
    time.after(knobs.market_fill_delay, [this, id = r->order] {
      book.reject_waiting(id, now());
      pump();
    });
}

// -- conditions ----------------------------------------------------------------------------------

int64_t world::account_of(const std::optional<int64_t>& given) const {
  return given ? *given : book.accounts().begin()->first;
}

bool world::holds(const condition& c) const {
  if (c.subject == "subscribed")
    return hubs.subscribed(c.account);
  auto id = account_of(c.account);
  const auto* holder = book.find_account(id);
  if (!holder)
    return false;
  auto number_holds = [&](int64_t value) { return compare(decimal::from_int(value), c.op, c.number); };
  if (c.subject == "flat")
    return book.positions(id).empty();
  if (c.subject == "can_trade" || c.subject == "cannot_trade")
    return holder->can_trade == (c.subject == "can_trade");
  if (c.subject == "net_pnl")
    return compare(holder->gross - holder->fees - holder->commissions, c.op, c.number);
  if (c.subject == "trades")
    return number_holds(static_cast<int64_t>(book.trades_of(id).size()));
  if (c.subject == "open_orders") {
    auto all = book.orders_of(id);
    return number_holds(std::count_if(all.begin(), all.end(), [](const order* o) { return o->working(); }));
  }
  if (c.subject == "position" || c.subject == "price") {
    const auto* found = book.find_contract(c.name);
    if (!found)
      return false;
    if (c.subject == "price") {
      auto last = book.last_price(found->id);
      return last && compare(found->price(*last), c.op, c.number);
    }
    const auto* held = book.find_position(id, found->id);
    return number_holds(held ? held->size : 0);
  }
  const auto* o = book.find_tag(id, c.name);
  if (!o)
    return false;
  if (c.subject == "order_open")
    return o->working();
  auto wanted = c.subject == "order_filled"      ? order_status::filled
                : c.subject == "order_cancelled" ? order_status::cancelled
                                                 : order_status::rejected;
  return o->status == wanted;
}

} // namespace gateway_sim
