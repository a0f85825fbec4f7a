#include "tools/risk-trader/layout.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace rm;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{1'766'577'600s}; // 2025-12-24T12:00:00Z

shown_account account_of(std::string id, std::string name) {
  shown_account a;
  a.id = std::move(id);
  a.name = std::move(name);
  a.state = "active";
  a.can_trade = "true";
  a.realized_day = "195.00";
  a.unrealized = "50.00";
  a.day = "245.00";
  a.week = "-1245.50";
  a.peak_day = "300.00";
  a.positions = {{"CON.F.US.MNQ.Z25", "MNQ", 2, "20125.00", "20137.50", "50.00"}};
  a.rules = {{"max_contracts", "RULE-001", "ok", "2", "5", 0.4},
             {"daily_loss_limit", "RULE-004", "ok", "0.00", "500.00", 0.0},
             {"trade_frequency", "RULE-006", "warn", "8", "10", 0.8},
             {"max_exposure", "", "ok", "9", "10", 0.9}};
  return a;
}

screen_state sample() {
  screen_state s;
  s.status.emplace();
  s.status->now = noon;
  s.status->version = "0.1.0";
  s.status->brokers = {{"sim", "live", noon - 60s, "184"}};
  s.status->accounts = {account_of("126244", "PRAC-V2-126244")};
  s.now = noon;
  s.live = true;
  s.past.take(*s.status);
  return s;
}

void lock(screen_state& s) {
  auto& a = s.status->accounts[0];
  a.state = "locked";
  a.why = "day P&L -521.22 reached the loss limit 500.00";
  a.locks = {{"daily_loss_limit", "flat", "", "day P&L -521.22 reached the loss limit 500.00", noon - 60s, noon + 3723s, 2, true}};
  a.enforcement = {{noon, "daily_loss_limit", "flatten", "done", "read back: 0 contracts, 0 orders", "812"}};
}

std::vector<std::string> rows_of(const screen_state& s, std::size_t columns, std::size_t rows) {
  std::istringstream in{render(s, columns, rows, theme::plain)};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    std::string clean; // without the codes for bold and dim
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\x1b') {
        while (i < line.size() && line[i] != 'm')
          ++i;
      } else if (line[i] != '\r') {
        clean += line[i];
      }
    }
    out.push_back(clean);
  }
  return out;
}

std::string all_of(const screen_state& s, std::size_t columns, std::size_t rows) {
  std::string out;
  for (const auto& row : rows_of(s, columns, rows))
    out += row + "\n";
  return out;
}

bool shows(const std::string& frame, std::string_view text) { return frame.find(text) != std::string::npos; }

} // namespace

