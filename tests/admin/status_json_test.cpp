#include "actors/admin/status_json.hpp"
#include "actors/admin/status_frame.hpp"
#include "actors/admin/status_view.hpp"
#include "tests/admin/samples.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("admin");

using namespace rm;
using namespace rm::test;

TEST_CASE("the status object is exactly the one that was promised") {
  CHECK(status_json(sample_status()) ==
        R"({"schema":1,"now":"2025-12-24T14:30:00.000Z","service":{"version":"0.1.0","pid":4711,"uptime_s":12,"config":"/etc/riskmanager/config.yaml",)"
        R"("broker":[{"id":"topstepx","state":"live","since":"2025-12-24T14:00:00.000Z","requests_left":180}],"alarms":[]},)"
        R"("accounts":[{"id":126244,"name":"PRAC-V2-126244","state":"locked","why":"","can_trade":true,)"
        R"("pnl":{"realized_day":"-120.50","unrealized":"50.00","day":"-70.50","week":"-270.50","peak_day":"35.00"},)"
        R"("positions":[{"contract":"CON.F.US.MNQ.Z25","symbol":"MNQ","size":-2,"average_price":"20125.00","mark":"20112.50","unrealized":"50.00"},)"
        R"({"contract":"CON.F.US.ZN.Z25","symbol":"CON.F.US.ZN.Z25","size":1,"average_price":"110.015625","mark":null,"unrealized":null}],)"
        R"("orders":[{"id":9007199254740993,"contract":"CON.F.US.MNQ.Z25","side":"buy","type":"limit","size":1,"price":"20000.00"},)"
        R"({"id":2,"contract":"CON.F.US.MNQ.Z25","side":"sell","type":"stop","size":3,"price":"20200.25"},)"
        R"({"id":3,"contract":"CON.F.US.MNQ.Z25","side":"sell","type":"market","size":1,"price":null}],)"
        R"("locks":[{"rule":"daily_loss_limit","mode":"flat","since":"2025-12-24T14:29:00.000Z","until":"2025-12-24T22:00:00.000Z","until_condition":null,)"
        R"("reason":"day P&L -500.00 is at the limit of 500.00","attempts":2,"durable":true},)"
        R"({"rule":"auth_guard","mode":"flat","since":"2025-12-24T14:29:30.000Z","until":null,"until_condition":"can_trade","reason":"the venue says so","attempts":0,"durable":false}],)"
        R"("rules":[{"rule":"daily_loss_limit","number":"RULE-004","state":"ok","used":"70.50","limit":"500.00","fraction":0.141,"evaluated":"2025-12-24T14:29:59.500Z",)"
        R"("events":{"fill":"2025-12-24T14:10:00.000Z","mark":"2025-12-24T14:29:59.500Z"}},)"
        R"({"rule":"symbol_block","number":"","state":"disabled","used":"","limit":"","fraction":0,"evaluated":null,"events":{}}],)"
        R"("alarms":[{"since":"2025-12-24T14:29:58.000Z","severity":"warning","what":"the quote of MNQ is 12 s old"}],)"
        R"("enforcement":[{"at":"2025-12-24T14:29:00.000Z","rule":"daily_loss_limit","action":"flatten","state":"working","detail":"closing 2 MNQ","latency_us":180},)"
        R"({"at":"2025-12-24T14:29:01.000Z","rule":"daily_loss_limit","action":"flatten","state":"done","detail":"flat, read back","latency_us":null}]}]})");
}

