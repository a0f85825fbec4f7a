#include "tools/risk-admin/menu.hpp"

#include "actors/admin/frame_wrap.hpp"
#include "tools/risk-admin/config_edit.hpp"
#include "tools/risk-admin/menu_parts.hpp"
#include "tools/risk-admin/tables.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cctype>

namespace rm {

namespace json = boost::json;

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> out;
  for (const auto& line : wrapped(std::vector<frame_line>{{{text, tone::plain}}}, width, 2)) {
    out.emplace_back();
    for (const auto& piece : line)
      out.back() += piece.text;
  }
  return out;
}

void guarded_step(const menu_parts& parts, const std::string& title, const std::function<void()>& step) {
  try {
    step();
  } catch (const not_reachable& why) {
    parts.talk->show(title, wrapped(unreachable_text("risk-admin", why)));
  }
}

std::optional<std::string> ask_reason(const menu_parts& parts, const std::string& title, std::vector<std::string> above) {
  above.emplace_back("");
  above.emplace_back("Why? It goes into the journal, with your name.");
  for (bool again = false;; again = true) {
    auto lines = above;
    if (again)
      lines.emplace_back("! There must be a reason.");
    auto reason = parts.talk->ask(title, lines, "", false);
    if (!reason || reason->find_first_not_of(" \t") != std::string::npos)
      return reason;
  }
}

std::optional<std::string> choose_account(const menu_parts& parts, const std::string& title) {
  const auto answer = parts.call("accounts", {});
  if (!answer.done) {
    parts.talk->show(title, wrapped(answer.message));
    return std::nullopt;
  }
  std::vector<std::string> ids, entries, names;
  std::size_t longest_id = 0, longest_name = 0;
  json::error_code wrong;
  const auto v = json::parse(answer.result, wrong);
  const bool listed = !wrong && v.is_object() && v.get_object().contains("accounts") && v.get_object().at("accounts").is_array();
  const auto accounts = listed ? v.get_object().at("accounts").get_array() : json::array{};
  for (const auto& each : accounts) {
    ids.push_back(std::to_string(each.as_object().at("id").as_int64()));
    names.push_back(without_controls(std::string{each.as_object().at("name").as_string()}));
    longest_id = std::max(longest_id, columns_of(ids.back()));
    longest_name = std::max(longest_name, columns_of(names.back()));
  }
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const auto& account = accounts[i].as_object();
    const auto locks = account.at("locks").as_int64();
    entries.push_back(padded(ids[i], longest_id) + "  " + padded(names[i], longest_name) + "  " + padded(std::string{account.at("state").as_string()}, 13) + "  " +
                      (locks == 0 ? "no lock" : std::to_string(locks) + (locks == 1 ? " lock" : " locks")));
  }
  const auto chosen = parts.talk->choose(title, {"Which account?", ""}, entries);
  return chosen ? std::optional{ids[*chosen]} : std::nullopt;
}

void order(const menu_parts& parts, const std::string& title, std::string_view method, const parameters& params) {
  const auto answer = parts.call(method, params);
  auto text = answer.done ? done_text(answer.result) : answer.message;
  if (answer.done)
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  parts.talk->show(title, wrapped(text));
}

void offer_change(const menu_parts& parts, const std::string& title, const shown_config& before, const std::string& after) {
  const auto changes = shown_difference(before.text, after);
  if (changes.empty())
    return parts.talk->show(title, {"Nothing would change."});
  const auto judged = check_config(parts.call, after);
  if (!judged.value)
    return parts.talk->show(title, wrapped(judged.refused.message));
  std::vector<std::string> above{"This would change:", ""};
  above.insert(above.end(), changes.begin(), changes.end());
  above.emplace_back("");
  if (!judged.value->ok) {
    above.emplace_back("It cannot be saved:");
    for (const auto& problem : judged.value->problems)
      for (auto& line : wrapped(problem))
        above.push_back("! " + line);
    return parts.talk->show(title, above);
  }
  if (!judged.value->today.empty())
    above.emplace_back("What it would have meant for today:");
  for (const auto& line : judged.value->today)
    for (auto& part : wrapped(line))
      above.push_back(part);
  for (const auto& warning : judged.value->warnings)
    for (auto& part : wrapped("warning: " + warning))
      above.push_back(part);
  above.emplace_back("");
  const auto yes = parts.talk->choose(title, above, {"Save it, and have it in force at once", "Leave everything as it is"});
  if (!yes || *yes != 0)
    return;
  const bool looser = loosens(before.text, after);
  const auto reason = ask_reason(parts, title, {looser ? "This switches off something that protects the account." : "The file is written whole; the one before stays beside it as .old"});
  if (!reason)
    return;
  const auto applied = apply_config(parts.call, after, before.base, *reason);
  if (!applied.value)
    return parts.talk->show(title, wrapped("Not saved: " + applied.refused.message));
  std::vector<std::string> done{"Saved, and in force. The file before is beside it as .old", ""};
  for (const auto& change : applied.value->changes)
    for (auto& line : wrapped(change))
      done.push_back(line);
  parts.talk->show(title, done);
}

void run_menu(const menu_parts& parts) {
  static const std::vector<std::string> entries{"1. Configure risk rules",        "2. Manage accounts and keys",  "3. Service control", "4. Clear lockout",
                                                "5. Trigger reset",               "6. View logs",                 "7. Exit"};
  using page = void (*)(const menu_parts&);
  static constexpr page pages[] = {run_wizard, accounts_page, service_page, unlock_page, reset_page, logs_page};
  for (;;) {
    const auto chosen = parts.talk->choose("what is to be done?", {}, entries);
    if (!chosen || *chosen >= std::size(pages))
      return;
    guarded_step(parts, entries[*chosen].substr(3), [&] { pages[*chosen](parts); });
  }
}

} // namespace rm
