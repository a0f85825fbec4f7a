// journal: what was written down, newest kept, oldest first. Anyone may ask: the trader sees everything.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

constexpr int64_t most_lines = 10'000;

or_error<inquiry> plan(const parameters& given, const house& known) {
  get_journal question;
  if (const rpc_value* wanted = find_parameter(given, "account")) {
    const auto found = find_account(*wanted, known);
    if (const auto* error = std::get_if<rpc_error>(&found))
      return *error;
    question.account = std::get<account_id>(found);
  }
  if (const rpc_value* from = find_parameter(given, "since")) {
    const auto at = read_since(*from, known);
    if (const auto* error = std::get_if<rpc_error>(&at))
      return *error;
    question.since = std::get<timestamp>(at);
  }
  if (const rpc_value* limit = find_parameter(given, "limit"))
    question.limit = std::get<int64_t>(*limit);
  if (question.limit < 1 || question.limit > most_lines)
    return rpc_error{rpc_code::invalid_params, "limit must be from 1 to " + std::to_string(most_lines)};
  inquiry ask;
  ask.journal = question;
  return ask;
}

void write_entry(json_writer& out, const journal_entry& entry) {
  out.begin_object().key("at").time(entry.at).key("account");
  if (entry.account)
    out.number(entry.account.value);
  else
    out.null();
  out.key("kind").text(entry.kind).key("rule");
  if (entry.rule.empty())
    out.null();
  else
    out.text(entry.rule.view());
  out.key("text").text(entry.text).key("latency_us");
  if (entry.latency_ns < 0)
    out.null();
  else
    out.number(entry.latency_ns / 1000);
  out.end_object();
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.journal))
    return rpc_error{rpc_code::no_answer, "the journal cannot be read: " + *why};
  json_writer out;
  out.begin_object().key("entries").begin_array();
  for (const auto& entry : std::get<journal_page>(found.journal).entries)
    write_entry(out, entry);
  out.end_array().end_object();
  return out.take();
}

} // namespace

command journal_command() {
  return {"journal",
          false,
          {{"account", parameter_kind::text_or_number}, {"since", parameter_kind::text}, {"limit", parameter_kind::number}},
          plan,
          answer};
}

} // namespace rm
