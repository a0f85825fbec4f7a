// What each action of the script (and of /sim/<verb>) does to the world.
#include "world.hpp"

#include "json_writer.hpp"

#include <cstdio>

namespace gateway_sim {

namespace {

using outcome_text = script::outcome_text;

outcome_text good() {
  return {true, "{\"success\":true}"};
}

outcome_text bad(const std::string& why) {
  return {false, "{\"success\":false,\"errorMessage\":" + json_quoted(why) + "}"};
}

outcome_text counted(std::size_t n) {
  return {true, "{\"success\":true,\"connections\":" + std::to_string(n) + "}"};
}

const char* sentence(refusal why) {
  switch (why) {
    case refusal::none: return "";
    case refusal::account_not_found: return "There is no such account.";
    case refusal::account_rejected: return "The account may not trade.";
    case refusal::contract_not_active: return "The contract is not active.";
    case refusal::contract_not_found: return "There is no such contract.";
    case refusal::invalid_size: return "The size does not fit.";
    case refusal::market_closed: return "The market is not open or has no price.";
    case refusal::outside_hours: return "It is outside the trading hours.";
    case refusal::order_not_found: return "There is no such order.";
    case refusal::position_not_found: return "There is no such position.";
    case refusal::rejected: return "Rejected.";
  }
  return "";
}

outcome_text told(const outcome& o) {
  json_writer out;
  out.object().field("success", o.ok());
  if (o.order_id)
    out.field("orderId", *o.order_id);
  if (!o.ok())
    out.field("errorMessage", o.message.value_or(sentence(o.why)));
  out.end_object();
  return {o.ok(), out.take()};
}

} // namespace

outcome_text world::perform(const action& a) {
  auto result = run(a);
  pump();
  return result;
}

outcome_text world::run(const action& a) {
  switch (a.what) {
    case verb::account:
    case verb::set_can_trade:
      return told(book.set_account(account_of(a.account), a.can_trade, a.balance, now()));
    case verb::cancel:
    case verb::close:
    case verb::fill:
    case verb::foreign_fill:
    case verb::modify:
    case verb::partial_close:
    case verb::place:
      return run_order(a);
    case verb::liquidate:
      return told(book.liquidate(account_of(a.account), a.can_trade.value_or(false), now()));
    case verb::void_trade:
      return told(book.void_trade(*a.trade, now()));
    case verb::contract:
    case verb::flood:
    case verb::market:
    case verb::price:
    case verb::quote:
      return run_market(a);
    case verb::log:
      std::fprintf(stderr, "gateway-sim: %s\n", a.text.c_str());
      return good();
    case verb::change_switch:
      for (const auto& [name, value] : a.set)
        set_switch(knobs, name, value);
      apply_switches();
      return good();
    case verb::shutdown:
      if (on_shutdown)
        on_shutdown();
      return good();
    case verb::clear_faults:
    case verb::drop:
    case verb::expire_tokens:
    case verb::fault:
    case verb::hub_fault:
    case verb::logout_event:
    case verb::rate_limit:
    case verb::raw:
      return run_fault(a);
  }
  return bad("unknown action");
}

outcome_text world::run_order(const action& a) {
  auto account = account_of(a.account);
  const contract* c = a.contract.empty() ? nullptr : book.find_contract(a.contract);
  if (!a.contract.empty() && !c)
    return bad("There is no contract '" + a.contract + "'.");
  if (a.what == verb::cancel && a.all) {
    std::vector<int64_t> ids;
    for (const auto* o : book.orders_of(account))
      if (o->working() || o->status == order_status::suspended)
        ids.push_back(o->id);
    for (auto id : ids)
      book.cancel(account, id, now());
    return good();
  }
  std::optional<int64_t> order = a.order;
  if (a.what == verb::cancel || a.what == verb::modify || a.what == verb::fill) {
    if (!order && !a.tag.empty())
      if (const auto* found = book.find_tag(account, a.tag))
        order = found->id;
    if (!order)
      return bad("Name the order by 'order' (its id) or 'tag'; there is none like this.");
    if (const auto* found = book.find_order(*order))
      c = book.find_contract(found->contract);
  }
  std::optional<int64_t> ticks;
  if (a.price && c) {
    ticks = c->ticks(*a.price);
    if (!ticks)
      return bad("The price is off the tick grid.");
  }
  if (a.what == verb::cancel)
    return told(book.cancel(account, *order, now()));
  if (a.what == verb::modify)
    return told(book.modify({account, *order, a.size, a.limit_price, a.stop_price, a.trail_price}, now()));
  if (a.what == verb::fill)
    return told(book.fill_order(*order, a.size, ticks, now()));
  if (a.what == verb::close)
    return told(book.close(account, c->id, std::nullopt, now()));
  if (a.what == verb::partial_close)
    return told(book.close(account, c->id, *a.size, now()));
  if (a.what == verb::foreign_fill)
    return told(book.foreign_fill(account, c->id, *a.side, *a.size, ticks, a.announce, now()));
  place_request p;
  p.account = account;
  p.contract = c->id;
  p.type = a.type.value_or(order_type::market);
  p.side = *a.side;
  p.size = *a.size;
  p.limit = a.limit_price;
  p.stop = a.stop_price;
  p.trail = a.trail_price;
  p.tag = a.tag;
  p.fill_in = a.fill_in;
  if (a.stop_loss_ticks)
    p.stop_loss = bracket{*a.stop_loss_ticks, a.stop_loss_type.value_or(order_type::stop)};
  if (a.take_profit_ticks)
    p.take_profit = bracket{*a.take_profit_ticks, order_type::limit};
  return told(book.place(p, now()));
}

outcome_text world::run_market(const action& a) {
  const auto* c = book.find_contract(a.contract);
  if (!c)
    return bad("There is no contract '" + a.contract + "'.");
  if (a.what == verb::contract) {
    book.set_active(c->id, *a.active);
    return good();
  }
  if (a.what == verb::market) {
    book.set_market(c->id, *a.state);
    if (*a.state == market_state::open)
      if (auto last = book.last_price(c->id))
        book.set_price(c->id, *last, now()); // what was touched meanwhile fills at the reopening
    if (a.duration && *a.state != market_state::open) {
      auto reopening = a;
      reopening.state = market_state::open;
      reopening.duration.reset();
      time.after(*a.duration, [this, reopening] { perform(reopening); });
    }
    return good();
  }
  if (a.what == verb::price) {
    auto ticks = c->ticks(*a.price);
    if (!ticks)
      return bad("The price is off the tick grid of " + c->tick_size.text() + ".");
    set_price(*c, *ticks, a.size.value_or(1));
    return good();
  }
  if (a.what == verb::flood) {
    if (a.rate < 1 || a.rate > 1'000'000)
      return bad("'rate' must be between 1 and 1000000 per second.");
    auto total = static_cast<int64_t>(static_cast<wide>(a.duration.value_or(std::chrono::seconds{1}).count()) * a.rate
                                      / 1'000'000'000);
    flood(*c, total, std::chrono::nanoseconds{1'000'000'000 / a.rate}, time.now(), 0);
    return good();
  }
  std::optional<int64_t> bid, ask;
  if (a.bid)
    bid = c->nearest_ticks(*a.bid);
  if (a.ask)
    ask = c->nearest_ticks(*a.ask);
  auto text = records::quote(*c, bid, ask, nullptr, false, now());
  hubs.publish({stream::quotes, 0, c->id, "GatewayQuote",
                signalr::invocation("GatewayQuote", json_quoted(c->id) + "," + text)});
  return good();
}

outcome_text world::run_fault(const action& a) {
  auto until = a.duration ? std::optional{time.now() + *a.duration} : std::nullopt;
  switch (a.what) {
    case verb::clear_faults:
      faults.clear();
      hubs.clear_faults();
      return good();
    case verb::expire_tokens:
      users.expire_all();
      return good();
    case verb::fault:
      faults.add({a.path, a.mode, a.times(), a.delay.value_or(std::chrono::seconds{1}), a.error_code, a.error_message,
                  a.field, a.value, until});
      return good();
    case verb::hub_fault:
      hubs.add({a.hub, a.event, a.mode, a.times(), a.delay.value_or(std::chrono::seconds{1}), a.field, a.value, until});
      return good();
    case verb::rate_limit: {
      auto& limit = a.bucket == "bars" ? bars_limit : general_limit;
      auto rule = limit.rule();
      if (a.requests)
        rule.requests = static_cast<std::size_t>(*a.requests);
      rule.window = a.window.value_or(rule.window);
      limit.set_rule(rule);
      return good();
    }
    case verb::logout_event:
      return counted(hubs.logout(a.hub, "", {}, a.close));
    case verb::drop: {
      auto how = a.mode == "close"         ? ending::close
                 : a.mode == "close_error" ? ending::close_error
                 : a.mode == "stall"       ? ending::stall
                                           : ending::cut;
      return counted(hubs.end(a.hub, how, a.text.empty() ? "Connection closed with an error." : a.text));
    }
    case verb::raw: {
      auto bytes = a.text;
      auto wanted = static_cast<std::size_t>(a.repeat_to_bytes > 0 ? a.repeat_to_bytes : 0);
      if (wanted > 256u << 20)
        return bad("'repeat_to_bytes' is more than 256 MiB.");
      if (!a.text.empty())
        for (std::size_t i = 0; bytes.size() < wanted; ++i)
          bytes += a.text[i % a.text.size()];
      if (a.append_separator)
        bytes += signalr::separator;
      return counted(hubs.broadcast(a.hub, std::make_shared<const std::string>(std::move(bytes))));
    }
    default:
      return bad("no fault");
  }
}

} // namespace gateway_sim
