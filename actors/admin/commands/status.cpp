// status: the status object. Anyone may ask.
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters&, const house&) {
  inquiry ask;
  ask.accounts = ask.brokers = ask.storage = true;
  return ask;
}

or_error<std::string> answer(const parameters&, const house& known, const findings& found) {
  return status_json({known.now, known.service, found.brokers, found.storage, known.alarms, found.accounts});
}

} // namespace

command status_command() { return {"status", false, {}, plan, answer, std::chrono::milliseconds{250}, std::chrono::milliseconds{2000}}; }

} // namespace rm
