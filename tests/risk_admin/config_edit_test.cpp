#include "tools/risk-admin/config_edit.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("risk-admin");

namespace {

using namespace rm;

const std::string sample = R"(# the top comment
version: 1   # stays

profiles:
  default:
    rules:
      # RULE-004: why
      daily_loss_limit: { limit: 500, warn_at: [0.5, 0.8] } # keep me
      max_contracts: { limit: 5, on_breach: { action: reduce_to_limit, lock: none } }
      trade_frequency:
        min_interval: 5m   # between entries
        # per_minute: { limit: 3 }

# The accounts.
accounts:
  - id: 126244
    name: PRAC-V2-126244
    profile: default
    rules:
      max_contracts: { limit: 3 }

  # the second one
  - id: 7
    name: "other: one"
    broker: sim
)";

std::string changed(const config_path& where, std::string_view value) { return set_value(sample, where, value).value_or("nothing"); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

const config_path loss_rule{"profiles", "default", "rules", "daily_loss_limit"};

config_path in(config_path where, const std::string& key) {
  where.push_back(key);
  return where;
}

} // namespace

TEST_CASE("a value in a flow map is replaced and nothing else changes") {
  CHECK(changed(in(loss_rule, "limit"), "250") == replaced(sample, "limit: 500", "limit: 250"));
  CHECK(changed(in(loss_rule, "warn_at"), "[0.9]") == replaced(sample, "[0.5, 0.8]", "[0.9]"));
  CHECK(changed({"profiles", "default", "rules", "max_contracts", "on_breach", "lock"}, "all") == replaced(sample, "lock: none", "lock: all"));
}

TEST_CASE("a value in a block is replaced and its comment stays") {
  CHECK(changed({"profiles", "default", "rules", "trade_frequency", "min_interval"}, "10m") == replaced(sample, "min_interval: 5m   # between", "min_interval: 10m   # between"));
  CHECK(changed({"version"}, "2") == replaced(sample, "version: 1   #", "version: 2   #"));
}

TEST_CASE("what is missing is added where it belongs") {
  CHECK(changed(in(loss_rule, "enabled"), "false") == replaced(sample, "[0.5, 0.8] }", "[0.5, 0.8], enabled: false }"));
  CHECK(changed({"profiles", "default", "rules", "max_drawdown", "limit"}, "300") ==
        replaced(sample, "between entries\n", "between entries\n      max_drawdown: { limit: 300 }\n"));
  CHECK(changed({"accounts", "id=7", "rules", "max_contracts", "limit"}, "1") == replaced(sample, "    broker: sim\n", "    broker: sim\n    rules: { max_contracts: { limit: 1 } }\n"));
  CHECK(changed({"profiles", "default", "rules", "trade_frequency", "per_hour", "limit"}, "9") ==
        replaced(sample, "between entries\n", "between entries\n        per_hour: { limit: 9 }\n"));
}

TEST_CASE("the item of a list is found by its id") {
  CHECK(changed({"accounts", "id=126244", "rules", "max_contracts", "limit"}, "2") == replaced(sample, "max_contracts: { limit: 3 }", "max_contracts: { limit: 2 }"));
  CHECK(changed({"accounts", "id=7", "name"}, "x") == replaced(sample, "\"other: one\"", "x"));
  CHECK_FALSE(set_value(sample, {"accounts", "id=99", "name"}, "x"));
}

TEST_CASE("where a scalar stands no map can be entered") {
  CHECK_FALSE(set_value(sample, {"version", "deep"}, "x"));
  CHECK_FALSE(set_value("", {}, "x"));
  CHECK(set_value("", {"version"}, "1") == "version: 1\n");
}

TEST_CASE("values and keys are read back") {
  CHECK(value_at(sample, in(loss_rule, "limit")) == "500");
  CHECK(value_at(sample, {"profiles", "default", "rules", "trade_frequency", "min_interval"}) == "5m");
  CHECK(value_at(sample, {"profiles", "default", "rules", "max_contracts", "on_breach", "action"}) == "reduce_to_limit");
  CHECK(value_at(sample, {"accounts", "id=7", "name"}) == "other: one");
  CHECK_FALSE(value_at(sample, in(loss_rule, "nothing")));
  CHECK(keys_at(sample, {"profiles"}) == std::vector<std::string>{"default"});
  CHECK(keys_at(sample, {"profiles", "default", "rules"}) == std::vector<std::string>{"daily_loss_limit", "max_contracts", "trade_frequency"});
  CHECK(keys_at(sample, loss_rule) == std::vector<std::string>{"limit", "warn_at"});
  CHECK(keys_at(sample, {"accounts"}) == std::vector<std::string>{"126244", "7"});
  CHECK(keys_at(sample, {"accounts", "id=126244"}) == std::vector<std::string>{"id", "name", "profile", "rules"});
}

