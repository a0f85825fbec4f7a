// A configuration: whatever stands in the file, it is read or its mistakes are named, and no secret is in their words.
#include "actors/admin/hidden_keys.hpp"
#include "tests/fuzz/target.hpp"
#include "tools/risk-manager/settings.hpp"

#include <algorithm>

using namespace rm;
using rm::fuzz::require;

namespace {

constexpr std::string_view secret = "sk-very-secret-0123456789";

std::optional<std::string> variable(const std::string& name) {
  if (name == "RM_USER")
    return "trader";
  if (name == "RM_KEY")
    return std::string{secret};
  return std::nullopt;
}

void check(const problems& all, std::string_view text) {
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r')) + 2;
  for (const auto& p : all) {
    require(!p.text.empty(), "a problem without words");
    require(!p.file.empty() || (p.line >= 0 && p.line <= lines), "a problem on a line that is not there");
    require(format_problem("rm.yaml", p).find(secret) == std::string::npos, "a secret in a problem");
  }
}

} // namespace

void run_target(std::string_view bytes) {
  if (bytes.find(secret) != std::string_view::npos)
    return; // then it is none: it stands in the file
  if (const auto back = with_keys(without_keys(bytes), bytes))
    require(*back == bytes, "hidden keys do not come back to where they were");
  const auto out = read_settings(bytes, "/nonexistent", variable);
  check(out.found, bytes);
  reading_terms terms;
  terms.logins_may_lack = true; // as at a start that must succeed
  const auto without = read_settings(bytes, "/nonexistent", variable, shipped_data(), terms);
  check(without.found, bytes);
  check(without.logins, bytes);
  require(!out.value || without.value, "what can be used as it is cannot be used without its logins");
  check(out.warnings, bytes);
  require(out.value.has_value() == out.found.empty(), "a configuration that is neither right nor wrong");
  if (!out.value)
    return;
  // What was found right can be used: every enabled rule is made, and the calendar knows its boundaries.
  for (const auto& account : out.value->accounts)
    for (const auto& rule : account.rules) {
      problems late;
      const auto made = make_rule(rule.rule.view(), rule.block, "rules", late, account.context);
      require(late.empty(), "a rule's mistake was found too late");
      require(!rule.enabled || made != nullptr, "an enabled rule was not made");
    }
  const timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 18}};
  const trading_calendar calendar{out.value->calendar};
  require(calendar.last_daily(now) <= now && now < calendar.next_daily(now), "a day that is not now");
  require(calendar.last_weekly(now) <= now && now < calendar.next_weekly(now), "a week that is not now");
}
