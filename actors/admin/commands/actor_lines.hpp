// Actors as JSON, for the methods of the inspector.
#pragma once

#include "actors/admin/json_text.hpp"
#include "messages/inspection.hpp"

namespace rm {

/// Writes one actor as an object; with what it says of itself and whom it talks to when `closely`.
void write_actor(json_writer& out, const actor_line& line, bool closely);

/// One message of a trace; times in nanoseconds.
std::string trace_json(const traced& seen);

/// The names, in order.
std::vector<std::string> names_of(const actor_list& list);

} // namespace rm