TEST_CASE("a flow map over several lines is changed in place") {
  const std::string text = "a: { b: 1,\n     c: { d: 2 } } # end\nz: 1\n";
  CHECK(set_value(text, {"a", "c", "d"}, "3") == "a: { b: 1,\n     c: { d: 3 } } # end\nz: 1\n");
  CHECK(set_value(text, {"a", "b"}, "9") == "a: { b: 9,\n     c: { d: 2 } } # end\nz: 1\n");
  CHECK(set_value("profiles: { a: { rules: { x: { limit: 1 } } } }\n", {"profiles", "a", "rules", "x", "limit"}, "2") == "profiles: { a: { rules: { x: { limit: 2 } } } }\n");
}

TEST_CASE("an item of a list may be in flow style") {
  const std::string text = "accounts:\n  - { id: 9, broker: sim, rules: { max_contracts: { limit: 1 } } } # short\n  - id: 8\n    name: x\n";
  CHECK(keys_at(text, {"accounts"}) == std::vector<std::string>{"9", "8"});
  CHECK(value_at(text, {"accounts", "id=9", "rules", "max_contracts", "limit"}) == "1");
  CHECK(set_value(text, {"accounts", "id=9", "rules", "max_contracts", "limit"}, "2") == replaced(text, "limit: 1", "limit: 2"));
  CHECK(set_value(text, {"accounts", "id=9", "name"}, "y") == replaced(text, "} } } #", "} }, name: y } #"));
  CHECK(value_at(text, {"accounts", "id=8", "name"}) == "x");
  CHECK(remove_item(text, {"accounts"}, "9") == replaced(text, "  - { id: 9, broker: sim, rules: { max_contracts: { limit: 1 } } } # short\n", ""));
}

TEST_CASE("items come and go whole") {
  const auto more = add_item(sample, {"accounts"}, {"id: 8", "name: third", "broker: sim"});
  REQUIRE(more);
  CHECK(*more == sample + "  - id: 8\n    name: third\n    broker: sim\n");
  CHECK(remove_item(*more, {"accounts"}, "8") == sample);
  const auto less = remove_item(sample, {"accounts"}, "126244");
  REQUIRE(less);
  CHECK(less->find("126244") == std::string::npos);
  CHECK(less->find("# the second one\n  - id: 7") != std::string::npos);
  CHECK_FALSE(remove_item(sample, {"accounts"}, "99"));
}

TEST_CASE("a difference for people shows no key, old or new, and says that one is new") {
  const auto shown = shown_difference("id: a\napi_key: <hidden>\n", "id: b\napi_key: other-key-0002\n");
  REQUIRE(shown.size() == 4);
  CHECK(shown[2] == "  api_key: <hidden>");
  CHECK(shown[3] == "! a key that is written out is new; keys are not shown");
  CHECK(shown_difference("api_key: <hidden>\n", "api_key: other-key-0002\n").size() == 1);
  CHECK(shown_difference("api_key: <hidden>\n", "api_key: <hidden>\n").empty());
}

TEST_CASE("a difference shows the changed lines and a little around them") {
  CHECK(difference(sample, sample).empty());
  const auto shown = difference(sample, changed(in(loss_rule, "limit"), "250"));
  REQUIRE(shown.size() == 6);
  CHECK(shown[0] == "      rules:");
  CHECK(shown[2] == "-       daily_loss_limit: { limit: 500, warn_at: [0.5, 0.8] } # keep me");
  CHECK(shown[3] == "+       daily_loss_limit: { limit: 250, warn_at: [0.5, 0.8] } # keep me");
  CHECK(difference("a\n", "").size() == 1);
  CHECK(difference("", "a\nb\n") == std::vector<std::string>{"+ a", "+ b"});
}

TEST_CASE("a word is quoted where YAML would take it for something else") {
  CHECK(yaml_word("PRAC-V2-126244") == "PRAC-V2-126244");
  CHECK(yaml_word("a: b") == "\"a: b\"");
  CHECK(yaml_word("- x") == "\"- x\"");
  CHECK(yaml_word("say \"no\"") == "\"say \\\"no\\\"\"");
}

TEST_SUITE_END();
