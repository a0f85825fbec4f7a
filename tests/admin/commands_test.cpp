#include "actors/admin/commands/catalogue.hpp"
#include "actors/admin/dispatch.hpp"
#include "tests/admin/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;
using namespace rm::test;

house sample_house() {
  house h;
  h.now = {at("14:30:00"), 13'900'000'000};
  h.service = sample_service();
  h.accounts = {{account_id{126244}, "PRAC-V2-126244"}, {account_id{126300}, "XFA-126300"}};
  h.brokers = {"topstepx"};
  return h;
}

client_line from_trader(std::string line) { return {9, false, "tim", std::move(line), sample_house().now}; }

std::string request(const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
}

/// The answer that was given at once.
std::string answered_with(const client_line& line, const std::vector<command>& catalogue = command_catalogue()) {
  auto next = receive_line(line, catalogue, sample_house());
  REQUIRE(std::holds_alternative<answered>(next));
  return std::get<answered>(next).line;
}

gathering gathered(const client_line& line) {
  auto next = receive_line(line, command_catalogue(), sample_house());
  REQUIRE(std::holds_alternative<gathering>(next));
  return std::get<gathering>(next);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("methods are unique, in alphabetical order, and each has both halves") {
  const auto& all = command_catalogue();
  REQUIRE_FALSE(all.empty());
  CHECK(std::is_sorted(all.begin(), all.end(), [](const command& a, const command& b) { return a.name < b.name; }));
  for (const auto& c : all) {
    CHECK((c.plan != nullptr && c.answer != nullptr));
    CHECK(std::count_if(all.begin(), all.end(), [&](const command& other) { return other.name == c.name; }) == 1);
  }
}

TEST_CASE("an unknown method is refused with the nearest one, or with all") {
  CHECK(answered_with(from_trader(request("statsu"))) ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"there is no method 'statsu', did you mean 'status'?"}})");
  CHECK(contains(answered_with(from_trader(request("make_me_rich"))), "there are: accounts, actor, actors, broker_key, config_apply, config_check, config_part, config_show, crash, day, flatten, journal, journal_verify, lock, locks, log_level, logs, reset, rules, status, subscribe, trace, unlock, unsubscribe, version"));
}

TEST_CASE("wrong parameters are refused by name") {
  struct row {
    std::string method, params;
    int code;
    std::string says;
  };
  const row rows[] = {
    {"status", R"({"account":1})", -32602, "status takes no parameter 'account'"},
    {"journal", R"({"acount":1})", -32602, "did you mean 'account'?"},
    {"journal", R"({"account":true})", -32602, "'account' must be text or a whole number"},
    {"journal", R"({"limit":"7"})", -32602, "'limit' must be a whole number"},
    {"journal", R"({"limit":0})", -32602, "limit must be from 1 to 10000"},
    {"journal", R"({"limit":10001})", -32602, "limit must be from 1 to 10000"},
    {"journal", R"({"since":"yesterday"})", -32602, "since must be a time"},
    {"journal", R"({"since":"-5m"})", -32602, "since must be a time"},
    {"journal", R"({"since":"99999999999999999d"})", -32602, "since must be a time"},
    {"journal", R"({"account":126245})", -32002, "there is no account '126245', did you mean '126244'?"},
    {"journal", R"({"account":"PRAC-V2-126245"})", -32002, "did you mean 'PRAC-V2-126244'?"},
  };
  for (const row& r : rows) {
    CAPTURE(r.params);
    const std::string line = answered_with(from_trader(request(r.method, r.params)));
    CHECK(contains(line, "\"code\":" + std::to_string(r.code)));
    CHECK(contains(line, r.says));
  }
}

TEST_CASE("an administrator's order that makes no sense is refused, and nothing is asked of anybody") {
  const std::string long_key(4097, 'k');
  struct row {
    std::string method, params, says;
  };
  const row rows[] = {
    {"lock", R"({"account":126244,"mode":"none","reason":"r"})", "mode must be flat or reduce_only"},
    {"lock", R"({"account":126244,"mode":"flat","for":"0m","reason":"r"})", "for must be a length of time"},
    {"lock", R"({"account":126244,"mode":"flat","for":"-5m","reason":"r"})", "for must be a length of time"},
    {"lock", R"({"account":126244,"mode":"flat","for":"367d","reason":"r"})", "for must be a length of time"},
    {"lock", R"({"account":126244,"mode":"flat"})", "lock needs the parameter 'reason'"},
    {"unlock", R"({"account":126244})", "unlock needs the parameter 'reason'"},
    {"unlock", R"({"reason":"r"})", "unlock needs the parameter 'account'"},
    {"reset", R"({"account":126244,"kind":"monthly","reason":"r"})", "kind must be daily or weekly"},
    {"broker_key", R"({"broker":"topstep","key":"k","reason":"r"})", "there is no login 'topstep'"},
    {"broker_key", R"({"broker":"topstepx","key":"two words","reason":"r"})", "a key is one word"},
    {"broker_key", R"({"broker":"topstepx","key":"k\u007f","reason":"r"})", "a key is one word"},
    {"broker_key", R"({"broker":"topstepx","key":")" + long_key + R"(","reason":"r"})", "a key is one word"},
    {"logs", R"({"lines":0})", "lines must be from 1 to 2000"},
    {"logs", R"({"lines":2001})", "lines must be from 1 to 2000"},
  };
  for (const row& r : rows) {
    CAPTURE(r.params);
    auto line = from_trader(request(r.method, r.params));
    line.administrator = true;
    const std::string said = answered_with(line);
    CHECK(contains(said, "\"code\":-32602"));
    CHECK_MESSAGE(contains(said, r.says), said);
    CHECK_FALSE(contains(said, long_key));
  }
}

