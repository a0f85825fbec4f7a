// A status as it might stand in the middle of a bad day.
#pragma once

#include "actors/admin/status_json.hpp"

#include <stdexcept>

namespace rm::test {

/// That time on 24 December 2025, UTC.
inline timestamp at(std::string_view clock) {
  timestamp out{};
  if (!parse_time("2025-12-24T" + std::string{clock} + "Z", out))
    throw std::invalid_argument{"no time: " + std::string{clock}};
  return out;
}

inline account_view sample_view() {
  const contract_id mnq{"CON.F.US.MNQ.Z25"};
  account_view v;
  v.account = account_id{126244};
  v.realized_day = *money::parse("-120.5");
  v.realized_week = *money::parse("-320.5");
  v.unrealized = *money::parse("50");
  v.peak_day = *money::parse("35");
  v.positions = {{mnq, -2, *price::parse("20125"), price::parse("20112.5"), money::parse("50")},
                 {"CON.F.US.ZN.Z25", 1, *price::parse("110.015625"), {}, {}}};
  working_order limit;
  limit.id = order_id{9007199254740993}; // beyond what a double holds
  limit.contract = mnq;
  limit.type = order_type::limit;
  limit.remaining = 1;
  limit.limit_price = price::parse("20000");
  working_order stop;
  stop.id = order_id{2};
  stop.contract = mnq;
  stop.side = side::sell;
  stop.type = order_type::stop;
  stop.remaining = 3;
  stop.stop_price = price::parse("20200.25");
  working_order market = stop;
  market.id = order_id{3};
  market.type = order_type::market;
  market.remaining = 1;
  market.stop_price = {};
  v.orders = {limit, stop, market};
  return v;
}

inline account_status sample_account() {
  account_status a;
  a.account = account_id{126244};
  a.name = "PRAC-V2-126244";
  a.state = account_state_name::locked;
  a.view = std::make_shared<const account_view>(sample_view());
  a.symbols = {{"CON.F.US.MNQ.Z25", "MNQ"}};
  lock daily;
  daily.rule = "daily_loss_limit";
  daily.mode = lock_mode::flat;
  daily.end = lock_end::daily_reset;
  daily.since = at("14:29:00");
  daily.until = at("22:00:00");
  daily.reason = "day P&L -500.00 is at the limit of 500.00";
  daily.attempts = 2;
  daily.durable = true;
  lock venue = daily;
  venue.rule = "auth_guard";
  venue.end = lock_end::can_trade;
  venue.since = at("14:29:30");
  venue.reason = "the venue says so";
  venue.attempts = 0;
  venue.durable = false;
  a.locks = {daily, venue};
  rule_status loss;
  loss.rule = "daily_loss_limit";
  loss.number = "RULE-004";
  loss.level = level::ok;
  loss.used = "70.50";
  loss.limit = "500.00";
  loss.fraction = 141'000;
  loss.evaluated = at("14:29:59.5");
  loss.events = {{"fill", at("14:10:00")}, {"mark", at("14:29:59.5")}};
  rule_status off;
  off.rule = "symbol_block";
  off.level = level::disabled;
  a.rules = {loss, off};
  a.alarms = {{"quote", severity::warning, "the quote of MNQ is 12 s old", at("14:29:58")}};
  enforcement_report first;
  first.account = a.account;
  first.rule = "daily_loss_limit";
  first.action = action::flatten;
  first.detail = "closing 2 MNQ";
  first.latency_ns = 180'999;
  first.at = at("14:29:00");
  enforcement_report last = first;
  last.phase = enforcement_phase::done;
  last.detail = "flat, read back";
  last.latency_ns = -1;
  last.at = at("14:29:01");
  a.enforcement = {first, last};
  return a;
}

inline broker_status sample_broker() {
  broker_status b;
  b.broker = "topstepx";
  b.status = link_status::live;
  b.since = at("14:00:00");
  b.requests_left = 180;
  return b;
}

inline service_facts sample_service() { return {"0.1.0", 4711, "/etc/riskmanager/config.yaml", {at("14:29:47"), 1'000'000'000}}; }

inline status_input sample_status() {
  status_input in;
  in.now = {at("14:30:00"), 13'900'000'000};
  in.service = sample_service();
  in.brokers = {sample_broker()};
  in.accounts = {sample_account()};
  return in;
}

} // namespace rm::test
