#include "tools/risk-admin/tables.hpp"

#include <boost/json.hpp>

namespace rm {
namespace {

namespace json = boost::json;

/// As text; controls out, so that nothing that came from the venue steers the terminal.
std::string text_of(const json::object& entry, std::string_view name) {
  const json::value* value = entry.if_contains(json::string_view{name.data(), name.size()});
  if (value == nullptr || value->is_null())
    return "";
  if (!value->is_string())
    return json::serialize(*value);
  std::string out{value->get_string().data(), value->get_string().size()};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  return out;
}

std::string padded(std::string text, std::size_t columns) {
  if (text.size() < columns)
    text.append(columns - text.size(), ' ');
  return text;
}

/// The list under `name`, or nothing.
const json::array* list_of(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(json::string_view{name.data(), name.size()});
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

} // namespace

std::string rules_table(std::string_view result) {
  json::error_code wrong;
  const json::value parsed = json::parse(json::string_view{result.data(), result.size()}, wrong);
  const json::array* accounts = !wrong && parsed.is_object() ? list_of(parsed.get_object(), "accounts") : nullptr;
  if (accounts == nullptr)
    return "the service sent something that is no list of rules\n";
  std::string out;
  for (const json::value& each : *accounts) {
    if (!each.is_object())
      continue;
    const json::object& account = each.get_object();
    out += text_of(account, "id") + " " + text_of(account, "name") + "  " + text_of(account, "state") + "\n";
    const json::array* rules = list_of(account, "rules");
    if (rules == nullptr || rules->empty())
      out += "  no rules\n";
    else
      for (const json::value& row : *rules) {
        if (!row.is_object())
          continue;
        const json::object& rule = row.get_object();
        const std::string used = text_of(rule, "used"), limit = text_of(rule, "limit"), reason = text_of(rule, "reason");
        out += "  " + padded(text_of(rule, "rule"), 29) + padded(text_of(rule, "number"), 9) + padded(text_of(rule, "state"), 14);
        out += padded(used.empty() && limit.empty() ? "" : used + " of " + limit, 26) + text_of(rule, "evaluated") + (reason.empty() ? "" : "  " + reason) + "\n";
      }
  }
  return out;
}

std::string journal_table(std::string_view result) {
  json::error_code wrong;
  const json::value parsed = json::parse(json::string_view{result.data(), result.size()}, wrong);
  const json::value* entries = !wrong && parsed.is_object() ? parsed.get_object().if_contains("entries") : nullptr;
  if (entries == nullptr || !entries->is_array())
    return "the service sent something that is no journal\n";
  if (entries->get_array().empty())
    return "nothing is written there\n";
  std::string out;
  for (const json::value& each : entries->get_array()) {
    if (!each.is_object())
      continue;
    const json::object& entry = each.get_object();
    const std::string account = text_of(entry, "account"), rule = text_of(entry, "rule"), latency = text_of(entry, "latency_us");
    out += text_of(entry, "at") + "  " + padded(account.empty() ? "-" : account, 10) + " " + padded(text_of(entry, "kind"), 9) + " ";
    out += (rule.empty() ? "" : rule + ": ") + text_of(entry, "text") + (latency.empty() ? "" : " (" + latency + " us)") + "\n";
  }
  return out;
}

} // namespace rm