TEST_SUITE("risk-trader: layout") {
  TEST_CASE("every size gets a frame of exactly that size") {
    auto s = sample();
    lock(s);
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{80, 24}, {120, 40}, {200, 60}, {40, 10}, {99, 24}, {100, 24}}) {
      const auto lines = rows_of(s, columns, rows);
      CHECK(lines.size() == rows);
      for (const auto& line : lines)
        CHECK(columns_of(line) == columns);
    }
    for (const std::size_t tiny : {0, 1, 2, 3, 5}) // no crash at sizes that make no sense
      render(s, 100 + tiny, tiny, theme::plain), render(s, tiny, 20, theme::plain);
  }

  TEST_CASE("the mock-up's figures are there at 80x24, 120x40 and 200x60") {
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{80, 24}, {120, 40}, {200, 60}}) {
      const auto frame = all_of(sample(), columns, rows);
      for (const auto* text : {"Risk Manager V34", "PRAC-V2-126244", "[ok] ACTIVE", "Lockout: none", "Day P&L: +245.00", "Unrealized: +50.00", "MNQ", "+2 @ 20125.00", "[ok] max_contracts",
                               "2 / 5", "[!]  trade_frequency", "8 / 10", "[!!] max_exposure", "Recent enforcement", "no action needed", "[ok] sim live", "r refresh", "q quit", "12:00:00 UTC"})
        CHECK_MESSAGE(shows(frame, text), text, " is missing at ", columns, "x", rows, ":\n", frame);
    }
  }

  TEST_CASE("at 40 columns the figures are there, and bars give way") {
    auto s = sample();
    s.status->accounts[0].rules.push_back({"max_contracts_per_instrument", "RULE-002", "warn", "MNQ 4", "MNQ 5", 0.8});
    const auto frame = all_of(s, 40, 60);
    for (const std::string part : {"daily_loss_limit 0.00 / 500.00", "max_contracts 2 / 5", "max_contracts_per_instrument", "MNQ 4 / MNQ 5 warn", "+2 @ 20125.00  +50.00"})
      CHECK_MESSAGE(shows(frame, part), part, " is missing in\n", frame);
    CHECK_FALSE(shows(frame, "[####"));
    CHECK(shows(all_of(sample(), 40, 60), "8 / 10 warn"));
  }

  TEST_CASE("a lock shows its countdown, its reason and its attempts; its reason stands there once") {
    auto s = sample();
    lock(s);
    const auto frame = all_of(s, 80, 24);
    CHECK(shows(frame, "[!!] LOCKED"));
    CHECK(shows(frame, "for 1:02:03, until 13:02:03 UTC"));
    CHECK(shows(frame, "attempts: 2"));
    const auto first = frame.find("reached the loss limit");
    REQUIRE(first != std::string::npos);
    CHECK(frame.find("reached the loss limit", first + 1) == std::string::npos);
    s.now += 3s;
    CHECK(shows(all_of(s, 80, 24), "for 1:02:00"));
  }

  TEST_CASE("nothing of a lock or an alarm is cut off where the room is narrow") {
    auto s = sample();
    lock(s);
    s.status->alarms = {{"critical", "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty", noon}};
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{60, 40}, {80, 24}, {120, 40}}) {
      const auto frame = all_of(s, columns, rows);
      for (const auto* text : {"13:02:03", "attempts: 2", "one two", "twenty"})
        CHECK_MESSAGE(shows(frame, text), text, " is missing at ", columns, ":\n", frame);
    }
  }

  TEST_CASE("ten of the enforcement's steps are shown, newest first") {
    auto s = sample();
    for (int i = 0; i < 14; ++i)
      s.status->accounts[0].enforcement.push_back({noon + std::chrono::seconds{i}, "r", "flatten", "done", "step " + std::to_string(i) + ".", ""});
    const auto lines = enforcement_lines(s.status->accounts[0]);
    REQUIRE(lines.size() == 10);
    CHECK(lines.front().back().text == ": step 13.");
    CHECK(lines.back().back().text == ": step 4.");
    const auto frame = all_of(s, 120, 40);
    CHECK(shows(frame, "step 13."));
    CHECK(shows(frame, "step 4."));
  }

  TEST_CASE("what does not fit can be scrolled to, and no further") {
    auto s = sample();
    for (int i = 0; i < 21; ++i)
      s.status->accounts[0].rules.push_back({"rule_" + std::to_string(i), "", "ok", "0", "1", 0});
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{80, 24}, {120, 20}}) {
      s.scroll = 0;
      CHECK(shows(all_of(s, columns, rows), "more below"));
      CHECK_FALSE(shows(all_of(s, columns, rows), "rule_20"));
      s.scroll = most_scroll(s, columns, rows);
      CHECK(s.scroll > 0);
      CHECK(shows(all_of(s, columns, rows), "rule_20"));
      CHECK_FALSE(shows(all_of(s, columns, rows), "more below"));
      const auto end = all_of(s, columns, rows);
      s.scroll += 1000;
      CHECK(all_of(s, columns, rows) == end);
    }
    CHECK(most_scroll(sample(), 200, 60) == 0);
  }

  TEST_CASE("of more accounts than fit the shown one and its neighbours are seen; names of any writing keep the columns") {
    auto s = sample();
    for (const auto* name : {"EXPRESS-V2-DLL-126245-98765432", "\u53e3\u5ea7\u53e3\u5ea7\u53e3\u5ea7\u53e3\u5ea7 3", "Gr\u00f6\u00dfte Freude der Welt 4", "FUNDED-5-AND-A-LONG-TAIL", "SIXTH", "SEVENTH"})
      s.status->accounts.push_back(account_of(std::string{name}.substr(0, 3), name));
    for (const std::size_t columns : {60u, 80u, 100u, 120u, 200u})
      for (s.account = 0; s.account < s.status->accounts.size(); ++s.account) {
        const auto lines = rows_of(s, columns, 30);
        const auto& tabs = lines.at(1);
        CHECK_MESSAGE((tabs.find('>') != std::string::npos && tabs.find('<', tabs.find(">[")) != std::string::npos), "the shown account ", s.account, " is not marked at ", columns, ": ", tabs);
        for (const auto& line : lines)
          CHECK(columns_of(line) == columns);
      }
  }

  TEST_CASE("in two columns that are too narrow for a bar beside its rule it stands below, where there is room") {
    auto s = sample();
    CHECK(shows(all_of(s, 100, 30), "[!]  trade_frequency  [########"));
    s.status->accounts[0].rules.push_back({"max_contracts_per_instrument", "RULE-002", "ok", "400000.00", "400000.00", 1.0});
    CHECK(shows(all_of(s, 120, 30), "max_contracts_per_in.. [")); // the name gives way before the figures do
    CHECK(shows(all_of(s, 120, 30), "400000.00 / 400000.00"));
    s.status->accounts[0].rules.back().used = "1400000.00";
    CHECK(shows(all_of(s, 100, 30), "     [########..] 8 / 10 warn"));
    CHECK(shows(all_of(s, 100, 30), "[!]  trade_frequency "));
    CHECK(shows(all_of(s, 100, 30), "1400000.00 / 400000.00"));
    for (int i = 0; i < 21; ++i)
      s.status->accounts[0].rules.push_back({"rule_" + std::to_string(i), "", "ok", "0", "1", 0});
    CHECK(shows(all_of(s, 100, 30), "[!]  trade_frequency 8 / 10 warn"));
    const auto lines = rule_lines(s.status->accounts[0], 100);
    REQUIRE(lines.front().back().text == "  RULE-001"); // numbers stand below each other
    const auto before = [](const frame_line& line) {
      std::size_t out = 0;
      for (std::size_t i = 0; i + 1 < line.size(); ++i)
        out += columns_of(line[i].text);
      return out;
    };
    CHECK(before(lines[0]) == before(lines[1]));
    CHECK(before(lines[0]) == before(lines[2]));
  }

  TEST_CASE("what was done is not cut off, a lock until another day says which, and the foot is whole at 80 columns") {
    auto s = sample();
    lock(s);
    s.status->accounts[0].locks[0].until = noon + 24h;
    s.status->accounts[0].enforcement[0].detail = "read back: 0 contracts, 0 orders; 2 requests, 223 ms, and more words than fit beside all of this END";
    for (int i = 0; i < 21; ++i)
      s.status->accounts[0].rules.push_back({"rule_" + std::to_string(i), "", "ok", "0", "1", 0});
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{80, 60}, {100, 30}})
      CHECK(shows(all_of(s, columns, rows), "END"));
    CHECK(shows(all_of(s, 80, 24), "until 25 Dec 12:00:00"));
    s.live = false;
    CHECK(shows(all_of(s, 80, 24), "| data 0:00:00, asked"));
    CHECK(shows(all_of(s, 80, 24), "more below"));
  }

  TEST_CASE("several accounts have tabs; the chosen one is shown") {
    auto s = sample();
    CHECK_FALSE(shows(all_of(s, 80, 24), ">"));
    s.status->accounts.push_back(account_of("7", "EVAL-7"));
    s.status->accounts[1].state = "blind";
    s.status->accounts[1].day = "-9.00";
    CHECK(shows(all_of(s, 80, 24), ">[ok] PRAC-V2-126244<"));
    CHECK(shows(all_of(s, 80, 24), "[!!] EVAL-7"));
    s.account = 1;
    CHECK(shows(all_of(s, 80, 24), "Day P&L: -9.00"));
    s.account = 99; // an account that is gone
    CHECK(shows(all_of(s, 80, 24), "Day P&L: -9.00"));
  }

  TEST_CASE("the service is away: said with the age of what is shown") {
    auto s = sample();
    s.trouble = "the service is not reachable at /run/riskmanager/risk-manager.sock: No such file or directory; is it running? `systemctl status riskmanager`";
    s.age = 65s;
    const auto frame = all_of(s, 80, 24);
    CHECK(shows(frame, "0:01:05 old"));
    CHECK(shows(frame, "systemctl status riskmanager")); // broken into lines, nothing lost
    CHECK(shows(frame, "[??] sim live")); // nobody knows whether it still is
    CHECK(shows(frame, "Day P&L: +245.00"));
    screen_state nothing;
    nothing.trouble = s.trouble;
    CHECK(shows(all_of(nothing, 80, 24), "Trying again"));
  }

  TEST_CASE("a word that is longer than the screen is broken, at any width, and nothing of it is lost") {
    auto s = sample();
    lock(s);
    s.trouble = "not reachable: /" + std::string(200, 'x') + "/socket";
    for (std::size_t columns = 1; columns <= 90; ++columns) {
      const auto lines = rows_of(s, columns, 300);
      REQUIRE(lines.size() == 300);
      for (const auto& line : lines)
        REQUIRE(columns_of(line) == columns);
      if (columns < 20)
        continue;
      std::string together;
      for (const auto& line : lines)
        for (const char c : line)
          if (c != ' ')
            together += c;
      CHECK_MESSAGE(shows(together, std::string(200, 'x') + "/socket"), columns);
    }
  }

  TEST_CASE("an account that nobody knows anything of says unknown, not none") {
    auto s = sample();
    shown_account silent;
    silent.id = "7";
    silent.state = "not_evaluable";
    s.status->accounts = {silent};
    const auto frame = all_of(s, 80, 24);
    CHECK(shows(frame, "Lockout: unknown"));
    CHECK(shows(frame, "Day P&L: ?"));
    CHECK_FALSE(shows(frame, "Lockout: none"));
  }

  TEST_CASE("colours: none in plain, and each tone has its own otherwise") {
    auto s = sample();
    lock(s);
    for (const auto* code : {"\x1b[31m", "\x1b[32m", "\x1b[91m", "\x1b[92m"})
      CHECK_FALSE(shows(render(s, 80, 24, theme::plain), code));
    const auto dark = render(s, 80, 24, theme::dark), light = render(s, 80, 24, theme::light);
    CHECK(dark != light);
    CHECK(dark != render(s, 80, 24, theme::plain));
  }

  TEST_CASE("what comes from outside cannot steer the terminal") {
    auto s = sample();
    s.status->accounts[0].why = "\x1b[2Jgone\n";
    s.status->accounts[0].name = "\x1b]0;title\x07";
    for (const auto& row : rows_of(s, 80, 24))
      CHECK(row.find('\x1b') == std::string::npos);
    CHECK(shows(all_of(s, 80, 24), "?[2Jgone?"));
  }

  TEST_CASE("help shows the keys and the signs") {
    auto s = sample();
    s.help = true;
    CHECK(shows(all_of(s, 80, 24), "another account"));
    CHECK(shows(all_of(s, 80, 24), "above 80 %"));
  }
}
