#include "actors/rules/parameters.hpp"

#include "tests/rules/views.hpp"

using namespace rm;
using namespace rm::test;

TEST_SUITE_BEGIN("rules");

TEST_CASE("the nearest word is found by edits, whatever the case, and nothing far is offered") {
  const std::vector<std::string> known{"daily_loss_limit", "daily_profit_target", "max_contracts", "limit"};
  CHECK(nearest("daily_los_limit", known) == "daily_loss_limit");
  CHECK(nearest("Max_Contract", known) == "max_contracts");
  CHECK(nearest("limti", known) == "limit");
  CHECK(nearest("max_drawdown", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("lengths of time carry their unit") {
  const std::pair<const char*, duration> good[] = {{"30s", 30s}, {"15m", 15min}, {"1h", 1h}, {"500ms", 500ms}, {"2d", 48h}, {"0s", 0s}, {"366d", 366 * 24h}};
  for (const auto& [word, expected] : good) {
    CAPTURE(word);
    CHECK(parse_length(word) == expected);
    CHECK(parse_length(format_length(expected)) == expected);
  }
  for (const char* word : {"", "s", "30", "-30s", "30 s", "1.5h", "30S", "30sec", "367d", "99999999999999999999s", "999999999d", "1h30m"}) {
    CAPTURE(word);
    CHECK_FALSE(parse_length(word).has_value());
  }
  CHECK(format_length(1800s) == "30m");
  CHECK(format_length(90s) == "90s");
  CHECK(format_length(1500ms) == "1500ms");
}

TEST_CASE("every kind of value is read, or its problem says what, where and what to do") {
  const parameter block = map({{"sum", text("512.50")}, {"loss", text("-500")}, {"zero", text("0")}, {"word", text("five hundred")}, {"huge", text("1e10")},
                               {"count", text("7")}, {"part", text("7.5")}, {"at", text("09:30")}, {"exact", text("23:59:59")}, {"odd", text("9:30")},
                               {"late", text("24:00")}, {"yes", text("yes")}, {"on", text("true")}, {"mode", text("grosss")}, {"many", list({})}, {"none", parameter{}}});
  problems found;
  parameter_reader reader{block, "rules.x", found};
  CHECK(reader.amount("sum") == dollars("512.5"));
  CHECK(reader.count("count", 1, 10) == 7);
  CHECK(reader.time_of_day("at") == 9h + 30min);
  CHECK(reader.time_of_day("exact") == 24h - 1s);
  CHECK(reader.flag("on", false));
  CHECK(reader.flag("not there", true));
  CHECK(reader.amount("not there", money::whole(5)) == money::whole(5));
  CHECK(found.empty());
  CHECK_FALSE(reader.amount("loss", money::whole(5)).has_value()); // a wrong value is never replaced by the default
  CHECK_FALSE(reader.amount("zero").has_value());
  CHECK_FALSE(reader.amount("word").has_value());
  CHECK_FALSE(reader.amount("huge").has_value());
  CHECK_FALSE(reader.amount("missing").has_value());
  CHECK_FALSE(reader.count("count", 10, 20).has_value());
  CHECK_FALSE(reader.count("part", 1, 10).has_value());
  CHECK_FALSE(reader.time_of_day("odd").has_value());
  CHECK_FALSE(reader.time_of_day("late").has_value());
  CHECK_FALSE(reader.flag("yes", false));
  CHECK_FALSE(reader.choice("mode", {"net", "gross"}, 0).has_value());
  CHECK_FALSE(reader.word("many").has_value());
  CHECK_FALSE(reader.length("none").has_value());
  const char* expected[] = {
    "must be positive: amounts are written without a sign, also losses (500 means a loss of 500); found \"-500\"",
    "must be more than 0; to switch the rule off write enabled: false",
    "must be a positive amount such as 500; found \"five hundred\"",
    "must be at most 1000000000; found \"1e10\"",
    "is missing; add missing: a positive amount such as 500",
    "must be a whole number from 10 to 20; found \"7\"",
    "must be a whole number from 1 to 10; found \"7.5\"",
    "must be a time of day such as \"17:00\" or \"17:00:30\"; found \"9:30\"",
    "must be a time of day such as \"17:00\" or \"17:00:30\"; found \"24:00\"",
    "must be true or false; found \"yes\"",
    "must be one of: net, gross; found \"grosss\", did you mean gross?",
    "must be a text; found a list",
    "must be a length of time such as 30s, 15m or 1h; found nothing",
  };
  REQUIRE(found.size() == std::size(expected));
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i].text == expected[i]);
  CHECK(found[0].path == "rules.x.loss");
  CHECK(found[4].path == "rules.x.missing");
  CHECK(found[4].absent);
  CHECK_FALSE(found[3].absent);
}

TEST_CASE("keys that nobody asked for are reported with the nearest that is known") {
  problems found;
  const parameter block = map({{"limit", text("5")}, {"cuont", text("net")}, {"colour", text("red")}});
  parameter_reader reader{block, "x", found};
  reader.get("limit");
  reader.get("count");
  reader.finish();
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "x.cuont");
  CHECK(found[0].text == "unknown key; did you mean count?");
  CHECK(found[1].text == "unknown key; known here: limit, count");
}

TEST_CASE("hidden values are never repeated, and a key shows no more than a key") {
  parameter secret = text("sk-12345");
  secret.hidden = true;
  problems found;
  const parameter block = map({{"sum", secret}, {"mode", secret}, {"api_key:sk-12345", parameter{}}});
  parameter_reader reader{block, "x", found};
  reader.amount("sum");
  reader.choice("mode", {"sk-12346"});
  reader.finish();
  REQUIRE(found.size() == 3);
  for (const auto& p : found) {
    CHECK((p.path + p.text).find("12345") == std::string::npos);
    CHECK(p.text.find("did you mean sk") == std::string::npos);
  }
  CHECK(shown_key("api_key:sk-12345") == "api_key…");
}

TEST_CASE("what is no map is a problem, nothing at all is an empty map") {
  problems found;
  const parameter nothing;
  parameter_reader empty{nothing, "x", found};
  CHECK(empty.amount("limit", money::whole(1)) == money::whole(1));
  empty.finish();
  CHECK(found.empty());
  const parameter word = text("500");
  parameter_reader wrong{word, "x", found};
  CHECK(wrong.get("limit") == nullptr);
  wrong.finish();
  REQUIRE(found.size() == 1);
  CHECK(found[0].text == "must be a map of keys and values; found \"500\"");
}

TEST_SUITE_END();
