// actor: one actor closely, with what was last written down of it. Anyone may ask.
#include "actors/admin/commands/actor_lines.hpp"
#include "actors/admin/commands/command.hpp"
#include "actors/inspector/report.hpp"

namespace rm {
namespace {

constexpr int64_t lines_searched = 2000, lines_shown = 10;

or_error<inquiry> plan(const parameters&, const house&) {
  inquiry ask;
  ask.actors = true;
  ask.journal = get_journal{{}, {}, lines_searched};
  return ask;
}

/// Is that line of the journal about that actor?
bool concerns(const journal_entry& entry, const actor_line& who) {
  const bool crash = entry.kind == "crash" || entry.kind == "admin";
  if (crash && entry.text.find(who.name) != std::string::npos)
    return true;
  if (who.name.starts_with("broker/"))
    return entry.kind == "link";
  if (who.name == "resets")
    return entry.kind == "reset";
  if (who.account == account_id{} || entry.account != who.account)
    return false;
  if (who.name.starts_with("rule/"))
    return entry.rule == who.rule;
  if (who.name.starts_with("enforcement/"))
    return entry.kind == "case" || entry.kind == "request" || entry.kind == "answer" || entry.kind == "stop";
  if (who.name.starts_with("supervisor/"))
    return crash;
  return entry.kind != "request" && entry.kind != "answer";
}

void write_events(json_writer& out, const journal_page& page, const actor_line& who) {
  std::vector<const journal_entry*> newest;
  for (auto i = page.entries.rbegin(); i != page.entries.rend() && static_cast<int64_t>(newest.size()) < lines_shown; ++i)
    if (concerns(*i, who))
      newest.push_back(&*i);
  for (auto i = newest.rbegin(); i != newest.rend(); ++i)
    out.begin_object().key("at").time((*i)->at).key("kind").text((*i)->kind).key("rule").text((*i)->rule.str()).key("text").text((*i)->text).end_object();
}

or_error<std::string> answer(const parameters& given, const house& known, const findings& found) {
  const auto* list = std::get_if<actor_list>(&found.actors);
  if (list == nullptr)
    return rpc_error{rpc_code::no_answer, "the actors are not known: " + std::get<std::string>(found.actors)};
  const auto named = find_actor(std::get<std::string>(*find_parameter(given, "actor")), names_of(*list));
  if (named.name.empty())
    return rpc_error{rpc_code::invalid_params, named.why};
  json_writer out;
  out.begin_object().key("now").time(known.now.utc);
  for (const auto& line : list->actors)
    if (line.name == named.name) {
      out.key("actor");
      write_actor(out, line, true);
      out.key("events").begin_array(); // oldest first
      if (const auto* page = std::get_if<journal_page>(&found.journal))
        write_events(out, *page, line);
      out.end_array();
    }
  return out.end_object().take();
}

} // namespace

command actor_command() { return {"actor", false, {{"actor", parameter_kind::text, true}}, plan, answer}; }

} // namespace rm