TEST_CASE("a trader may look, and nothing else") {
  std::string open;
  for (const auto& c : command_catalogue())
    if (!c.administrator)
      open += std::string{c.name} + " ";
  CHECK(open == "accounts actor actors day journal journal_verify locks rules status subscribe trace unsubscribe version ");
}

TEST_CASE("journal asks for what was wanted") {
  CHECK(gathered(from_trader(request("journal"))).questions.journal->limit == 1000);
  CHECK(gathered(from_trader(request("journal"))).questions.journal->account == account_id{});
  CHECK(gathered(from_trader(request("journal"))).questions.journal->since == timestamp{});
  for (const std::string account : {"126300", "\"126300\"", "\"XFA-126300\""}) {
    const auto g = gathered(from_trader(request("journal", R"({"limit":5,"since":"2h","account":)" + account + "}")));
    REQUIRE(g.questions.journal);
    CHECK(g.questions.journal->account == account_id{126300});
    CHECK(g.questions.journal->limit == 5);
    CHECK(g.questions.journal->since == at("12:30:00"));
    CHECK_FALSE(g.questions.accounts);
  }
  CHECK(gathered(from_trader(request("journal", R"({"since":"2025-12-24T08:00:00-05:00"})"))).questions.journal->since == at("13:00:00"));
}

