#include "records.hpp"

namespace gateway_sim::records {

namespace {

std::string stamp(wall_time t, place where) {
  return where == place::rest ? rest_text(t) : hub_text(t);
}

/// An optional member: explicit null in REST answers, left out on the hubs.
void optional_price(json_writer& out, std::string_view name, const std::optional<decimal>& price, place where) {
  if (price)
    out.field(name, *price);
  else if (where == place::rest)
    out.key(name).null();
}

/// What has been divided; with `long_decimals` it has as many digits as a double has, those behind the ninth rounding off.
void divided(json_writer& out, std::string_view name, decimal value, const switches& s) {
  auto text = value.text();
  if (s.long_decimals) {
    const auto point = text.find('.');
    const auto decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    text += (point == std::string::npos ? "." : "") + std::string(9 - decimals, '0') + "004";
  }
  out.key(name).raw(text);
}

std::optional<decimal> in_money(const contract& c, const std::optional<int64_t>& ticks) {
  return ticks ? std::optional{c.price(*ticks)} : std::nullopt;
}

} // namespace

void write(json_writer& out, const account& a) {
  out.object()
    .field("id", a.id)
    .field("name", a.name)
    .field("balance", a.balance)
    .field("canTrade", a.can_trade)
    .field("isVisible", a.visible)
    .field("simulated", a.simulated)
    .end_object();
}

void write(json_writer& out, const contract& c) {
  out.object()
    .field("id", c.id)
    .field("name", c.name)
    .field("description", c.description)
    .field("tickSize", c.tick_size)
    .field("tickValue", c.tick_value)
    .field("activeContract", c.active)
    .field("symbolId", c.symbol_id)
    .end_object();
}

void write(json_writer& out, const order& o, const contract& c, place where, const switches& s) {
  out.object()
    .field("id", o.id)
    .field("accountId", o.account)
    .field("contractId", o.contract)
    .field("symbolId", c.symbol_id)
    .field("creationTimestamp", stamp(o.created, where))
    .field("updateTimestamp", stamp(o.updated, where))
    .field("status", static_cast<int>(o.status))
    .field("type", static_cast<int>(o.type))
    .field("side", static_cast<int>(o.side))
    .field("size", o.size);
  optional_price(out, "limitPrice", in_money(c, o.limit), where);
  optional_price(out, "stopPrice", in_money(c, o.stop), where);
  out.field("fillVolume", o.filled);
  if (o.filled > 0)
    divided(out, "filledPrice", average_price(c, {o.filled_ticks, o.filled}), s);
  else
    optional_price(out, "filledPrice", std::nullopt, where);
  if (!o.tag.empty())
    out.field("customTag", o.tag);
  else if (where == place::rest)
    out.key("customTag").null();
  if (s.live2026) {
    if (o.parent)
      out.field("parentOrderId", *o.parent);
    if (o.linked)
      out.field("linkedOrderId", *o.linked);
    if (o.trail) {
      out.field("trailDistance", sign_of(o.side) * *o.trail);
      out.field("trailPrice", c.price(*o.trail));
    }
  }
  out.end_object();
}

void write(json_writer& out, const trade& t, const contract& c, place where, const switches& s) {
  out.object()
    .field("id", t.id)
    .field("accountId", t.account)
    .field("contractId", t.contract)
    .field("creationTimestamp", stamp(t.created, where))
    .field("price", c.price(t.price));
  if (t.profit_and_loss)
    divided(out, "profitAndLoss", *t.profit_and_loss, s);
  else
    optional_price(out, "profitAndLoss", std::nullopt, where);
  bool whole = where == place::rest && s.rest_fees_whole;
  out.field("fees", whole ? t.fees + t.commissions : t.fees);
  if (s.live2026 && (where == place::hub || s.rest_commissions))
    out.field("commissions", t.commissions);
  out.field("side", static_cast<int>(t.side))
    .field("size", t.size)
    .field("voided", t.voided)
    .field("orderId", t.order)
    .end_object();
}

void write(json_writer& out, const position& p, const contract& c, place where, const switches& s) {
  out.object().field("id", p.id).field("accountId", p.account).field("contractId", p.contract);
  if (s.live2026)
    out.field("contractDisplayName", c.display);
  out.field("creationTimestamp", stamp(p.created, where))
    .field("type", p.size == 0 ? 0 : p.size > 0 ? 1 : 2)
    .field("size", p.size < 0 ? -p.size : p.size);
  divided(out, "averagePrice", average_price(c, p.average), s);
  out.end_object();
}

std::string enveloped(int action, const std::string& data, const switches& s) {
  return s.wrapped ? "{\"action\":" + std::to_string(action) + ",\"data\":" + data + "}" : data;
}

std::string quote(const contract& c, std::optional<int64_t> bid, std::optional<int64_t> ask,
                  const session_prices* day, bool with_last, wall_time now) {
  json_writer out;
  out.object().field("symbol", c.symbol_id).field("contract", c.id);
  if (day) {
    out.field("symbolName", "/" + c.root).field("open", c.price(day->open)).field("high", c.price(day->high));
    out.field("low", c.price(day->low)).field("volume", day->volume);
    out.field("change", c.price(day->last - day->open));
    auto per_ten_thousand = divide_rounded(static_cast<wide>(day->last - day->open) * 10'000, day->open ? day->open : 1);
    out.field("changePercent", decimal::from_nanos(per_ten_thousand * (decimal::scale / 10'000)));
    if (with_last)
      out.field("lastPrice", c.price(day->last));
  }
  if (bid)
    out.field("bestBid", c.price(*bid));
  if (ask)
    out.field("bestAsk", c.price(*ask));
  out.field("lastUpdated", hub_text(now)).field("timestamp", hub_text(now)).end_object();
  return out.take();
}

std::string market_trade(const contract& c, int64_t price, order_side side, int64_t volume, bool as_array,
                         wall_time now) {
  json_writer out;
  if (as_array)
    out.array();
  out.object()
    .field("symbolId", c.symbol_id)
    .field("contractId", c.id)
    .field("price", c.price(price))
    .field("timestamp", hub_text(now))
    .field("type", static_cast<int>(side))
    .field("volume", volume)
    .end_object();
  if (as_array)
    out.end_array();
  return out.take();
}

std::string depth(const contract& c, int64_t bid, int64_t ask, wall_time now) {
  constexpr int best_ask = 3, best_bid = 4; // DomType
  json_writer out;
  out.array();
  for (auto [type, ticks] : {std::pair{best_bid, bid}, {best_ask, ask}})
    out.object()
      .field("contractId", c.id)
      .field("timestamp", hub_text(now))
      .field("type", type)
      .field("price", c.price(ticks))
      .field("volume", 10)
      .field("currentVolume", 10)
      .end_object();
  out.end_array();
  return out.take();
}

} // namespace gateway_sim::records