TEST_CASE("of an account without a view, or with one that cannot be evaluated, no figure is claimed") {
  status_input in = sample_status();
  account_status silent;
  silent.account = account_id{5};
  silent.name = "FIVE";
  silent.why = "no answer from its actor";
  in.accounts = {silent};
  const std::string nothing = R"("pnl":{"realized_day":null,"unrealized":null,"day":null,"week":null,"peak_day":null})";
  const std::string text = status_json(in);
  CHECK(text.find(R"({"id":5,"name":"FIVE","state":"not_evaluable","why":"no answer from its actor","can_trade":null,)" + nothing +
                  R"(,"positions":[],"orders":[],"locks":[],"rules":[],"alarms":[],"enforcement":[]})") != std::string::npos);

  in = sample_status();
  auto view = *in.accounts[0].view;
  view.evaluable = false;
  in.accounts[0].view = std::make_shared<const account_view>(view);
  const std::string unevaluable = status_json(in);
  CHECK(unevaluable.find(nothing) != std::string::npos);
  CHECK(unevaluable.find(R"("size":-2)") != std::string::npos); // positions are known all the same

  view.evaluable = true;
  view.realized_week = money::from_units(INT64_MIN);
  view.unrealized = money::from_units(-1);
  in.accounts[0].view = std::make_shared<const account_view>(view);
  CHECK(status_json(in).find(R"("week":null)") != std::string::npos); // out of range, not wrapped round
}

TEST_CASE("of an account that nobody knows anything of, the frame claims nothing") {
  status_input in = sample_status();
  account_status silent;
  silent.account = account_id{5};
  silent.why = "no answer from its actor";
  in.accounts = {silent};
  const auto status = read_status(status_json(in));
  REQUIRE(status);
  const std::string text = plain_text(status_frame(*status, 80));
  CHECK(text.find("none") == std::string::npos);
  CHECK(text.find("Status: [!!] NOT EVALUABLE   Lockout: unknown\n        no answer from its actor\n") != std::string::npos);
  CHECK(text.find("Day P&L: ?   realized: ?   unrealized: ?   week: ?\nPositions: unknown\nRules: unknown\n") != std::string::npos);
}

TEST_CASE("the ten newest enforcement reports are shown") {
  status_input in = sample_status();
  auto& reports = in.accounts[0].enforcement;
  reports.assign(12, reports[0]);
  for (std::size_t i = 0; i < reports.size(); ++i)
    reports[i].detail = "number " + std::to_string(i);
  const std::string text = status_json(in);
  CHECK(text.find("number 1\"") == std::string::npos);
  CHECK(text.find("number 2\"") != std::string::npos);
  CHECK(text.find("number 11\"") != std::string::npos);
}

TEST_CASE("a link that is not live is an alarm, critical after a minute") {
  struct row {
    link_status status;
    std::chrono::milliseconds ago;
    std::string severity; // "" = no alarm
  };
  using namespace std::chrono_literals;
  for (const row& r : {row{link_status::live, 1h, ""}, row{link_status::connecting, 1s, "warning"}, row{link_status::blind, 60s, "warning"},
                       row{link_status::blind, 60001ms, "critical"}, row{link_status::conflict, 61s, "critical"}}) {
    status_input in = sample_status();
    in.brokers[0].status = r.status;
    in.brokers[0].since = in.now.utc - r.ago;
    in.brokers[0].why = "no ping for 20 s";
    const auto alarms = service_alarms(in);
    CAPTURE(name_of(r.status));
    REQUIRE(alarms.size() == (r.severity.empty() ? 0 : 1));
    if (!alarms.empty()) {
      CHECK(name_of(alarms[0].severity) == r.severity);
      CHECK(alarms[0].what == "the link to topstepx is " + std::string{name_of(r.status)} + ": no ping for 20 s");
      CHECK(alarms[0].since == in.brokers[0].since);
    }
  }
  status_input in = sample_status();
  in.brokers[0].status = link_status::blind;
  in.brokers[0].since = {};
  CHECK(service_alarms(in).at(0).severity == severity::critical); // nobody knows since when
}

TEST_CASE("storage that does not write is a critical alarm and stands first; each key stands once") {
  status_input in = sample_status();
  in.storage = {false, "disk full", at("14:20:00"), 3};
  in.brokers[0].alarms = {{"budget", severity::warning, "few requests are left", at("14:25:00")}, {"budget", severity::warning, "again", at("14:26:00")}};
  in.alarms = {{"roll", severity::warning, "the daily reset differs from the venue's", at("14:00:00")}};
  const auto alarms = service_alarms(in);
  REQUIRE(alarms.size() == 3);
  CHECK(alarms[0].severity == severity::critical);
  CHECK(alarms[0].what == "nothing is being written to the database: disk full; 3 writes wait in memory");
  CHECK(alarms[0].since == at("14:20:00"));
  CHECK(alarms[1].what == "few requests are left");
  CHECK(alarms[2].what == "the daily reset differs from the venue's");
}

