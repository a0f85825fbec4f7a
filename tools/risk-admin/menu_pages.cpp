// The menu's pages but the wizard: accounts and keys, the service, locks, resets, logs.
#include "tools/risk-admin/config_edit.hpp"
#include "tools/risk-admin/menu_parts.hpp"
#include "tools/risk-admin/tables.hpp"

#include <algorithm>

namespace rm {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    out.push_back(text.substr(begin, end - begin));
  if (begin < text.size())
    out.push_back(text.substr(begin));
  return out;
}

std::optional<std::string> pick(const menu_parts& parts, const std::string& title, const std::string& question, const std::vector<std::string>& names) {
  if (names.size() == 1)
    return names.front();
  const auto chosen = parts.talk->choose(title, {question, ""}, names);
  return chosen ? std::optional{names[*chosen]} : std::nullopt;
}

void add_account(const menu_parts& parts, const std::string& title) {
  const auto now = fetch_config(parts.call);
  if (!now.value)
    return parts.talk->show(title, wrapped(now.refused.message));
  const auto id = parts.talk->ask(title, {"The account's number, as the venue shows it:"}, "", false);
  if (!id || id->empty())
    return;
  if (id->find_first_not_of("0123456789") != std::string::npos)
    return parts.talk->show(title, {"An account's number has digits only."});
  const auto name = parts.talk->ask(title, {"A name for it:"}, "", false);
  const auto broker = name ? pick(parts, title, "By which login?", keys_at(now.value->text, {"brokers"})) : std::nullopt;
  if (!broker)
    return;
  std::vector<std::string> lines{"id: " + *id};
  if (!name->empty())
    lines.push_back("name: " + yaml_word(*name));
  lines.push_back("broker: " + yaml_word(*broker));
  if (const auto profiles = keys_at(now.value->text, {"profiles"}); !profiles.empty()) {
    const auto profile = pick(parts, title, "Which profile's rules?", profiles);
    if (!profile)
      return;
    lines.push_back("profile: " + yaml_word(*profile));
  } else {
    lines.push_back("rules: { daily_loss_limit: { limit: 500 } }");
  }
  if (const auto after = add_item(now.value->text, {"accounts"}, lines))
    return offer_change(parts, title, *now.value, *after);
  parts.talk->show(title, {"The list of accounts is not written one below the other: change the file itself."});
}

void remove_account(const menu_parts& parts, const std::string& title) {
  const auto now = fetch_config(parts.call);
  if (!now.value)
    return parts.talk->show(title, wrapped(now.refused.message));
  const auto ids = keys_at(now.value->text, {"accounts"});
  const auto chosen = parts.talk->choose(title, {"Which one is no longer to be guarded?", ""}, ids);
  if (!chosen)
    return;
  if (const auto after = remove_item(now.value->text, {"accounts"}, ids[*chosen]))
    offer_change(parts, title, *now.value, *after);
}

void change_key(const menu_parts& parts, const std::string& title) {
  const auto now = fetch_config(parts.call);
  if (!now.value)
    return parts.talk->show(title, wrapped(now.refused.message));
  const auto broker = pick(parts, title, "The key of which login?", keys_at(now.value->text, {"brokers"}));
  if (!broker)
    return;
  const auto key = parts.talk->ask(title, {"The new key of " + *broker + ". It is not shown, and goes into the file that only the service can read."}, "", true);
  if (!key || key->empty())
    return;
  if (const auto reason = ask_reason(parts, title, {"The login starts again with the new key."}))
    order(parts, title, "broker_key", {{"broker", *broker}, {"key", *key}, {"reason", *reason}});
}

} // namespace

void accounts_page(const menu_parts& parts) {
  const std::string title = "accounts and keys";
  const auto what = parts.talk->choose(title, {}, {"Show the accounts", "Add an account", "Take an account out", "Change a login's key"});
  if (!what)
    return;
  if (*what == 1)
    return add_account(parts, title);
  if (*what == 2)
    return remove_account(parts, title);
  if (*what == 3)
    return change_key(parts, title);
  const auto answer = parts.call("accounts", {});
  parts.talk->show(title, answer.done ? lines_of(accounts_table(answer.result)) : wrapped(answer.message));
}

void service_page(const menu_parts& parts) {
  const std::string title = "service control";
  static const std::vector<std::string> verbs{"status", "start", "stop", "restart"};
  const auto what = parts.talk->choose(title, {"While it is stopped nothing is guarded.", ""}, {"Status", "Start", "Stop", "Restart"});
  if (!what)
    return;
  std::vector<std::string> lines;
  for (const auto& line : lines_of(parts.control(verbs[*what])))
    for (auto& part : wrapped(line))
      lines.push_back(std::move(part));
  parts.talk->show(title, lines);
}

void unlock_page(const menu_parts& parts) {
  const std::string title = "clear lockout";
  const auto account = choose_account(parts, title);
  if (!account)
    return;
  const auto locks = parts.call("locks", {{"account", *account}});
  if (!locks.done)
    return parts.talk->show(title, wrapped(locks.message));
  const auto rules = locked_rules(locks.result);
  if (rules.empty())
    return parts.talk->show(title, {"Account " + *account + " is not locked."});
  std::vector<std::string> entries = rules;
  entries.emplace_back("all of them");
  const auto which = parts.talk->choose(title, lines_of(locks_table(locks.result)), entries);
  if (!which)
    return;
  const auto reason = ask_reason(parts, title, {"Account " + *account + ": " + entries[*which], "A rule that still breaches locks again at once."});
  if (!reason)
    return;
  parameters params{{"account", *account}, {"reason", *reason}};
  if (*which < rules.size())
    params["rule"] = rules[*which];
  order(parts, title, "unlock", params);
}

void reset_page(const menu_parts& parts) {
  const std::string title = "trigger reset";
  const auto account = choose_account(parts, title);
  if (!account)
    return;
  const auto kind = parts.talk->choose(title, {"Account " + *account + ": its counters and P&L begin anew.", ""}, {"daily", "weekly"});
  if (!kind)
    return;
  const auto reason = ask_reason(parts, title, {std::string{*kind == 0 ? "Daily" : "Weekly"} + " reset of account " + *account});
  if (reason)
    order(parts, title, "reset", {{"account", *account}, {"kind", std::string{*kind == 0 ? "daily" : "weekly"}}, {"reason", *reason}});
}

void logs_page(const menu_parts& parts) {
  const std::string title = "logs";
  const auto what = parts.talk->choose(title, {}, {"The service's log, newest lines", "The journal, newest lines"});
  if (!what)
    return;
  const auto answer = *what == 0 ? parts.call("logs", {{"lines", int64_t{200}}}) : parts.call("journal", {{"limit", int64_t{200}}});
  if (!answer.done)
    return parts.talk->show(title, wrapped(answer.message));
  auto lines = lines_of(*what == 0 ? log_lines(answer.result) : journal_table(answer.result));
  std::reverse(lines.begin(), lines.end()); // the newest first
  parts.talk->show(title, lines);
}

} // namespace rm
