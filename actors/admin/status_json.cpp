#include "actors/admin/status_json.hpp"

#include "actors/admin/json_text.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t shown_reports = 10;
constexpr duration patience_with_links = std::chrono::seconds{60};

template <class Amount>
void write_amount(json_writer& out, const std::optional<Amount>& amount) {
  if (amount)
    out.text(to_string(*amount));
  else
    out.null();
}

/// A sum that leaves its range is unknown here; who made the figures says so louder.
std::optional<money> sum_of(money a, money b) {
  try {
    return a + b;
  } catch (const amount_overflow&) {
    return std::nullopt;
  }
}

void write_alarms(json_writer& out, const std::vector<alarm>& alarms) {
  out.begin_array();
  for (const alarm& a : alarms) {
    out.begin_object().key("since").time(a.since);
    out.key("severity").text(name_of(a.severity)).key("what").text(a.what).end_object();
  }
  out.end_array();
}

void write_pnl(json_writer& out, const account_view* view) {
  std::optional<money> realized, unrealized, day, week, peak;
  if (view != nullptr && view->evaluable) {
    realized = view->realized_day;
    unrealized = view->unrealized;
    day = sum_of(view->realized_day, view->unrealized);
    week = sum_of(view->realized_week, view->unrealized);
    peak = view->peak_day;
  }
  out.begin_object();
  write_amount(out.key("realized_day"), realized);
  write_amount(out.key("unrealized"), unrealized);
  write_amount(out.key("day"), day);
  write_amount(out.key("week"), week);
  write_amount(out.key("peak_day"), peak);
  out.end_object();
}

void write_position(json_writer& out, const account_status& account, const valued_position& p) {
  const auto symbol = account.symbols.find(p.contract);
  out.begin_object().key("contract").text(p.contract.view());
  // Without a specification there is no symbol to show; a guess from the contract's name would be one.
  out.key("symbol").text(symbol == account.symbols.end() ? p.contract.view() : std::string_view{symbol->second});
  out.key("size").number(p.size).key("average_price").text(to_string(p.average_price));
  write_amount(out.key("mark"), p.mark);
  write_amount(out.key("unrealized"), p.unrealized);
  out.end_object();
}

void write_order(json_writer& out, const working_order& o) {
  out.begin_object().key("id").number(o.id.value).key("contract").text(o.contract.view());
  out.key("side").text(name_of(o.side)).key("type").text(name_of(o.type)).key("size").number(o.remaining);
  write_amount(out.key("price"), o.limit_price ? o.limit_price : o.stop_price);
  out.end_object();
}

void write_rule(json_writer& out, const rule_status& r) {
  out.begin_object().key("rule").text(r.rule.view()).key("number").text(r.number).key("state").text(name_of(r.level));
  out.key("used").text(r.used).key("limit").text(r.limit).key("fraction").raw(millionths_json(r.fraction));
  out.key("evaluated").time(r.evaluated).key("events").begin_object();
  for (const auto& [kind, at] : r.events)
    out.key(kind).time(at);
  out.end_object().end_object();
}

void write_report(json_writer& out, const enforcement_report& r) {
  out.begin_object().key("at").time(r.at).key("rule").text(r.rule.view()).key("action").text(name_of(r.action));
  out.key("state").text(name_of(r.phase)).key("detail").text(r.detail).key("latency_us");
  if (r.latency_ns < 0)
    out.null();
  else
    out.number(r.latency_ns / 1000);
  out.end_object();
}

template <class Things, class Write>
void write_list(json_writer& out, std::string_view name, const Things& things, Write write) {
  out.key(name).begin_array();
  for (const auto& thing : things)
    write(thing);
  out.end_array();
}

void write_account(json_writer& out, const account_status& a) {
  const account_view* view = a.view.get();
  out.begin_object().key("id").number(a.account.value).key("name").text(a.name);
  out.key("state").text(name_of(a.state)).key("why").text(a.why).key("can_trade");
  if (view != nullptr)
    out.flag(view->can_trade);
  else
    out.null();
  write_pnl(out.key("pnl"), view);
  const account_view nothing;
  const account_view& seen = view != nullptr ? *view : nothing;
  write_list(out, "positions", seen.positions, [&](const valued_position& p) { write_position(out, a, p); });
  write_list(out, "orders", seen.orders, [&](const working_order& o) { write_order(out, o); });
  write_list(out, "locks", a.locks, [&](const lock& l) { write_lock(out, l); });
  write_list(out, "rules", a.rules, [&](const rule_status& r) { write_rule(out, r); });
  write_alarms(out.key("alarms"), a.alarms);
  const std::size_t skipped = a.enforcement.size() > shown_reports ? a.enforcement.size() - shown_reports : 0;
  const std::vector<enforcement_report> newest(a.enforcement.begin() + static_cast<std::ptrdiff_t>(skipped), a.enforcement.end());
  write_list(out, "enforcement", newest, [&](const enforcement_report& r) { write_report(out, r); });
  out.end_object();
}

