// The YAML file that describes a simulated venue: users, accounts, contracts, prices and what the trader does.
#pragma once
#include "catalogue.hpp"
#include "engine_types.hpp"
#include "rate_limit.hpp"
#include "script.hpp"
#include "switches.hpp"

#include <string>
#include <vector>

namespace gateway_sim {

struct listed_contract {
  contract what;
  std::optional<decimal> price; // the last price at the start
};

struct starting_position {
  int64_t account = 0;
  std::string contract;
  int64_t size = 0; // signed
  decimal average;
};

struct price_step {
  std::chrono::nanoseconds at{0};
  int64_t ticks = 0;
};

struct price_path {
  std::string contract;
  std::vector<price_step> steps; // sorted, interpolation done
  bool loop = false;
};

struct scenario {
  std::vector<std::pair<std::string, std::string>> users; // name, key
  rate_rule general;
  rate_rule bars{50, std::chrono::seconds{30}};
  gateway_sim::switches switches;
  std::vector<account> accounts;
  std::vector<listed_contract> contracts;
  std::vector<starting_position> positions;
  std::vector<price_path> prices;
  std::vector<script_item> trader;
  bool start_immediately = false;
  std::optional<wall_time> clock_start; // none = the wall clock
};

/// Reads a scenario from YAML text. Throws scenario_error.
scenario read_scenario(const std::string& yaml);

/// The scenario used without a file: user demo, one practice account, MNQ and MES and ES.
scenario default_scenario();

} // namespace gateway_sim
