// locks: every lock of every account, or of one. Anyone may ask.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  inquiry ask;
  ask.accounts = true;
  return only_one(given, known, std::move(ask));
}

or_error<std::string> answer(const parameters& given, const house& known, const findings& found) {
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("accounts").begin_array();
  for (const auto& account : found.accounts) {
    if (!is_wanted(account.account, given, known))
      continue;
    out.begin_object().key("id").number(account.account.value).key("name").text(account.name);
    out.key("state").text(name_of(account.state)).key("why").text(account.why).key("locks").begin_array();
    for (const auto& l : account.locks)
      write_lock(out, l);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return out.take();
}

} // namespace

command locks_command() { return {"locks", false, {{"account", parameter_kind::text_or_number}}, plan, answer}; }

} // namespace rm
