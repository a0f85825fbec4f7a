// The status object as a program of people reads it: everything is text to show, nothing is computed with.
#pragma once

#include "messages/timing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

struct shown_alarm {
  std::string severity, what;
  std::optional<timestamp> since;
};

struct shown_broker {
  std::string id, state;
  std::optional<timestamp> since;
  std::string requests_left;
};

struct shown_position {
  std::string contract, symbol;
  int64_t size = 0;
  std::string average_price, mark, unrealized; // "" where unknown
};

struct shown_order {
  std::string id, contract, side, type, price;
  int64_t size = 0;
};

struct shown_lock {
  std::string rule, mode, until_condition, reason;
  std::optional<timestamp> since, until;
  int64_t attempts = 0;
  bool durable = false;
};

struct shown_rule {
  std::string rule, number, state, used, limit;
  double fraction = 0; // for the length of a bar only
};

struct shown_report {
  std::optional<timestamp> at;
  std::string rule, action, state, detail, latency_us;
};

struct shown_account {
  std::string id, name, state, why, can_trade; // can_trade: "true", "false" or ""
  std::string realized_day, unrealized, day, week, peak_day;
  std::vector<shown_position> positions;
  std::vector<shown_order> orders;
  std::vector<shown_lock> locks;
  std::vector<shown_rule> rules;
  std::vector<shown_alarm> alarms;
  std::vector<shown_report> enforcement; // newest last
};

struct status_view {
  timestamp now{};
  std::string version, config;
  int64_t uptime_s = 0;
  std::string zones_version, zones_date; // of the time zone data; "" where unknown
  std::vector<shown_broker> brokers;
  std::vector<shown_alarm> alarms;
  std::vector<shown_account> accounts;
};

/// Reads a status object. What is missing stays empty; nothing when the text is no status object of a schema that is known.
std::optional<status_view> read_status(std::string_view json);

} // namespace rm