TEST_CASE("journal shows its lines, or why there are none") {
  auto g = gathered(from_trader(request("journal")));
  CHECK(finish(g) == R"({"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"the journal cannot be read: no answer from its actor"}})");
  g.found.journal = journal_page{{{at("14:00:00"), account_id{126244}, "verdict", "daily_loss_limit", "breach", 181'000}, {at("14:00:01"), {}, "service", {}, "started", -1}}};
  CHECK(finish(g) == R"({"jsonrpc":"2.0","id":1,"result":{"entries":[)"
                     R"({"at":"2025-12-24T14:00:00.000Z","account":126244,"kind":"verdict","rule":"daily_loss_limit","text":"breach","latency_us":181},)"
                     R"({"at":"2025-12-24T14:00:01.000Z","account":null,"kind":"service","rule":null,"text":"started","latency_us":null}]}})");
}

TEST_CASE("day gives the curve of every account that has answered, or of one") {
  auto g = gathered(from_trader(request("day")));
  CHECK(g.questions.days);
  for (const int64_t id : {126244, 126300})
    g.found.days.push_back({account_id{id}, {at("00:00:00"), {{at("14:00:00"), *money::parse("-12.345")}}}, {}, at("23:00:00"), {}, {}, {}, {}, nullptr});
  const std::string one = R"("day_started":"2025-12-24T00:00:00.000Z","ends":"2025-12-24T23:00:00.000Z","points":[["2025-12-24T14:00:00.000Z","-12.35"]]})";
  CHECK(contains(finish(g), R"([{"id":126244,)" + one + R"(,{"id":126300,)" + one + "]"));
  g.request.params = {{"account", std::string{"XFA-126300"}}};
  CHECK(contains(finish(g), R"("accounts":[{"id":126300,)" + one + "]"));
  CHECK(contains(answered_with(from_trader(request("day", R"({"account":1})"))), "there is no account '1'"));
}

TEST_CASE("version asks nobody") {
  const auto g = gathered(from_trader(request("version")));
  CHECK_FALSE(g.questions.accounts);
  CHECK_FALSE(g.questions.storage);
  CHECK(finish(g) == R"({"jsonrpc":"2.0","id":1,"result":{"version":"0.1.0","pid":4711}})");
}

TEST_CASE("in a status, whoever has not answered says so and is never left out") {
  auto g = gathered(from_trader(request("status")));
  g.put(sample_account());
  g.excuse(account_id{126300}, "timeout");
  const std::string line = finish(g);
  CHECK(contains(line, R"("id":126244,"name":"PRAC-V2-126244","state":"locked")"));
  CHECK(contains(line, R"x("id":126300,"name":"XFA-126300","state":"not_evaluable","why":"no answer from its actor (timeout)","can_trade":null)x"));
  CHECK(contains(line, "nobody knows whether it is guarded"));
  CHECK(contains(line, R"("broker":[{"id":"topstepx","state":"blind","since":null)"));
  CHECK(contains(line, R"({"since":null,"severity":"critical","what":"the link to topstepx is blind: no answer from its actor"})"));
  CHECK(contains(line, "nothing is being written to the database: no answer from its actor"));
}

TEST_CASE("a configuration is given as a text or by its parts' name, not both and not neither; parts are for administrators") {
  const auto as_administrator = [](std::string line) {
    auto out = from_trader(std::move(line));
    out.administrator = true;
    return out;
  };
  CHECK(gathered(as_administrator(request("config_check", R"({"upload":"a"})"))).questions.upload == "a");
  CHECK(gathered(as_administrator(request("config_apply", R"({"text":"version: 1","reason":"why"})"))).questions.upload.empty());
  for (const auto* params : {"{}", R"({"text":"version: 1","upload":"a"})"})
    CHECK(contains(answered_with(as_administrator(request("config_check", params))), "give the configuration as 'text', or by config_part"));
  CHECK(contains(answered_with(as_administrator(request("config_apply", R"({"reason":"why"})"))), "give the configuration as 'text'"));
  CHECK(contains(answered_with(as_administrator(request("config_part", R"({"upload":"","at":0,"text":"x"})"))), "a name of at most 60 bytes"));
  CHECK(contains(answered_with(from_trader(request("config_part", R"({"upload":"a","at":0,"text":"x"})"))), "-32001"));
  CHECK(gathered(as_administrator(request("config_part", R"({"upload":"a","at":7,"text":"x"})"))).questions.part->at == 7);
}

TEST_CASE("I7 orders that begin or end by the time carry whether it is sure") {
  for (const bool sure : {true, false}) {
    auto known = sample_house();
    known.time_sure = sure;
    const auto ordered = [&](const char* method, const char* params) {
      auto line = from_trader(request(method, params));
      line.administrator = true;
      auto next = receive_line(line, command_catalogue(), known);
      REQUIRE(std::holds_alternative<gathering>(next));
      return *std::get<gathering>(next).questions.order;
    };
    CHECK(std::get<reset_order>(ordered("reset", R"({"account":126244,"kind":"daily","reason":"why"})")).sure == sure);
    CHECK(std::get<lock_order>(ordered("lock", R"({"account":126244,"mode":"flat","for":"30m","reason":"why"})")).sure == sure);
  }
}

TEST_CASE("who runs without being configured is asked too, once and in order") {
  house h = sample_house();
  for (const int64_t id : {126300, 126244, 7, 126250, 999999, 7})
    add_running(h, account_id{id});
  std::vector<int64_t> ids;
  for (const auto& a : h.accounts)
    ids.push_back(a.account.value);
  CHECK(ids == std::vector<int64_t>{7, 126244, 126250, 126300, 999999});
  CHECK(h.accounts[1].name == "PRAC-V2-126244");
  for (const auto* name : {"zulu", "alpha", "topstepx"})
    add_running(h, broker_id{name});
  CHECK(h.brokers == std::vector<broker_id>{"alpha", "topstepx", "zulu"});
}

TEST_CASE("an administrator's method is refused to a trader, and that is written down") {
  std::vector<command> catalogue = command_catalogue();
  for (auto& c : catalogue)
    c.administrator = c.name == "version";
  auto line = from_trader(request("version"));
  auto next = receive_line(line, catalogue, sample_house());
  REQUIRE(std::holds_alternative<answered>(next));
  const auto& done = std::get<answered>(next);
  CHECK(done.line == R"({"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"version needs an administrator"}})");
  REQUIRE(done.journal);
  CHECK(done.journal->kind == "admin");
  CHECK(done.journal->at == at("14:30:00"));
  CHECK(done.journal->text == "refused: tim asked for version and is no administrator");

  line.administrator = true;
  CHECK(std::holds_alternative<gathering>(receive_line(line, catalogue, sample_house())));
}

TEST_CASE("a reason looks on every screen like what was typed") {
  const auto asked = [](const std::string& reason) {
    client_line line{9, true, "root", request("lock", R"({"account":126244,"mode":"flat","for":"30m","reason":")" + reason + "\"}"), sample_house().now};
    auto next = receive_line(line, command_catalogue(), sample_house());
    return std::holds_alternative<answered>(next) ? std::get<answered>(next).line : std::string{};
  };
  for (const char* fine : {"news", "Nachrichten um halb drei – Zürich, 日本", "50 € over"})
    CHECK_MESSAGE(asked(fine).find("one line of text") == std::string::npos, fine);
  for (const char* steering : {"a\\u009bb", "a\\u202eb", "a\\u2066b", "a\\u2028b", "a\\u200fb", "a\\u001bb", "a\\nb", "a\\u007fb"})
    CHECK_MESSAGE(asked(steering).find("one line of text") != std::string::npos, steering);
}

TEST_SUITE_END();
