// accounts: who is watched, by which login, and how each stands, in one line each. Anyone may ask.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters&, const house&) {
  inquiry ask;
  ask.accounts = true;
  return ask;
}

or_error<std::string> answer(const parameters&, const house& known, const findings& found) {
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("accounts").begin_array();
  for (const auto& account : found.accounts) {
    out.begin_object().key("id").number(account.account.value).key("name").text(account.name);
    out.key("state").text(name_of(account.state)).key("why").text(account.why);
    out.key("locks").number(static_cast<int64_t>(account.locks.size())).key("rules").number(static_cast<int64_t>(account.rules.size()));
    out.key("alarms").number(static_cast<int64_t>(account.alarms.size())).end_object();
  }
  out.end_array().end_object();
  return out.take();
}

} // namespace

command accounts_command() { return {"accounts", false, {}, plan, answer}; }

} // namespace rm
