// Reading YAML with errors that say where, what and what to write instead.
#pragma once
#include "decimal.hpp"

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

/// A mistake in a scenario or in a control request; `line` is 1-based, 0 = unknown.
struct scenario_error : std::runtime_error {
  scenario_error(int at_line, const std::string& what) : std::runtime_error(what), line(at_line) {}
  int line;
};

[[noreturn]] void fail(const YAML::Node& where, const std::string& what);

/// Throws unless `node` is a map that has only these keys; names the nearest known key.
void check_keys(const YAML::Node& node, std::string_view what, const std::vector<std::string>& known);

// Each throws a scenario_error that names `key`.

std::string read_text(const YAML::Node& node, std::string_view key);
int64_t read_int(const YAML::Node& node, std::string_view key);
bool read_bool(const YAML::Node& node, std::string_view key);
decimal read_decimal(const YAML::Node& node, std::string_view key);
std::chrono::nanoseconds read_duration(const YAML::Node& node, std::string_view key);

/// One of `words`; returns its index.
std::size_t read_word(const YAML::Node& node, std::string_view key, const std::vector<std::string>& words);

/// "a, b or c"
std::string listed(const std::vector<std::string>& words);

} // namespace gateway_sim
