// REST handlers that log in or read: accounts, contracts, bars, orders, positions, trades.
#include "rest.hpp"

#include "json_writer.hpp"

#include <algorithm>

namespace gateway_sim {

namespace {

using records::place;

constexpr std::size_t most_contracts = 20;
constexpr int64_t most_bars = 20'000;

rest_answer code(int64_t number, std::string payload) {
  return {number, std::nullopt, std::move(payload), false, false};
}

rest_answer bad() {
  rest_answer a;
  a.bad_request = true;
  return a;
}

template <class List, class Write>
std::string list_of(const char* name, const List& list, Write&& write) {
  json_writer out;
  out.key(name).array();
  for (const auto& each : list)
    write(out, each);
  out.end_array();
  return out.take();
}

bool contains_folded(std::string_view text, std::string_view part) {
  auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

std::string orders_payload(const world& w, const std::vector<const order*>& list) {
  return list_of("orders", list, [&](json_writer& out, const order* o) {
    records::write(out, *o, *w.book.find_contract(o->contract), place::rest, w.knobs);
  });
}

/// The orders that the venue shows of an account, as far as they are wanted.
template <class Wanted>
rest_answer orders_of(const world& w, int64_t account, Wanted wanted) {
  if (!w.book.find_account(account))
    return code(1, "\"orders\":null");
  auto list = w.orders_shown(account);
  std::erase_if(list, [&](const order* o) { return !wanted(*o); });
  return code(0, orders_payload(w, list));
}

std::string token_payload(const char* name, const std::optional<std::string>& token) {
  return json_quoted(name) + ":" + (token ? json_quoted(*token) : "null");
}

} // namespace

// -- login ---------------------------------------------------------------------------------------

rest_answer login_key(rest_call& c) {
  auto name = c.body.need_text("userName");
  auto key = c.body.need_text("apiKey");
  if (!c.body.ok())
    return bad();
  if (c.venue.knobs.sessions == session_rule::login_evicts && c.venue.users.knows(name, key)) {
    c.venue.users.expire(name);
    c.venue.hubs.logout(std::nullopt, name, {}, true);
  }
  auto token = c.venue.users.login(name, key, c.venue.now());
  return code(token ? 0 : 3, token_payload("token", token));
}

rest_answer login_app(rest_call& c) {
  for (const char* name : {"userName", "password", "deviceId", "appId", "verifyKey"})
    c.body.need_text(name);
  if (!c.body.ok())
    return bad();
  return code(4, "\"token\":null"); // no application is registered here
}

rest_answer validate(rest_call& c) {
  auto token = c.venue.users.renew(c.request.token, c.venue.now());
  return code(token ? 0 : 1, token_payload("newToken", token));
}

rest_answer logout(rest_call& c) {
  c.venue.users.logout(c.request.token);
  return {};
}

// -- accounts and contracts ----------------------------------------------------------------------

rest_answer account_search(rest_call& c) {
  bool only_active = c.body.need_bool("onlyActiveAccounts");
  if (!c.body.ok())
    return bad();
  std::vector<const account*> list;
  for (const auto* a : c.venue.accounts_shown())
    if (a->visible || !only_active)
      list.push_back(a);
  if (c.venue.knobs.accounts_descending)
    std::reverse(list.begin(), list.end());
  return code(0, list_of("accounts", list, [](json_writer& out, const account* a) { records::write(out, *a); }));
}

rest_answer contract_search(rest_call& c) {
  auto text = c.body.find_text("searchText").value_or("");
  bool live = c.body.need_bool("live");
  if (!c.body.ok())
    return bad();
  std::vector<const contract*> list;
  for (const auto& each : c.venue.book.contracts())
    if (!live && each.active && list.size() < most_contracts
        && (contains_folded(each.name, text) || contains_folded(each.description, text)))
      list.push_back(&each);
  return code(0, list_of("contracts", list, [](json_writer& out, const contract* k) { records::write(out, *k); }));
}

rest_answer contract_search_by_id(rest_call& c) {
  auto id = c.body.need_text("contractId");
  if (!c.body.ok())
    return bad();
  const auto* found = c.venue.book.find_contract(id);
  if (!found || found->id != id)
    return code(1, "\"contract\":null");
  json_writer out;
  out.key("contract");
  records::write(out, *found);
  return code(0, out.take());
}

rest_answer contract_available(rest_call& c) {
  bool live = c.body.need_bool("live");
  if (!c.body.ok())
    return bad();
  std::vector<const contract*> list;
  for (const auto& each : c.venue.book.contracts())
    if (!live && each.active)
      list.push_back(&each);
  return code(0, list_of("contracts", list, [](json_writer& out, const contract* k) { records::write(out, *k); }));
}

// -- bars ----------------------------------------------------------------------------------------

namespace {

struct bar {
  wall_time at;
  int64_t open, high, low, close, volume;
};

/// Bars print whole prices with a digit after the point, so that a column keeps one number type.
std::string float_text(decimal d) {
  auto text = d.text();
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

} // namespace

rest_answer retrieve_bars(rest_call& c) {
  auto id = c.body.need_text("contractId");
  c.body.need_bool("live");
  auto from = c.body.need_time("startTime");
  auto to = c.body.need_time("endTime");
  auto unit = c.body.need_int("unit", int32_low, int32_high);
  auto number = c.body.need_int("unitNumber", int32_low, int32_high);
  auto limit = c.body.need_int("limit", int32_low, int32_high);
  bool partial = c.body.need_bool("includePartialBar");
  if (!c.body.ok())
    return bad();
  const auto* found = c.venue.book.find_contract(id);
  if (!found || found->id != id)
    return code(1, "\"bars\":null");
  if (unit < 1 || unit > 6)
    return code(2, "\"bars\":null");
  if (number < 1)
    return code(3, "\"bars\":null");
  if (limit < 1 || limit > most_bars)
    return code(4, "\"bars\":null");
  static constexpr int64_t unit_seconds[] = {0, 1, 60, 3600, 86'400, 604'800, 2'592'000};
  auto width = unit_seconds[unit] * number * 10'000'000;
  std::vector<bar> bars;
  for (const auto& t : c.venue.history(found->id)) {
    if (t.at < from || t.at > to)
      continue;
    wall_time start{t.at.ticks / width * width};
    if (bars.empty() || bars.back().at != start) {
      bars.push_back({start, t.ticks, t.ticks, t.ticks, t.ticks, t.volume});
      continue;
    }
    auto& b = bars.back();
    b.high = std::max(b.high, t.ticks);
    b.low = std::min(b.low, t.ticks);
    b.close = t.ticks;
    b.volume += t.volume;
  }
  if (!partial && !bars.empty() && bars.back().at.ticks + width > c.venue.now().ticks)
    bars.pop_back();
  std::reverse(bars.begin(), bars.end());
  if (static_cast<int64_t>(bars.size()) > limit)
    bars.resize(static_cast<std::size_t>(limit));
  return code(0, list_of("bars", bars, [&](json_writer& out, const bar& b) {
                out.object().field("t", rest_text(b.at));
                for (auto [name, ticks] : {std::pair{"o", b.open}, {"h", b.high}, {"l", b.low}, {"c", b.close}})
                  out.key(name).raw(float_text(found->price(ticks)));
                out.field("v", b.volume).end_object();
              }));
}

// -- orders --------------------------------------------------------------------------------------

rest_answer order_search(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto from = c.body.need_time("startTimestamp");
  auto to = c.body.find_time("endTimestamp");
  if (!c.body.ok())
    return bad();
  return orders_of(c.venue, account, [&](const order& o) { return o.created >= from && (!to || o.created <= *to); });
}

rest_answer order_search_open(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  if (!c.body.ok())
    return bad();
  return orders_of(c.venue, account, [](const order& o) { return o.status == order_status::open; });
}

rest_answer order_search_by_id(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto id = c.body.need_int("orderId", INT64_MIN, INT64_MAX);
  if (!c.body.ok())
    return bad();
  const auto* o = c.venue.book.find_order(id);
  if (!o || o->account != account)
    return code(1, "\"order\":null");
  json_writer out;
  out.key("order");
  records::write(out, *o, *c.venue.book.find_contract(o->contract), place::rest, c.venue.knobs);
  return code(0, out.take());
}

rest_answer order_query(rest_call& c) {
  rest_body filter{c.body, "filter", true};
  auto account = filter.need_int("accountId", int32_low, int32_high);
  auto statuses = filter.find_ints("statuses");
  auto after = filter.find_time("createdAfter");
  auto before = filter.find_time("createdBefore");
  auto size = c.body.find_int("pageSize", int32_low, int32_high).value_or(100);
  auto offset = c.body.find_int("pageOffset", int32_low, int32_high).value_or(0);
  auto sort_by = c.body.find_int("sortBy", 0, 1).value_or(0);
  bool descending = c.body.find_int("sortDirection", 0, 1).value_or(0) == 1;
  bool total = c.body.find_bool("includeTotalCount").value_or(false);
  if (!c.body.ok())
    return bad();
  if (!c.venue.book.find_account(account))
    return code(1, "\"orders\":null");
  std::vector<const order*> list;
  for (const auto* o : c.venue.orders_shown(account)) {
    bool wanted = !statuses
                  || std::find(statuses->begin(), statuses->end(), static_cast<int64_t>(o->status)) != statuses->end();
    if (wanted && (!after || o->created >= *after) && (!before || o->created <= *before))
      list.push_back(o); // contractId is not applied, as live
  }
  if (sort_by == 0)
    std::stable_sort(list.begin(), list.end(), [](auto* a, auto* b) { return a->created < b->created; });
  if (descending)
    std::reverse(list.begin(), list.end());
  auto count = static_cast<int64_t>(list.size());
  auto first = std::clamp<int64_t>(offset, 0, count);
  auto last = std::min(count, first + std::clamp<int64_t>(size, 1, 100));
  std::vector<const order*> page(list.begin() + first, list.begin() + last);
  return code(0, orders_payload(c.venue, page) + ",\"totalCount\":" + (total ? std::to_string(count) : "null"));
}

// -- positions and trades ------------------------------------------------------------------------

rest_answer position_search_open(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  if (!c.body.ok())
    return bad();
  if (!c.venue.book.find_account(account))
    return code(1, "\"positions\":null");
  return code(0, list_of("positions", c.venue.positions_shown(account), [&](json_writer& out, const position& p) {
                records::write(out, p, *c.venue.book.find_contract(p.contract), place::rest, c.venue.knobs);
              }));
}

rest_answer trade_search(rest_call& c) {
  auto account = c.body.need_int("accountId", int32_low, int32_high);
  auto from = c.body.find_time("startTimestamp");
  auto to = c.body.find_time("endTimestamp");
  if (!c.body.ok())
    return bad();
  if (!c.venue.book.find_account(account))
    return code(1, "\"trades\":null");
  std::vector<const trade*> list;
  for (const auto* t : c.venue.trades_shown(account))
    if ((!from || t->created >= *from) && (!to || t->created <= *to))
      list.push_back(t);
  std::reverse(list.begin(), list.end());
  return code(0, list_of("trades", list, [&](json_writer& out, const trade* t) {
                records::write(out, *t, *c.venue.book.find_contract(t->contract), place::rest, c.venue.knobs);
              }));
}

} // namespace gateway_sim
