// What to call a message in a trace: its kind, and the one or two things that are worth saying of it. Pure.
#pragma once

#include "messages/enforcement.hpp"
#include "messages/storage.hpp"

#include <string>

namespace rm {

std::string words_of(const venue_event& event);
std::string words_of(const evaluate& question);
std::string words_of(const verdict& spoken);
std::string words_of(const enforce& order);
std::string words_of(const enforcement_report& report);
std::string words_of(const venue_request& request);
std::string words_of(const venue_answer& answer);
std::string words_of(const timer_fired& fired);
std::string words_of(const arm_timer& timer);
std::string words_of(const session_reset& reset);
std::string words_of(const journal_entry& line);

} // namespace rm
