// rules: what every rule of an account says, what it needs to hear and when it last heard it. Anyone may ask.
#include "actors/admin/commands/by_account.hpp"

namespace rm {
namespace {

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
  return list_by_account(given, known, found, "rules", [](json_writer& out, const account_status& account) {
    for (const auto& rule : account.rules)
      write_rule(out, rule);
  });
}

} // namespace

command rules_command() { return {"rules", false, {{"account", parameter_kind::text_or_number}}, ask_accounts, answer}; }

} // namespace rm
