// locks: every lock of every account, or of one. Anyone may ask.
#include "actors/admin/commands/by_account.hpp"

namespace rm {
namespace {

or_error<std::string> answer(const parameters& given, const house& known, const findings& found) {
  return list_by_account(given, known, found, "locks", [](json_writer& out, const account_status& account) {
    for (const auto& l : account.locks)
      write_lock(out, l);
  });
}

} // namespace

command locks_command() { return {"locks", false, {{"account", parameter_kind::text_or_number}}, ask_accounts, answer}; }

} // namespace rm
