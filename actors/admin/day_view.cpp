#include "actors/admin/day_view.hpp"

#include "actors/admin/json_members.hpp"

namespace rm {
namespace {

namespace json = boost::json;

std::optional<timestamp> time_in(const json::value& v) {
  timestamp at{};
  if (v.is_string() && parse_time({v.get_string().data(), v.get_string().size()}, at))
    return at;
  return std::nullopt;
}

shown_day read_one(const json::value& v) {
  shown_day out;
  if (const auto* id = member(v, "id"))
    out.account = json::serialize(*id);
  out.started = time_of(v, "day_started");
  out.ends = time_of(v, "ends");
  each(v, "points", [&](const json::value& point) {
    if (point.is_array() && point.get_array().size() == 2 && point.get_array()[1].is_string())
      if (const auto at = time_in(point.get_array()[0]))
        out.points.emplace_back(*at, std::string{point.get_array()[1].get_string().data(), point.get_array()[1].get_string().size()});
  });
  return out;
}

} // namespace

std::vector<shown_day> read_days(std::string_view text) {
  std::vector<shown_day> out;
  json::error_code wrong;
  const json::value v = json::parse(json::string_view{text.data(), text.size()}, wrong);
  if (!wrong)
    each(v, "accounts", [&](const json::value& account) { out.push_back(read_one(account)); });
  return out;
}

} // namespace rm
