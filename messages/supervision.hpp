// How actors are started, described and stopped.
#pragma once

#include "messages/ids.hpp"
#include "messages/timing.hpp"

#include <string>
#include <vector>

namespace rm {

/// Question to any actor: what are you doing?
struct describe {};

struct description {
  std::string kind;         // "account"
  std::string name;         // "account 126244"
  std::string state;        // in words
  int64_t mailbox = 0;      // messages waiting
  int64_t handled = 0;      // messages handled since it started
  std::vector<std::string> detail;
};

/// A supervisor to itself, after a back-off.
struct restart_child {
  std::string name;
};

/// Ordered stop of a supervisor and all below it.
struct stop_all {};

struct list_children {};

struct child_state {
  std::string name;
  bool running = false;
  int64_t restarts = 0;
  std::string last_error;
  timestamp since{}; // its newest start
};

struct child_list {
  std::vector<child_state> children; // in start order
};

enum class severity : uint8_t { warning, critical };
std::string_view name_of(severity s);

/// Something that a person must know; stands until its cause is gone.
struct alarm {
  std::string key;  // one alarm per key
  rm::severity severity = rm::severity::warning;
  std::string what;
  timestamp since{};
};

} // namespace rm
