// version: who is answering. Anyone may ask; asks nobody, so it answers even when all else hangs.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters&, const house&) { return inquiry{}; }

or_error<std::string> answer(const parameters&, const house& known, const findings&) {
  json_writer out;
  out.begin_object().key("version").text(known.service.version).key("pid").number(known.service.pid).end_object();
  return out.take();
}

} // namespace

command version_command() { return {"version", false, {}, plan, answer}; }

} // namespace rm