TEST_CASE("the age of the time zone data stands in the service's part, in the frame, and is an alarm when it is too old") {
  status_input in = sample_status();
  CHECK(status_json(in).find("tz_data") == std::string::npos); // nobody has looked
  in.service.zones = zone_data{"2025b", in.now.utc - std::chrono::days{100}};
  CHECK(service_alarms(in).empty());
  std::string text = status_json(in);
  CHECK(text.find(R"("tz_data":{"version":"2025b","date":")" + format_time(in.service.zones->made).substr(0, 10) + R"(","age_days":100})") != std::string::npos);
  auto status = read_status(text);
  REQUIRE(status);
  CHECK(plain_text(status_frame(*status, 100)).find("   time zones 2025b of " + format_time(in.service.zones->made).substr(0, 10) + "\n") != std::string::npos);
  in.service.zones->made = in.now.utc - zone_data_lasts - std::chrono::seconds{1};
  REQUIRE(service_alarms(in).size() == 1);
  CHECK(service_alarms(in)[0].severity == severity::warning);
  CHECK(status_json(in).find("is older than 18 months") != std::string::npos);
  in.service.zones = zone_data{};
  CHECK(status_json(in).find(R"("tz_data":{"version":"","date":null,"age_days":null})") != std::string::npos);
  CHECK(service_alarms(in).at(0).what.find("nobody knows how old") != std::string::npos);
}

TEST_CASE("the frame at 80 columns shows account, lock with countdown, figures, positions, rules and enforcement") {
  const auto status = read_status(status_json(sample_status()));
  REQUIRE(status);
  CHECK(plain_text(status_frame(*status, 80)) ==
        "Risk Manager V34 0.1.0   as of 14:30:00 UTC   up 0:00:12\n"
        "[ok] link topstepx: live for 0:30:00, 180 requests left\n"
        "-- Account 126244 PRAC-V2-126244 -----------------------------------------------\n"
        "Status: [!!] LOCKED\n"
        "[!!] LOCKED (flat) by daily_loss_limit for 7:30:00, until 22:00:00 UTC\n"
        "     day P&L -500.00 is at the limit of 500.00   attempts: 2\n"
        "[!!] LOCKED (flat) by auth_guard until the venue lets it trade again\n"
        "     the venue says so   [!] not on disk yet\n"
        "Day P&L: -70.50   realized: -120.50   unrealized: +50.00   week: -270.50\n"
        "[!]  the quote of MNQ is 12 s old (since 14:29:58)\n"
        "Positions:\n"
        "  MNQ        -2 @ 20125.00     mark 20112.50     +50.00\n"
        "  CON.F...   +1 @ 110.015625   mark ?            ?\n"
        "Orders:\n"
        "  buy     1 CON.F.US.MNQ.Z25      limit         @ 20000.00\n"
        "  sell    3 CON.F.US.MNQ.Z25      stop          @ 20200.25\n"
        "  sell    1 CON.F.US.MNQ.Z25      market\n"
        "Rules:\n"
        "[ok] daily_loss_limit             [##..................] 70.50 / 500.00\n"
        "[--] symbol_block                                        disabled\n"
        "Recent enforcement:\n"
        "  [14:29:01] flatten by daily_loss_limit done: flat, read back\n"
        "  [14:29:00] flatten by daily_loss_limit working: closing 2 MNQ (180 us)\n");
}

