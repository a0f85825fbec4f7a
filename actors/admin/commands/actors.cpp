// actors: the supervision tree, who does what and how often it came back. Anyone may ask.
#include "actors/admin/commands/actor_lines.hpp"
#include "actors/admin/commands/command.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters&, const house&) {
  inquiry ask;
  ask.actors = true;
  return ask;
}

or_error<std::string> answer(const parameters&, const house& known, const findings& found) {
  const auto* list = std::get_if<actor_list>(&found.actors);
  if (list == nullptr)
    return rpc_error{rpc_code::no_answer, "the actors are not known: " + std::get<std::string>(found.actors)};
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("actors").begin_array();
  for (const auto& line : list->actors)
    write_actor(out, line, false);
  out.end_array().end_object();
  return out.take();
}

} // namespace

command actors_command() { return {"actors", false, {}, plan, answer, std::chrono::milliseconds{500}, std::chrono::milliseconds{1000}}; }

} // namespace rm
