#include "actors/rules/sessions.hpp"

#include <algorithm>
#include <array>

namespace rm {
namespace {

using namespace std::chrono_literals;

struct known_session {
  std::string_view name;
  std::chrono::seconds from, to;
  const char* zone;
};
constexpr std::array<known_session, 4> known_sessions{{
  {"overnight", 18h, 9h + 30min, "America/New_York"},
  {"new_york", 9h + 30min, 16h, "America/New_York"},
  {"london", 8h, 16h + 30min, "Europe/London"},
  {"tokyo", 9h, 15h, "Asia/Tokyo"},
}};

std::bitset<7> read_days(parameter_reader& reader, std::bitset<7> usual) {
  static const std::vector<std::string> names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  const parameter* list = reader.get("days");
  if (!list)
    return usual;
  std::bitset<7> out;
  if (list->type != parameter::kind::list || list->items.empty()) {
    reader.complain(*list, "days", "must be a list of days such as [mon, tue]; " + found_text(*list));
    return usual;
  }
  for (const auto& item : list->items) {
    const auto found = std::find(names.begin(), names.end(), item.type == parameter::kind::scalar ? item.text : "");
    if (found == names.end())
      reader.complain(item, "days", "must be sun, mon, tue, wed, thu, fri or sat; " + found_text(item));
    else
      out.set(static_cast<std::size_t>(found - names.begin()));
  }
  return out;
}

/// The built-in session of that name, when the span gives no times of its own.
const known_session* named_session(parameter_reader& reader) {
  if (!reader.has("name"))
    return nullptr;
  const auto name = reader.word("name");
  if (!name)
    return nullptr;
  const auto found = std::find_if(known_sessions.begin(), known_sessions.end(), [&](auto& s) { return s.name == *name; });
  if (found != known_sessions.end())
    return &*found;
  if (!reader.has("from") || !reader.has("to")) {
    std::vector<std::string> all;
    for (const auto& s : known_sessions)
      all.emplace_back(s.name);
    const auto meant = nearest(*name, all);
    reader.complain(*reader.get("name"), "name", "is no session that is known, so it needs from and to; " +
                                                   (meant.empty() ? "known are overnight, new_york, london, tokyo" : "did you mean " + meant + "?"));
  }
  return nullptr;
}

session_span read_span(const parameter& item, const std::string& where, problems& found, std::bitset<7> usual_days, const std::string& zone) {
  parameter_reader reader{item, where, found};
  session_span out;
  const auto* known = named_session(reader);
  out.days = read_days(reader, usual_days);
  const bool named = reader.has("name");
  const auto time = [&](std::string_view key, std::chrono::seconds usual) {
    if (known)
      return reader.time_of_day(key, usual).value_or(usual);
    if (named && !reader.has(key))
      return usual; // said above
    return reader.time_of_day(key).value_or(usual);
  };
  out.from = time("from", known ? known->from : 0s);
  out.to = time("to", known ? known->to : 0s);
  out.timezone = reader.word("timezone", known ? known->zone : zone).value_or(zone);
  if (const auto why = zone_problem(out.timezone); !why.empty() && reader.has("timezone"))
    reader.complain(*reader.get("timezone"), "timezone", why);
  reader.finish();
  return out;
}

} // namespace

std::vector<session_span> read_spans(parameter_reader& reader, std::string_view key, std::bitset<7> usual_days, const std::string& zone) {
  std::vector<session_span> out;
  const parameter* list = reader.get(key);
  if (!list)
    return out;
  if (list->type != parameter::kind::list || list->items.empty()) {
    reader.complain(*list, key, "must be a list of spans such as [{ days: [mon, tue], from: \"09:30\", to: \"16:00\" }]; " + found_text(*list));
    return out;
  }
  for (const auto& item : list->items)
    out.push_back(read_span(item, reader.where() + "." + std::string{key}, reader.found(), usual_days, zone));
  return out;
}

std::optional<session_schedule> make_schedule(const std::vector<session_span>& spans, const calendar_settings& calendar, bool respect_holidays) {
  if (!problems_of(calendar).empty() || std::any_of(spans.begin(), spans.end(), [](auto& s) { return !zone_problem(s.timezone).empty(); }))
    return std::nullopt;
  return session_schedule{spans, calendar, respect_holidays};
}

verdict forbidden_until(timestamp until, std::string reason, responder& answer, const account_view& view) {
  verdict out;
  out.level = level::breach;
  out.reason = std::move(reason);
  out.fraction = 1'000'000;
  answer.answer(out, view);
  const bool by_rule = answer.response().lock.end == lock_end::at_time && answer.response().lock_for == duration{};
  if (out.lock.mode != lock_mode::none && by_rule)
    out.lock.until = until;
  set_endless_band(out, std::min(until, end_of_lock(out)));
  return out;
}

verdict allowed_until(timestamp until, responder& answer, const account_view& view) {
  answer.rest();
  verdict out;
  if (view.evaluable)
    set_endless_band(out, until);
  else
    make_blind(out, view.why);
  return out;
}

} // namespace rm
