#include "tools/risk-manager/event_words.hpp"

namespace rm {
namespace {

/// "lock" of "account 7: lock daily_loss_limit: flat lock …"; "" of any other line.
std::string_view kind_in(std::string_view line) {
  if (line.substr(0, 8) != "account ")
    return "";
  const auto begin = line.find(": ");
  if (begin == std::string_view::npos)
    return "";
  const auto rest = line.substr(begin + 2);
  return rest.substr(0, rest.find_first_of(" :"));
}

} // namespace

std::optional<event_words> event_of(std::string_view line, bool severe) {
  const auto kind = kind_in(line);
  if (kind == "alarm")
    return event_words{event_kind::alarm, event_weight::error};
  if (kind == "case")
    return event_words{event_kind::breach, event_weight::warning};
  if (kind == "lock")
    return event_words{event_kind::lock, event_weight::warning};
  if (kind == "unlock")
    return event_words{event_kind::unlock, event_weight::information};
  if (severe)
    return event_words{event_kind::trouble, event_weight::error};
  return std::nullopt;
}

} // namespace rm
