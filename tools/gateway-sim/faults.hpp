// Faults that a test orders: what goes wrong with which REST path, and how often.
#pragma once
#include "scheduler.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

struct rest_fault {
  std::string path;  // "/api/Position/searchOpen", a prefix that ends in '*', or "*" for every /api path
  std::string mode;  // one of fault_modes()
  int64_t count = 1; // how many requests; 0 = until cleared
  std::chrono::nanoseconds delay{0};
  int64_t error_code = 1;
  std::optional<std::string> error_message;
  std::string field = {}; // of `set` and `remove`
  std::string value = {}; // JSON text
  std::optional<scheduler::time_point> until = std::nullopt; // then it is over, whatever the count
};

/// The modes a REST fault can have, in the order the README explains them.
const std::vector<std::string>& fault_modes();

/// The paths a fault can hit: every endpoint and the two hubs.
const std::vector<std::string>& fault_paths();

class fault_list {
public:
  void add(rest_fault f) { faults_.push_back(std::move(f)); }
  void clear() { faults_.clear(); }

  /// The first fault for this path, counted down; nothing when there is none.
  std::optional<rest_fault> take(std::string_view path, scheduler::time_point now);

private:
  std::vector<rest_fault> faults_;
};

} // namespace gateway_sim
