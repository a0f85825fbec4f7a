// day: the curve of every account's P&L of the day so far, or of one. Anyone may ask.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

or_error<inquiry> plan(const parameters& given, const house& known) {
  inquiry ask;
  ask.days = true;
  return only_one(given, known, std::move(ask));
}

or_error<std::string> answer(const parameters& given, const house& known, const findings& found) {
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("accounts").begin_array();
  for (const auto& day : found.days) {
    if (!is_wanted(day.account, given, known))
      continue;
    out.begin_object().key("id").number(day.account.value).key("day_started").time(day.curve.day_started).key("ends").time(day.next_daily_reset);
    out.key("points").begin_array();
    for (const auto& [at, pnl] : day.curve.points)
      out.begin_array().time(at).text(to_string(to_cents(pnl))).end_array();
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return out.take();
}

} // namespace

command day_command() { return {"day", false, {{"account", parameter_kind::text_or_number}}, plan, answer}; }

} // namespace rm
