#include "actors/admin/status_view.hpp"

#include "actors/admin/json_members.hpp"

namespace rm {
namespace {

namespace json = boost::json;

double real_of(const json::value& of, std::string_view name) {
  const json::value* found = member(of, name);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

bool flag_of(const json::value& of, std::string_view name) {
  const json::value* found = member(of, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

template <class Shown, class Read>
std::vector<Shown> list_of(const json::value& of, std::string_view name, Read read) {
  std::vector<Shown> out;
  each(of, name, [&](const json::value& item) { out.push_back(read(item)); });
  return out;
}

shown_alarm read_alarm(const json::value& v) { return {text_of(v, "severity"), text_of(v, "what"), time_of(v, "since")}; }

shown_broker read_broker(const json::value& v) {
  return {text_of(v, "id"), text_of(v, "state"), time_of(v, "since"), text_of(v, "requests_left")};
}

shown_position read_position(const json::value& v) {
  return {text_of(v, "contract"), text_of(v, "symbol"), whole_of(v, "size").value_or(0), text_of(v, "average_price"), text_of(v, "mark"), text_of(v, "unrealized")};
}

shown_order read_order(const json::value& v) {
  return {text_of(v, "id"), text_of(v, "contract"), text_of(v, "side"), text_of(v, "type"), text_of(v, "price"), whole_of(v, "size").value_or(0)};
}

shown_lock read_lock(const json::value& v) {
  return {text_of(v, "rule"), text_of(v, "mode"), text_of(v, "until_condition"), text_of(v, "reason"), time_of(v, "since"), time_of(v, "until"),
          whole_of(v, "attempts").value_or(0), flag_of(v, "durable")};
}

shown_rule read_rule(const json::value& v) {
  return {text_of(v, "rule"), text_of(v, "number"), text_of(v, "state"), text_of(v, "used"), text_of(v, "limit"), real_of(v, "fraction")};
}

shown_report read_report(const json::value& v) {
  return {time_of(v, "at"), text_of(v, "rule"), text_of(v, "action"), text_of(v, "state"), text_of(v, "detail"), text_of(v, "latency_us")};
}

shown_account read_account(const json::value& v) {
  shown_account out;
  out.id = text_of(v, "id");
  out.name = text_of(v, "name");
  out.state = text_of(v, "state");
  out.why = text_of(v, "why");
  out.can_trade = text_of(v, "can_trade");
  if (const json::value* pnl = member(v, "pnl")) {
    out.realized_day = text_of(*pnl, "realized_day");
    out.unrealized = text_of(*pnl, "unrealized");
    out.day = text_of(*pnl, "day");
    out.week = text_of(*pnl, "week");
    out.peak_day = text_of(*pnl, "peak_day");
  }
  out.positions = list_of<shown_position>(v, "positions", read_position);
  out.orders = list_of<shown_order>(v, "orders", read_order);
  out.locks = list_of<shown_lock>(v, "locks", read_lock);
  out.rules = list_of<shown_rule>(v, "rules", read_rule);
  out.alarms = list_of<shown_alarm>(v, "alarms", read_alarm);
  out.enforcement = list_of<shown_report>(v, "enforcement", read_report);
  return out;
}

} // namespace

std::optional<status_view> read_status(std::string_view text) {
  json::error_code wrong;
  const json::value v = json::parse(json::string_view{text.data(), text.size()}, wrong);
  if (wrong || whole_of(v, "schema") != 1)
    return std::nullopt;
  status_view out;
  out.now = time_of(v, "now").value_or(timestamp{});
  if (const json::value* service = member(v, "service")) {
    out.version = text_of(*service, "version");
    out.config = text_of(*service, "config");
    out.uptime_s = whole_of(*service, "uptime_s").value_or(0);
    if (const json::value* zones = member(*service, "tz_data")) {
      out.zones_version = text_of(*zones, "version");
      out.zones_date = text_of(*zones, "date");
    }
    out.brokers = list_of<shown_broker>(*service, "broker", read_broker);
    out.alarms = list_of<shown_alarm>(*service, "alarms", read_alarm);
  }
  out.accounts = list_of<shown_account>(v, "accounts", read_account);
  return out;
}

} // namespace rm