TEST_CASE("no line of the frame is wider than asked, and nothing from outside steers the terminal") {
  status_input in = sample_status();
  in.accounts[0].why = std::string{"\x1b[2J"} + std::string(300, 'w') + "\u0085";
  in.accounts[0].locks[0].reason = std::string(200, 'r');
  const auto status = read_status(status_json(in));
  REQUIRE(status);
  for (const std::size_t width : {60u, 80u, 120u}) {
    const std::string text = plain_text(status_frame(*status, width));
    CHECK(text.find('\x1b') == std::string::npos);
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
      CHECK(end - begin <= width);
    CHECK(std::count(text.begin(), text.end(), 'w') >= 300); // and nothing is cut off
    CHECK(std::count(text.begin(), text.end(), 'r') >= 200);
  }
}

TEST_CASE("a rule's sign and tone follow what is used of its limit and its state") {
  struct row {
    std::string state;
    double fraction;
    std::string sign;
    rm::tone tone;
  };
  for (const row& r : {row{"ok", 0.499, "[ok] ", tone::good}, row{"ok", 0.5, "[!]  ", tone::caution}, row{"ok", 0.8, "[!]  ", tone::caution},
                       row{"ok", 0.801, "[!!] ", tone::bad}, row{"warn", 0.1, "[!]  ", tone::caution}, row{"breach", 0.1, "[!!] ", tone::bad},
                       row{"not_evaluable", 0, "[??] ", tone::bad}, row{"disabled", 0, "[--] ", tone::faint}}) {
    status_view status;
    status.accounts.emplace_back();
    status.accounts[0].rules.push_back({"daily_loss_limit", "RULE-004", r.state, "1", "2", r.fraction});
    bool seen = false;
    for (const auto& line : status_frame(status, 80))
      if (line.size() > 1 && line[1].text.starts_with("daily_loss_limit")) {
        seen = true;
        CHECK(line[0].text == r.sign);
        CHECK(line[0].tone == r.tone);
      }
    CHECK(seen);
  }
}

TEST_CASE("small texts of the frame") {
  using namespace std::chrono_literals;
  CHECK(countdown(0s) == "0:00:00");
  CHECK(countdown(-5s) == "0:00:00");
  CHECK(countdown(1ms) == "0:00:01"); // not over before it is over
  CHECK(countdown(3723s) == "1:02:03");
  CHECK(countdown(86400s * 2 + 1s) == "2d 00:00:01");
  CHECK(signed_amount("-1234567.5") == "-1,234,567.5");
  CHECK(signed_amount("50.00") == "+50.00");
  CHECK(signed_amount("999") == "+999");
  CHECK(signed_amount("") == "?");
  CHECK(bar(0, 4) == "[....]");
  CHECK(bar(0.99, 4) == "[###.]");
  CHECK(bar(7, 4) == "[####]");
  CHECK(bar(-1, 4) == "[....]");
  CHECK(cut_to("abcdef", 4) == "ab..");
  CHECK(cut_to("\u00e9\u00e9\u00e9", 3) == "\u00e9\u00e9\u00e9");
  CHECK(cut_to("\u00e9\u00e9\u00e9\u00e9", 3) == "\u00e9..");
  CHECK(columns_of("\u53e3\u5ea7A") == 5); // East Asian writing takes two columns
  CHECK(columns_of("e\u0301") == 1);
  CHECK(cut_to("\u53e3\u5ea7\u53e3\u5ea7", 5) == "\u53e3..");
  CHECK(padded("\u53e3\u5ea7", 6) == "\u53e3\u5ea7  ");
  CHECK(without_controls("a\u202eb\u2066c\u2028d\u00e9") == "a?b?c?d\u00e9");
  const timestamp now = at("14:30:00");
  CHECK(moment_text(now + std::chrono::hours{1}, now) == "15:30:00");
  CHECK(moment_text(now + std::chrono::hours{24}, now) == "25 Dec 14:30:00");
}

TEST_CASE("what is no status object is not shown as one") {
  for (const std::string_view text : {"", "[]", "{}", "<html>", R"({"schema":2})", R"({"schema":"1"})"})
    CHECK_FALSE(read_status(text));
  const auto sparse = read_status(R"({"schema":1,"now":"1970-01-01T00:00:00Z","accounts":[{},7,null]})");
  REQUIRE(sparse);
  CHECK_FALSE(plain_text(status_frame(*sparse, 80)).empty());
}

TEST_SUITE_END();
