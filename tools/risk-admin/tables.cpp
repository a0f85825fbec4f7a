#include "tools/risk-admin/tables.hpp"

#include "actors/admin/status_words.hpp"

#include <boost/json.hpp>

#include <algorithm>

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
  return without_controls({value->get_string().data(), value->get_string().size()});
}

/// Names are never cut here, and what follows stands apart from them.
std::string filled(std::string text, std::size_t columns) {
  text.append(std::max<std::size_t>(columns - std::min(columns, columns_of(text)), text.empty() ? 0 : 1), ' ');
  return text;
}

/// The list under `name`, or nothing.
const json::array* list_of(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(json::string_view{name.data(), name.size()});
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

/// The result as an object; an empty one when it is none.
json::object object_of(std::string_view result) {
  json::error_code wrong;
  json::value parsed = json::parse(json::string_view{result.data(), result.size()}, wrong);
  return !wrong && parsed.is_object() ? std::move(parsed.get_object()) : json::object{};
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
        out += "  " + filled(text_of(rule, "rule"), 29) + filled(text_of(rule, "number"), 9) + filled(text_of(rule, "state"), 14);
        out += filled(used.empty() && limit.empty() ? "" : used + " of " + limit, 26) + text_of(rule, "evaluated") + (reason.empty() ? "" : "  " + reason) + "\n";
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
    out += text_of(entry, "at") + "  " + filled(account.empty() ? "-" : account, 10) + " " + filled(text_of(entry, "kind"), 9) + " ";
    out += (rule.empty() ? "" : rule + ": ") + text_of(entry, "text") + (latency.empty() ? "" : " (" + latency + " us)") + "\n";
  }
  return out;
}

std::string accounts_table(std::string_view result) {
  const auto parsed = object_of(result);
  const json::array* accounts = list_of(parsed, "accounts");
  if (accounts == nullptr)
    return "the service sent something that is no list of accounts\n";
  std::string out;
  std::size_t longest = 22;
  for (const json::value& each : *accounts)
    if (each.is_object())
      longest = std::max(longest, columns_of(text_of(each.get_object(), "name")));
  for (const json::value& each : *accounts)
    if (each.is_object()) {
      const json::object& a = each.get_object();
      const std::string why = text_of(a, "why");
      out += filled(text_of(a, "id"), 12) + filled(text_of(a, "name"), longest + 2) + filled(text_of(a, "state"), 15) + filled(text_of(a, "rules") + " rules", 10) +
             filled(text_of(a, "locks") + " locks", 9) + text_of(a, "alarms") + " alarms" + (why.empty() ? "" : "  " + why) + "\n";
    }
  return out.empty() ? "there are no accounts\n" : out;
}

std::string proof_text(std::string_view result) {
  const auto parsed = object_of(result);
  const auto member = [&](const char* name) { // an object in it; an empty one where there is none
    const json::value* found = parsed.if_contains(name);
    return found != nullptr && found->is_object() ? found->get_object() : json::object{};
  };
  if (text_of(parsed, "whole").empty())
    return "the service sent something that is no proof\n";
  const auto tail = member("tail"), fault = member("fault");
  std::string out;
  if (text_of(parsed, "whole") == "true")
    out = "the journal is whole: " + text_of(parsed, "lines") + " lines, from line " + text_of(parsed, "first_line") + " of " + text_of(parsed, "from") + " to " + text_of(parsed, "to") + "\n";
  else
    out = "THE JOURNAL WAS TAMPERED WITH (" + text_of(fault, "kind") + "): " + text_of(fault, "what") + "\n" + text_of(parsed, "lines") + " lines were looked at, from line " +
          text_of(parsed, "first_line") + " of " + text_of(parsed, "from") + " to " + text_of(parsed, "to") + "\n";
  if (const auto unchained = text_of(parsed, "unchained"); unchained != "0")
    out += unchained + " of them are from before there was a chain: of these a missing or a changed one does not show\n";
  out += (fault.empty() ? "the chain: line " : "the chain holds up to: line ") + text_of(tail, "line") + " ends in " + text_of(tail, "link") + "\n";
  if (const auto remark = text_of(parsed, "remark"); !remark.empty())
    out += "the log: " + remark + "\n";
  return out;
}

bool is_whole(std::string_view result) { return text_of(object_of(result), "whole") == "true"; }

std::string locks_table(std::string_view result) {
  const auto parsed = object_of(result);
  const json::array* accounts = list_of(parsed, "accounts");
  if (accounts == nullptr)
    return "the service sent something that is no list of locks\n";
  std::string out;
  for (const json::value& each : *accounts) {
    const json::array* locks = each.is_object() ? list_of(each.get_object(), "locks") : nullptr;
    if (locks == nullptr)
      continue;
    for (const json::value& l : *locks)
      if (l.is_object()) {
        const json::object& lock = l.get_object();
        const std::string until = text_of(lock, "until"), condition = text_of(lock, "until_condition");
        out += filled(text_of(each.get_object(), "id"), 12) + filled(text_of(lock, "rule"), 29) + filled(text_of(lock, "mode"), 13) + "until " +
               (until.empty() ? condition : until) + "  " + text_of(lock, "reason") + "; " + text_of(lock, "attempts") + " attempts\n";
      }
  }
  return out.empty() ? "no account is locked\n" : out;
}

std::vector<std::string> locked_rules(std::string_view result) {
  std::vector<std::string> out;
  const auto parsed = object_of(result);
  if (const json::array* accounts = list_of(parsed, "accounts"))
    for (const json::value& each : *accounts)
      if (const json::array* locks = each.is_object() ? list_of(each.get_object(), "locks") : nullptr)
        for (const json::value& l : *locks)
          if (const auto rule = l.is_object() ? text_of(l.get_object(), "rule") : ""; !rule.empty() && std::find(out.begin(), out.end(), rule) == out.end())
            out.push_back(rule);
  return out;
}

std::string fresh_log_lines(std::string_view result, int64_t& seen) {
  const auto parsed = object_of(result);
  std::string out;
  if (const json::array* lines = list_of(parsed, "lines"))
    for (const json::value& each : *lines) {
      const json::value* number = each.is_object() ? each.get_object().if_contains("number") : nullptr;
      if (number == nullptr || !number->is_int64() || number->get_int64() <= seen)
        continue;
      if (seen > 0 && number->get_int64() > seen + 1)
        out += "... " + std::to_string(number->get_int64() - seen - 1) + " lines came too fast to be shown ...\n";
      seen = number->get_int64();
      out += text_of(each.get_object(), "text") + "\n";
    }
  return out;
}

std::string log_lines(std::string_view result) {
  int64_t seen = 0;
  return fresh_log_lines(result, seen);
}

std::string done_text(std::string_view result) {
  const auto parsed = object_of(result);
  const auto done = text_of(parsed, "done");
  const json::array* locked = list_of(parsed, "locked");
  return (locked != nullptr && !locked->empty() ? "" : "done: ") + (done.empty() ? std::string{result} : done);
}

} // namespace rm
