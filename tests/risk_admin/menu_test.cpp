// The menu and the wizard, with a person who is played and a service that is one too.
#include "tools/risk-admin/menu.hpp"

#include "actors/admin/local_client.hpp"
#include "tools/risk-admin/config_change.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <stdexcept>

TEST_SUITE_BEGIN("risk-admin");

namespace {

using namespace rm;

const std::string config_text = R"(version: 1
profiles:
  default:
    rules:
      daily_loss_limit: { limit: 500 } # the day's
      max_contracts: { limit: 5 }
brokers:
  - id: sim
accounts:
  - id: 126244
    name: PRAC
    broker: sim
    profile: default
)";

std::string as_json(const std::string& text) {
  std::string out = "\"";
  for (const char c : text)
    out += c == '\n' ? "\\n" : c == '"' ? "\\\"" : std::string(1, c);
  return out + "\"";
}

/// Does what it was told, one step after the other: "#2" chooses the second entry, "=text" chooses the entry that begins so, "back" goes
/// back, anything else is typed.
class played : public dialogue {
public:
  std::deque<std::string> steps;
  std::vector<std::string> shown; // every title and line that was seen
  bool hidden = false;

  std::optional<std::size_t> choose(const std::string& title, const std::vector<std::string>& above, const std::vector<std::string>& entries) override {
    see(title, above);
    shown.insert(shown.end(), entries.begin(), entries.end());
    const auto step = next();
    if (step == "back")
      return std::nullopt;
    if (step.starts_with("#"))
      return std::stoul(step.substr(1)) - 1;
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (entries[i].starts_with(step.substr(1)))
        return i;
    throw std::runtime_error{"no entry " + step + " in " + title};
  }
  std::optional<std::string> ask(const std::string& title, const std::vector<std::string>& above, const std::string&, bool hide) override {
    see(title, above);
    hidden |= hide;
    const auto step = next();
    return step == "back" ? std::nullopt : std::optional{step};
  }
  void show(const std::string& title, const std::vector<std::string>& lines) override { see(title, lines); }

  bool saw(std::string_view part) const {
    for (const auto& line : shown)
      if (line.find(part) != std::string::npos)
        return true;
    return false;
  }

private:
  void see(const std::string& title, const std::vector<std::string>& lines) {
    shown.push_back(title);
    shown.insert(shown.end(), lines.begin(), lines.end());
  }
  std::string next() {
    if (steps.empty())
      return "back";
    const auto step = steps.front();
    steps.pop_front();
    return step;
  }
};

struct menu_world {
  played person;
  std::vector<std::pair<std::string, parameters>> calls;
  std::string judgement = R"x({"ok":true,"problems":[],"warnings":[],"changes":["account 126244 daily_loss_limit: a -> b"],"today":["account 126244 daily_loss_limit: would have locked the account at 14:32 UTC (412.50 of 200.00 used)"]})x";
  std::string locks = R"({"accounts":[{"id":126244,"locks":[{"rule":"daily_loss_limit","mode":"flat","until":"2025","reason":"r","attempts":0}]}]})";
  bool away = false;
  std::string controlled;

  menu_parts parts() {
    return {&person,
            [this](std::string_view method, const parameters& params) {
              if (away)
                throw not_reachable{"nobody is there", false};
              calls.emplace_back(method, params);
              return answer(method);
            },
            [this](const std::string& verb) { return controlled = verb; }};
  }
  rpc_answer answer(std::string_view method) const {
    if (method == "config_show")
      return {true, R"({"file":"/etc/x.yaml","base":"b1","text":)" + as_json(config_text) + R"(,"presets":["topstepx-50k"]})", 0, {}};
    if (method == "config_check" || method == "config_apply")
      return {true, judgement, 0, {}};
    if (method == "accounts")
      return {true, R"({"accounts":[{"id":126244,"name":"PRAC","state":"locked","why":"","locks":1,"rules":2,"alarms":0}]})", 0, {}};
    if (method == "locks")
      return {true, locks, 0, {}};
    return {true, R"({"done":"as you said"})", 0, {}};
  }
  void play(std::initializer_list<std::string> steps) {
    person.steps = steps;
    run_menu(parts());
  }
  const parameters* last(std::string_view method) const {
    for (auto i = calls.rbegin(); i != calls.rend(); ++i)
      if (i->first == method)
        return &i->second;
    return nullptr;
  }
};

std::string text_of(const parameters& params, const char* name) { return params.contains(name) ? std::get<std::string>(params.at(name)) : "none"; }

} // namespace

TEST_CASE_FIXTURE(menu_world, "the menu has its seven entries and ends with the last one") {
  play({"#7"});
  for (const auto* entry : {"1. Configure risk rules", "2. Manage accounts and keys", "3. Service control", "4. Clear lockout", "5. Trigger reset", "6. View logs", "7. Exit"})
    CHECK(person.saw(entry));
  CHECK(calls.empty());
}

