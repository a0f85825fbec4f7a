#include "actors/admin/hidden_keys.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;

const std::string with_key = "brokers:\n  - id: a\n    api_url: https://a\n    api_key: s3cret # mine\n  - { id: b, api_url: https://b, api_key: \"other, one\" }\n  - id: c\n    api_key: ${KEY}\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) { return text.replace(text.find(from), from.size(), to); }

} // namespace

TEST_CASE("keys that are written out are hidden, and nothing else is") {
  const auto shown = without_keys(with_key);
  CHECK(shown.find("s3cret") == std::string::npos);
  CHECK(shown.find("other, one") == std::string::npos);
  CHECK(shown.find("api_key: <hidden> # mine") != std::string::npos);
  CHECK(shown.find("api_key: ${KEY}") != std::string::npos);
  CHECK(without_keys("a: 1\n") == "a: 1\n");
  CHECK(without_keys("") == "");
}

TEST_CASE("hidden keys come back to where they were, and only there") {
  const auto shown = without_keys(with_key);
  CHECK(with_keys(shown, with_key) == with_key);
  CHECK(with_keys(replaced(shown, "id: a", "id: z"), with_key) == replaced(with_key, "id: a", "id: z"));
  CHECK(with_keys("a: 1\n", with_key) == "a: 1\n");                               // nothing hidden in it
  CHECK_FALSE(with_keys(replaced(shown, "https://a", "https://evil"), with_key)); // the key would go elsewhere
  CHECK_FALSE(with_keys(shown + "  - { api_key: <hidden> }\n", with_key));
  CHECK_FALSE(with_keys(shown + "  - { id: d, api_key: new }\n", with_key)); // a new key beside hidden ones
  CHECK_FALSE(with_keys(replaced(shown, "api_key: <hidden> # mine", "api_key: new"), with_key));
}

TEST_CASE("in whatever way YAML lets a key be written, nothing of it is shown, and it comes back") {
  const char* written[] = {
    "api_key: >-\n      s3cret\n    id: a\n", "api_key: |\n      s3cret\n\n      s3cret more\n    id: a\n", "api_key:\n      s3cret\n    id: a\n", "api_key:\r\n      s3cret\r\n    id: a\r\n",
    "api_key : 's3''cret'\n    id: a\n", "\"api_key\": \"s3\\\"cret\"\n    id: a\n", "'api_key': s3cret\n    id: a\n", "api_key: s3cret,s3cret\n    id: a\n", "api_key: \"s3cret\n    id: a\n", "api_key: 's3cret",
  };
  for (const std::string value : written) {
    CAPTURE(value);
    const std::string text = "brokers:\n  - " + value;
    const auto shown = without_keys(text);
    CHECK(shown.find("cret") == std::string::npos);
    CHECK(shown.find("<hidden>") != std::string::npos);
    CHECK(shown.find("id: a") == (text.find("id: a") == std::string::npos ? std::string::npos : shown.rfind("id: a")));
    CHECK(with_keys(shown, text) == text);
  }
  CHECK(without_keys("brokers:\n  - api_key:\n    id: a\n") == "brokers:\n  - api_key:\n    id: a\n"); // there is none
}

TEST_CASE("a value may be of any length") {
  const std::string key(5'000'000, 'a');
  CHECK(without_keys("api_key: " + key + "\n") == "api_key: <hidden>\n");
  CHECK(without_keys("# api_key: \"" + key + "\n") == "# api_key: <hidden>\n");
  CHECK(without_keys("{ api_key: '" + key + "' }\n") == "{ api_key: <hidden> }\n");
  CHECK(with_keys("api_key: <hidden>\nuser_name: " + key, "api_key: b\nuser_name: " + key) == "api_key: b\nuser_name: " + key);
}

TEST_SUITE_END();
