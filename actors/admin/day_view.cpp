#include "actors/admin/day_view.hpp"

#include <boost/json.hpp>

namespace rm {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& of, std::string_view name) {
  return of.is_object() ? of.get_object().if_contains(json::string_view{name.data(), name.size()}) : nullptr;
}

std::optional<timestamp> time_in(const json::value* v) {
  timestamp at{};
  if (v != nullptr && v->is_string() && parse_time({v->get_string().data(), v->get_string().size()}, at))
    return at;
  return std::nullopt;
}

shown_day read_one(const json::value& v) {
  shown_day out;
  if (const auto* id = member(v, "id"))
    out.account = json::serialize(*id);
  out.started = time_in(member(v, "day_started"));
  out.ends = time_in(member(v, "ends"));
  if (const auto* points = member(v, "points"); points != nullptr && points->is_array())
    for (const auto& each : points->get_array())
      if (each.is_array() && each.get_array().size() == 2 && each.get_array()[1].is_string())
        if (const auto at = time_in(&each.get_array()[0]))
          out.points.emplace_back(*at, std::string{each.get_array()[1].get_string().data(), each.get_array()[1].get_string().size()});
  return out;
}

} // namespace

std::vector<shown_day> read_days(std::string_view text) {
  std::vector<shown_day> out;
  json::error_code wrong;
  const json::value v = json::parse(json::string_view{text.data(), text.size()}, wrong);
  if (const auto* accounts = wrong ? nullptr : member(v, "accounts"); accounts != nullptr && accounts->is_array())
    for (const auto& each : accounts->get_array())
      out.push_back(read_one(each));
  return out;
}

} // namespace rm
