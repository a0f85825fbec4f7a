// What the service says of its actors, as this program reads it, and as it shows it. Pure: JSON in, lines out.
#pragma once

#include "actors/admin/status_words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

struct shown_event {
  std::optional<timestamp> at;
  std::string kind, rule, text;
};

struct shown_actor {
  std::string name, kind, parent, state, mailbox, handled, last_error; // "" where unknown
  bool running = false;
  int64_t restarts = 0;
  std::optional<timestamp> since;
  std::vector<std::string> detail, collaborators;
  std::vector<shown_event> events; // oldest first
};

struct actors_view {
  timestamp now{};
  std::vector<shown_actor> actors; // a supervisor before its children
};

/// Reads the answers to `actors` and `actor`. Nothing for anything else.
std::optional<actors_view> read_actors(std::string_view json);

/// The tree as a table, at most `width` columns; the first line is its head.
std::vector<frame_line> tree_lines(const actors_view& view, std::size_t width);
/// One actor closely.
std::vector<frame_line> actor_lines(const shown_actor& actor, timestamp now);
/// One message of a trace: the notification's parameters.
std::optional<frame_line> trace_line(std::string_view params);
/// Its running number, from 1; 0 for what is none.
int64_t trace_number(std::string_view params);

} // namespace rm
