// REST handlers that change something: place, modify, cancel, close. Each has its own numbers for a refusal.
#include "rest.hpp"

namespace gateway_sim {

namespace {

rest_answer bad() {
  rest_answer a;
  a.bad_request = true;
  return a;
}

int64_t place_code(refusal why) {
  switch (why) {
    case refusal::none: return 0;
    case refusal::account_not_found: return 1;
    case refusal::outside_hours: return 5;
    case refusal::contract_not_found: return 8;
    case refusal::contract_not_active: return 9;
    case refusal::account_rejected: return 10;
    default: return 2;
  }
}

/// Modify and cancel share their numbers, but for 7 (contract), which neither can meet here.
int64_t change_code(refusal why) {
  switch (why) {
    case refusal::none: return 0;
    case refusal::account_not_found: return 1;
    case refusal::order_not_found: return 2;
    case refusal::account_rejected: return 6;
    default: return 3;
  }
}

int64_t close_code(refusal why, bool partial) {
  switch (why) {
    case refusal::none: return 0;
    case refusal::account_not_found: return 1;
    case refusal::position_not_found: return 2;
    case refusal::contract_not_found: return 3;
    case refusal::contract_not_active: return 4;
    case refusal::invalid_size: return 5;
    case refusal::account_rejected: return partial ? 9 : 8;
    default: return partial ? 6 : 5; // order rejected, without a message
  }
}

std::optional<bracket> read_bracket(rest_call& c, const char* name) {
  rest_body part{c.body, name, false};
  if (!part.present())
    return std::nullopt;
  bracket b;
  b.ticks = part.need_int("ticks", int32_low, int32_high);
  b.type = static_cast<order_type>(part.need_int("type", 0, 7));
  return b;
}

} // namespace

rest_answer order_place(rest_call& c) {
  place_request p;
  p.account = c.body.need_int("accountId", int32_low, int32_high);
  p.contract = c.body.need_text("contractId");
  p.type = static_cast<order_type>(c.body.need_int("type", 0, 7));
  p.side = c.body.need_int("side", 0, 1) == 0 ? order_side::buy : order_side::sell;
  p.size = c.body.need_int("size", int32_low, int32_high);
  p.limit = c.body.find_decimal("limitPrice");
  p.stop = c.body.find_decimal("stopPrice");
  p.trail = c.body.find_decimal("trailPrice");
  p.tag = c.body.find_text("customTag").value_or("");
  p.stop_loss = read_bracket(c, "stopLossBracket");
  p.take_profit = read_bracket(c, "takeProfitBracket");
  if (!c.body.ok())
    return bad();
  auto result = c.venue.book.place(p, c.venue.now());
  return {place_code(result.why), result.message,
          "\"orderId\":" + (result.order_id ? std::to_string(*result.order_id) : "null"), false, false};
}

rest_answer order_modify(rest_call& c) {
  modify_request m;
  m.account = c.body.need_int("accountId", int32_low, int32_high);
  m.order = c.body.need_int("orderId", INT64_MIN, INT64_MAX);
  m.size = c.body.find_int("size", int32_low, int32_high);
  m.limit = c.body.find_decimal("limitPrice");
  m.stop = c.body.find_decimal("stopPrice");
  m.trail = c.body.find_decimal("trailPrice");
  if (!c.body.ok())
    return bad();
  auto result = c.venue.book.modify(m, c.venue.now());
  return {change_code(result.why), result.message, "", false, false};
}

rest_answer order_cancel(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto id = c.body.need_int("orderId", INT64_MIN, INT64_MAX);
  if (!c.body.ok())
    return bad();
  auto result = c.venue.book.cancel(account, id, c.venue.now());
  return {change_code(result.why), result.message, "", false, false};
}

rest_answer position_close(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto contract = c.body.need_text("contractId");
  if (!c.body.ok())
    return bad();
  auto result = c.venue.book.close(account, contract, std::nullopt, c.venue.now());
  return {close_code(result.why, false), result.message, "", false, false};
}

rest_answer position_partial_close(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto contract = c.body.need_text("contractId");
  std::optional<int64_t> size;
  if (c.venue.knobs.compat_close_size && !c.body.has("size"))
    size = c.body.find_int("closeSize", int32_low, int32_high);
  if (!size)
    size = c.body.need_int("size", int32_low, int32_high);
  if (!c.body.ok())
    return bad();
  auto result = c.venue.book.close(account, contract, size, c.venue.now());
  return {close_code(result.why, true), result.message, "", false, false};
}

} // namespace gateway_sim