void write_broker(json_writer& out, const broker_status& b) {
  out.begin_object().key("id").text(b.broker.view()).key("state").text(name_of(b.status));
  out.key("since").time(b.since).key("requests_left").number(b.requests_left).end_object();
}

void write_zones(json_writer& out, const zone_data& zones, timestamp now) {
  out.begin_object().key("version").text(zones.version).key("date");
  if (zones.made == timestamp{})
    out.null().key("age_days").null();
  else
    out.text(format_time(zones.made).substr(0, 10)).key("age_days").number(age_in_days(zones, now));
  out.end_object();
}

alarm alarm_of_link(const broker_status& b, timestamp now) {
  const bool long_gone = b.since == timestamp{} || now - b.since > patience_with_links; // unknown is unsafe
  std::string what = "the link to " + b.broker.str() + " is " + std::string{name_of(b.status)};
  if (!b.why.empty())
    what += ": " + b.why;
  return {"link " + b.broker.str(), long_gone ? severity::critical : severity::warning, std::move(what), b.since};
}

alarm alarm_of_storage(const storage_health& storage) {
  std::string what = "nothing is being written to the database";
  if (!storage.why.empty())
    what += ": " + storage.why;
  if (storage.unsaved > 0)
    what += "; " + std::to_string(storage.unsaved) + " writes wait in memory";
  return {"storage", severity::critical, std::move(what), storage.since};
}

} // namespace

void write_lock(json_writer& out, const lock& l) {
  const bool by_condition = l.end == lock_end::can_trade;
  out.begin_object().key("rule").text(l.rule.view()).key("mode").text(name_of(l.mode)).key("since").time(l.since);
  out.key("until").time(by_condition ? timestamp{} : l.until).key("until_condition");
  if (by_condition)
    out.text(name_of(l.end));
  else
    out.null();
  out.key("reason").text(l.reason).key("attempts").number(l.attempts).key("durable").flag(l.durable).end_object();
}

std::vector<alarm> service_alarms(const status_input& input) {
  std::vector<alarm> out;
  const auto add = [&](const alarm& a) {
    if (std::none_of(out.begin(), out.end(), [&](const alarm& other) { return other.key == a.key; }))
      out.push_back(a);
  };
  if (!input.storage.writing)
    add(alarm_of_storage(input.storage));
  for (const broker_status& b : input.brokers) {
    if (b.status != link_status::live)
      add(alarm_of_link(b, input.now.utc));
    for (const alarm& a : b.alarms)
      add(a);
  }
  for (const alarm& a : input.alarms)
    add(a);
  if (input.service.zones)
    if (const auto old = alarm_of(*input.service.zones, input.now.utc))
      add(*old);
  std::stable_sort(out.begin(), out.end(), [](const alarm& a, const alarm& b) { return a.severity > b.severity; });
  return out;
}

std::string status_json(const status_input& input) {
  json_writer out;
  const int64_t up_ns = std::max<int64_t>(0, input.now.steady_ns - input.service.started.steady_ns);
  out.begin_object().key("schema").number(1).key("now").time(input.now.utc);
  out.key("service").begin_object().key("version").text(input.service.version).key("pid").number(input.service.pid);
  out.key("uptime_s").number(up_ns / 1'000'000'000).key("config").text(input.service.config);
  if (input.service.zones)
    write_zones(out.key("tz_data"), *input.service.zones, input.now.utc);
  write_list(out, "broker", input.brokers, [&](const broker_status& b) { write_broker(out, b); });
  write_alarms(out.key("alarms"), service_alarms(input));
  out.end_object();
  write_list(out, "accounts", input.accounts, [&](const account_status& a) { write_account(out, a); });
  out.end_object();
  return out.take();
}

} // namespace rm
