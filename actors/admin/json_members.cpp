#include "actors/admin/json_members.hpp"

namespace rm {

namespace json = boost::json;

const json::value* member(const json::value& of, std::string_view name) {
  return of.is_object() ? of.get_object().if_contains(json::string_view{name.data(), name.size()}) : nullptr;
}

std::string text_of(const json::value& of, std::string_view name) {
  const json::value* found = member(of, name);
  if (found == nullptr || found->is_null() || found->is_structured())
    return "";
  return found->is_string() ? std::string{found->get_string().data(), found->get_string().size()} : json::serialize(*found);
}

std::optional<int64_t> whole_of(const json::value& of, std::string_view name) {
  const json::value* found = member(of, name);
  return found != nullptr && found->is_int64() ? std::optional{found->get_int64()} : std::nullopt;
}

std::optional<timestamp> time_of(const json::value& of, std::string_view name) {
  timestamp at{};
  return parse_time(text_of(of, name), at) ? std::optional{at} : std::nullopt;
}

} // namespace rm