TEST_CASE_FIXTURE(menu_world, "the wizard changes a limit: checked, shown as a difference, with what it means for today, reasoned, applied") {
  play({"#1", "=profile default", "=Own numbers", "=daily_loss_limit", "=Change", "=limit", "200", "=Save", "", "less risk", "#7"});
  CHECK(person.saw("-       daily_loss_limit: { limit: 500 } # the day's"));
  CHECK(person.saw("+       daily_loss_limit: { limit: 200 } # the day's"));
  CHECK(person.saw("What it would have meant for today:"));
  CHECK(person.saw("would have locked the account at 14:32"));
  REQUIRE(last("config_apply"));
  CHECK(person.saw("There must be a reason."));
  CHECK(text_of(*last("config_apply"), "reason") == "less risk"); // the empty one was not taken
  CHECK(text_of(*last("config_apply"), "base") == "b1");
  CHECK(text_of(*last("config_apply"), "text").find("daily_loss_limit: { limit: 200 } # the day's") != std::string::npos);
  CHECK(person.saw("Saved, and in force"));
}

TEST_CASE_FIXTURE(menu_world, "what the service would refuse is shown and not saved") {
  judgement = R"({"ok":false,"problems":["x.yaml:5: must be positive"],"warnings":[],"changes":[]})";
  play({"#1", "=profile default", "=Own numbers", "=daily_loss_limit", "=Change", "=limit", "-5", "#7"});
  CHECK(person.saw("must be positive"));
  CHECK(last("config_apply") == nullptr);
}

TEST_CASE_FIXTURE(menu_world, "switching a rule off says so; who goes back changes nothing") {
  play({"#1", "=profile default", "=Own numbers", "=daily_loss_limit", "=Switch it off", "=Save", "back", "#7"});
  CHECK(person.saw("This switches off something that protects the account."));
  CHECK(last("config_apply") == nullptr);
}

TEST_CASE_FIXTURE(menu_world, "a firm's limits are taken by name, with a margin") {
  play({"#1", "=profile default", "=A firm", "=topstepx-50k", "15", "=Save", "the firm's rules", "#7"});
  REQUIRE(last("config_apply"));
  CHECK(text_of(*last("config_apply"), "text").find("preset: { name: topstepx-50k, safety_margin: 15 }") != std::string::npos);
}

TEST_CASE_FIXTURE(menu_world, "a lockout is cleared with a typed reason, one rule or all") {
  play({"#4", "=126244", "=daily_loss_limit", "it was a mistake", "#7"});
  REQUIRE(last("unlock"));
  CHECK(text_of(*last("unlock"), "rule") == "daily_loss_limit");
  CHECK(text_of(*last("unlock"), "reason") == "it was a mistake");
  play({"#4", "=126244", "=all", "again", "#7"});
  CHECK_FALSE(last("unlock")->contains("rule"));
  locks = R"({"accounts":[{"id":126244,"locks":[]}]})";
  play({"#4", "=126244", "#7"});
  CHECK(person.saw("Account 126244 is not locked."));
}

TEST_CASE_FIXTURE(menu_world, "a reset needs a reason; the service is controlled; logs are shown") {
  play({"#5", "=126244", "=daily", "a new day", "#3", "=Restart", "#6", "#1", "#7"});
  CHECK(text_of(*last("reset"), "kind") == "daily");
  CHECK(text_of(*last("reset"), "reason") == "a new day");
  CHECK(controlled == "restart");
  CHECK(last("logs") != nullptr);
}

TEST_CASE_FIXTURE(menu_world, "accounts come and go through the configuration, and a key is typed unseen") {
  play({"#2", "=Add", "77", "new one", "=Save", "a second account", "#7"}); // one login and one profile: not asked for
  REQUIRE(last("config_apply"));
  CHECK(text_of(*last("config_apply"), "text").find("  - id: 77\n    name: \"new one\"\n    broker: sim\n    profile: default\n") != std::string::npos);
  play({"#2", "=Take", "=126244", "=Save", "sold", "#7"});
  CHECK(text_of(*last("config_apply"), "text").find("126244") == std::string::npos);
  CHECK(person.saw("This switches off something"));
  CHECK_FALSE(person.hidden);
  play({"#2", "=Change", "s3cret", "the old one leaked", "#7"});
  CHECK(person.hidden);
  CHECK(text_of(*last("broker_key"), "key") == "s3cret");
  CHECK_FALSE(person.saw("s3cret"));
}

TEST_CASE_FIXTURE(menu_world, "a service that is away is said, and the menu goes on") {
  away = true;
  play({"#1", "#4", "#7"});
  CHECK(person.saw("nobody is there"));
  CHECK(person.steps.empty());
}

TEST_CASE("a change loosens when a rule or an account is switched off or gone") {
  CHECK_FALSE(loosens(config_text, config_text));
  CHECK(loosens(config_text, "version: 1\naccounts: []\n"));
  auto off = config_text;
  off.replace(off.find("limit: 500"), 10, "limit: 500, enabled: false");
  CHECK(loosens(config_text, off));
  CHECK_FALSE(loosens(off, config_text));
  auto less = config_text;
  less.erase(less.find("      max_contracts"), std::string{"      max_contracts: { limit: 5 }\n"}.size());
  CHECK(loosens(config_text, less));
}

TEST_SUITE_END();
