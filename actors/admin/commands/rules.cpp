// rules: what every rule of an account says, what it needs to hear and when it last heard it. Anyone may ask.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

#include <algorithm>

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  inquiry ask;
  ask.accounts = true;
  return only_one(given, known, std::move(ask));
}

void write_rule(json_writer& out, const rule_status& r) {
  out.begin_object().key("rule").text(r.rule.view()).key("number").text(r.number).key("state").text(name_of(r.level));
  out.key("used").text(r.used).key("limit").text(r.limit).key("fraction").raw(millionths_json(r.fraction));
  out.key("reason").text(r.reason).key("evaluated").time(r.evaluated).key("needs").begin_array();
  for (const auto& kind : r.needs)
    out.text(kind);
  out.end_array().key("events").begin_object();
  for (const auto& [kind, at] : r.events)
    out.key(kind).time(at);
  for (const auto& kind : r.needs)
    if (!r.events.contains(kind))
      out.key(kind).null(); // never heard
  out.end_object().end_object();
}

or_error<std::string> answer(const parameters& given, const house& known, const findings& found) {
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("accounts").begin_array();
  for (const auto& account : found.accounts) {
    if (!is_wanted(account.account, given, known))
      continue;
    out.begin_object().key("id").number(account.account.value).key("name").text(account.name);
    out.key("state").text(name_of(account.state)).key("why").text(account.why).key("rules").begin_array();
    for (const auto& rule : account.rules)
      write_rule(out, rule);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return out.take();
}

} // namespace

command rules_command() { return {"rules", false, {{"account", parameter_kind::text_or_number}}, plan, answer}; }

} // namespace rm
