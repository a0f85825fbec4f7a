#include "actors/inspector/report.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::size_t candidates_shown = 8;

std::string slashed(std::string_view text) {
  std::string out{text};
  std::replace(out.begin(), out.end(), ' ', '/');
  return out;
}

std::string supervisor_of(account_id account) { return account == account_id{} ? "root" : "supervisor/" + to_string(account); }

/// Whom an actor talks to, by its kind: what design.md 3 draws.
std::vector<std::string> collaborators_of(const actor_line& line, const std::vector<actor_line>& all) {
  const auto named = [&](auto fits) {
    std::vector<std::string> out;
    for (const auto& other : all)
      if (other.name != line.name && fits(other))
        out.push_back(other.name);
    return out;
  };
  const auto of_house = [](const actor_line& other) { return other.account == account_id{}; };
  const auto same_account = [&](const actor_line& other) { return other.account == line.account && !other.name.starts_with("supervisor/"); };
  if (line.name == "root" || line.name.starts_with("supervisor/"))
    return named([&](const actor_line& other) { return other.parent == line.name; });
  if (line.name.starts_with("rule/"))
    return named([&](const actor_line& other) { return same_account(other) && other.name.starts_with("account/"); });
  if (line.name.starts_with("account/"))
    return named([&](const actor_line& other) {
      return same_account(other) || other.name.starts_with("broker/") || other.name == "persistence" || other.name == "timers" || other.name == "resets";
    });
  if (line.name.starts_with("enforcement/"))
    return named([&](const actor_line& other) {
      return (same_account(other) && other.name.starts_with("account/")) || other.name.starts_with("broker/") || other.name == "persistence" || other.name == "timers";
    });
  if (line.name.starts_with("broker/") || line.name == "resets")
    return named([](const actor_line& other) { return other.name.starts_with("account/"); });
  if (line.name == "timers")
    return named([](const actor_line& other) {
      return other.name.starts_with("account/") || other.name.starts_with("enforcement/") || other.name == "resets" || other.name == "persistence";
    });
  if (line.name == "admin")
    return named([&](const actor_line& other) { return of_house(other) ? other.name != "timers" && other.name != "resets" : other.name.starts_with("account/"); });
  if (line.name == "inspector")
    return {"everyone"};
  return {};
}

actor_line described(std::string name, const hearing& heard) {
  actor_line out;
  out.name = std::move(name);
  if (const auto found = heard.descriptions.find(out.name); found != heard.descriptions.end()) {
    const auto& said = found->second;
    out.kind = said.kind;
    out.state = said.state;
    out.mailbox = said.mailbox;
    out.handled = said.handled;
    out.detail = said.detail;
  } else if (const auto why = heard.silent.find(out.name); why != heard.silent.end()) {
    out.state = "gives no answer" + (why->second.empty() ? "" : ": " + why->second);
  } else {
    out.state = "gives no answer";
  }
  return out;
}

void add_children(std::vector<actor_line>& all, account_id account, const hearing& heard) {
  const auto list = heard.children.find(account);
  if (list == heard.children.end())
    return;
  for (const auto& child : list->second.children) {
    auto line = described(actor_name(account, child.name), heard);
    line.parent = supervisor_of(account);
    line.account = account;
    if (child.name.starts_with("rule "))
      line.rule = rule_name{child.name.substr(5)};
    line.running = child.running;
    line.restarts = child.restarts;
    line.last_error = child.last_error;
    line.since = child.since;
    if (!child.running) {
      line.state = child.last_error.empty() ? "is being started" : "does not run: it is started again soon";
      line.mailbox.reset();
      line.handled.reset();
    }
    if (line.kind.empty())
      line.kind = line.name.substr(0, line.name.find('/'));
    const bool supervises = account == account_id{} && line.name.starts_with("supervisor/");
    if (supervises)
      line.account = account_id{std::stoll(line.name.substr(11))};
    const auto below = line.account;
    all.push_back(std::move(line));
    if (supervises)
      add_children(all, below, heard);
  }
}

} // namespace

std::string actor_name(account_id account, std::string_view child) {
  if (account == account_id{})
    return child.starts_with("account ") ? "supervisor/" + std::string{child.substr(8)} : slashed(child);
  if (child == "desk")
    return "account/" + to_string(account);
  if (child.starts_with("rule "))
    return "rule/" + to_string(account) + "/" + std::string{child.substr(5)};
  return slashed(child) + "/" + to_string(account);
}

actor_list put_together(const hearing& heard) {
  actor_list out;
  auto root = described("root", heard);
  root.kind = "supervisor";
  root.running = true; // whoever asks could not ask otherwise
  out.actors.push_back(std::move(root));
  add_children(out.actors, {}, heard);
  for (auto& line : out.actors)
    line.collaborators = collaborators_of(line, out.actors);
  return out;
}

found_actor find_actor(std::string_view asked, const std::vector<std::string>& names) {
  const auto wanted = slashed(asked);
  if (std::find(names.begin(), names.end(), wanted) != names.end())
    return {wanted, ""};
  const auto those = [&](auto fits) {
    std::vector<std::string> out;
    for (const auto& name : names)
      if (!wanted.empty() && fits(name))
        out.push_back(name);
    return out;
  };
  // "account" means an account, not whatever has it inside its name.
  auto close = those([&](const std::string& name) { return name.starts_with(wanted); });
  if (close.empty())
    close = those([&](const std::string& name) { return name.find(wanted) != std::string::npos; });
  if (close.size() == 1)
    return {close.front(), ""};
  std::string why = "there is no actor '" + std::string{asked.substr(0, 60)} + "'";
  if (close.size() > 1)
    why = "'" + std::string{asked.substr(0, 60)} + "' could be any of";
  else if (!names.empty())
    why += "; there are";
  const auto& shown = close.empty() ? names : close;
  for (std::size_t i = 0; i < std::min(shown.size(), candidates_shown); ++i)
    why += (i == 0 ? " " : ", ") + shown[i];
  if (shown.size() > candidates_shown)
    why += " and " + std::to_string(shown.size() - candidates_shown) + " more";
  return {"", why};
}

std::string no_drill(std::string_view name) {
  if (name == "root" || name.starts_with("supervisor/"))
    return "a supervisor is not crashed in a drill: nobody would look after its children meanwhile";
  if (name == "admin")
    return "the local socket is not crashed in a drill: nobody would hear the answer";
  return "";
}

} // namespace rm
