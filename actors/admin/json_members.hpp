// What stands in a JSON object that came from elsewhere, whatever else it holds: nothing throws, what is not there is empty.
#pragma once

#include "messages/timing.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rm {

/// Null where `of` is no object, or has no such member.
const boost::json::value* member(const boost::json::value& of, std::string_view name);
/// Any scalar as text; "" for null, for lists and for what is not there.
std::string text_of(const boost::json::value& of, std::string_view name);
std::optional<int64_t> whole_of(const boost::json::value& of, std::string_view name);
std::optional<timestamp> time_of(const boost::json::value& of, std::string_view name);

/// Hands over the items of a list in their order.
template <class Take>
void each(const boost::json::value& of, std::string_view name, Take take) {
  if (const auto* found = member(of, name); found != nullptr && found->is_array())
    for (const auto& item : found->get_array())
      take(item);
}

} // namespace rm
