#include "actors/admin/commands/actor_lines.hpp"

namespace rm {
namespace {

void write_texts(json_writer& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const auto& text : texts)
    out.text(text);
  out.end_array();
}

void write_count(json_writer& out, std::string_view key, const std::optional<int64_t>& count) {
  out.key(key);
  if (count)
    out.number(*count);
  else
    out.null();
}

} // namespace

void write_actor(json_writer& out, const actor_line& line, bool closely) {
  out.begin_object().key("name").text(line.name).key("kind").text(line.kind).key("parent").text(line.parent);
  out.key("running").flag(line.running).key("state").text(line.state);
  write_count(out, "mailbox", line.mailbox);
  write_count(out, "handled", line.handled);
  out.key("restarts").number(line.restarts).key("last_error").text(line.last_error).key("since").time(line.since);
  if (closely) {
    write_texts(out, "detail", line.detail);
    write_texts(out, "collaborators", line.collaborators);
  }
  out.end_object();
}

std::string trace_json(const traced& seen) {
  json_writer out;
  out.begin_object().key("actor").text(seen.actor).key("number").number(seen.number).key("after_ns").number(seen.after.count());
  out.key("message").text(seen.message).key("from").text(seen.from).key("answer").flag(seen.answer);
  write_count(out, "waited_ns", seen.waited ? std::optional{static_cast<int64_t>(seen.waited->count())} : std::nullopt);
  out.key("took_ns").number(seen.took.count()).key("failed").text(seen.failed).end_object();
  return out.take();
}

std::vector<std::string> names_of(const actor_list& list) {
  std::vector<std::string> out;
  for (const auto& line : list.actors)
    out.push_back(line.name);
  return out;
}

} // namespace rm
