// Files that are no configuration as a whole: saved in another encoding, damaged, too deep, too many keys.
#include "tools/risk-manager/settings.hpp"
#include "tools/risk-manager/text_encoding.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace rm;
using namespace std::string_literals;

TEST_SUITE_BEGIN("settings");

namespace {

const environment nothing = [](const std::string&) { return std::nullopt; };

const std::string small = "version: 1\n# a configuration\nbrokers: [{ user_name: ${RM_USER} }]\n";

/// In units of so many bytes each, high byte first or last.
std::string widened(const std::string& text, std::size_t bytes, bool high_first) {
  std::string out;
  for (const char c : text) {
    const std::string zeros(bytes - 1, '\0');
    out += high_first ? zeros + c : c + zeros;
  }
  return out;
}

std::string only_problem(const std::string& text) {
  const auto out = read_settings(text, "/etc/rm", nothing);
  CHECK_FALSE(out.value);
  REQUIRE(out.found.size() == 1);
  return std::to_string(out.found[0].line) + ": " + out.found[0].text;
}

std::string repeated(const std::string& what, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += what;
  return out;
}

std::string keys(int count, const std::string& before = "") {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += before + "k" + std::to_string(i) + ": 1\n";
  return out;
}

} // namespace

TEST_CASE("a file that is saved as UTF-16 or UTF-32 is told so, with or without its mark, and what to do") {
  const struct {
    std::string bytes, name;
  } table[] = {
    {"\xFF\xFE" + widened(small, 2, false), "UTF-16"},   {widened(small, 2, false), "UTF-16"},
    {"\xFE\xFF" + widened(small, 2, true), "UTF-16"},    {widened(small, 2, true), "UTF-16"},
    {"\xFF\xFE\0\0"s + widened(small, 4, false), "UTF-32"}, {widened(small, 4, false), "UTF-32"},
    {"\0\0\xFE\xFF"s + widened(small, 4, true), "UTF-32"},  {widened(small, 4, true), "UTF-32"},
    {"\xEF\xBF\xBD\xEF\xBF\xBD" + widened(small, 2, false), "UTF-16"}, // as risk-admin sends it
  };
  for (auto& row : table) {
    CAPTURE(row.name);
    const auto said = only_problem(row.bytes);
    CHECK(said.starts_with("1: this file is saved as " + row.name + ": save it as UTF-8 ("));
  }
}

TEST_CASE("a zero byte is told with its line; so is a file of nothing else") {
  CHECK(only_problem("version: 1\nbrokers:\n  - id: \0x\n"s).starts_with("3: a zero byte (NUL) stands here"));
  CHECK(only_problem("version: 1\n" + std::string(4096, '\0')).starts_with("2: a zero byte (NUL) stands here"));
  CHECK(only_problem(std::string(4096, '\0')).starts_with("1: a zero byte (NUL) stands here"));
}

TEST_CASE("UTF-8 with its mark is read as without") {
  CHECK(without_mark("\xEF\xBB\xBFkey") == "key");
  CHECK(without_mark("key") == "key");
  const auto plain = read_settings(small, "/etc/rm", nothing), marked = read_settings("\xEF\xBB\xBF" + small, "/etc/rm", nothing);
  REQUIRE(plain.found.size() == marked.found.size());
  for (std::size_t i = 0; i < plain.found.size(); ++i)
    CHECK(format_problem("f", plain.found[i]) == format_problem("f", marked.found[i]));
}

TEST_CASE("what is nested too deep is told with its line and the limit, in brackets, in indents and between other things") {
  const std::string deep = "this is nested more than 40 levels deep: look for brackets or indents that are too many";
  CHECK(only_problem("version: 1\na: " + repeated("[", 40) + repeated("]", 40) + "\n") == "2: " + deep);
  CHECK(only_problem("version: 1\n\na: " + repeated("[", 3000) + repeated("]", 3000) + "\n") == "3: " + deep);
  CHECK(only_problem("version: 1\na: " + repeated("{ b: ", 3000) + "\n") == "2: " + deep);
  std::string stairs = "version: 1\n";
  for (std::size_t i = 0; i < 100; ++i)
    stairs += std::string(2 * i, ' ') + "a:\n";
  CHECK(only_problem(stairs) == "42: " + deep);
  const auto out = read_settings("version: 1\na: " + repeated("[", 39) + repeated("]", 39) + "\n", "/etc/rm", nothing);
  for (auto& p : out.found)
    CHECK(p.text.find("nested") == std::string::npos);
}

TEST_CASE("an alias that contains itself is told") {
  const auto out = read_settings("version: 1\na: &a [*a]\n", "/etc/rm", nothing);
  CHECK_FALSE(out.value);
  CHECK(std::any_of(out.found.begin(), out.found.end(), [](auto& p) { return p.text.find("does an alias contain itself?") != std::string::npos; }));
}

TEST_CASE("so many keys that nobody can have written them are refused before they are read, with the line and the limit") {
  CHECK(only_problem("version: 1\n" + keys(700'000)) == "20001: by here one mapping holds more than 20000 keys: this is no configuration");
  CHECK(only_problem("version: 1\nrules:\n" + keys(700'000, "  ")) == "20003: by here one mapping holds more than 20000 keys: this is no configuration");
  CHECK(only_problem("version: 1\nrules: [" + repeated("1,\n", 500'000) + "1]\n") == "399997: by here the file holds more than 400000 keys and values: this is no configuration");
}

TEST_CASE("of many mistakes the first 200 are told, and how many there are") {
  const auto out = read_settings("version: 1\n" + keys(15'000), "/etc/rm", nothing);
  REQUIRE(out.found.size() == 201);
  CHECK(out.found[5].text.starts_with("unknown key"));
  CHECK(format_problem("f", out.found[200]) == "f: and 14802 more mistakes: mend these first"); // brokers and accounts are missing, too
}

TEST_CASE("each key that stands twice is told, with where it stood first") {
  const auto out = read_settings("version: 1\naccounts: []\nversion: 1\nversion: 2\n", "/etc/rm", nothing);
  std::string all;
  for (auto& p : out.found)
    all += format_problem("f", p) + "\n";
  CHECK(all.find("f:3: version: stands here twice, first in line 1: remove one\nf:4: version: stands here twice, first in line 1: remove one\n") != std::string::npos);
}

TEST_CASE("a key in a file that is saved as UTF-16, as an older PowerShell writes it, is told; a UTF-8 mark before it is no part of it") {
  const auto folder = std::filesystem::temp_directory_path() / ("rm-encoded-key-" + std::to_string(process_number()));
  std::filesystem::create_directory(folder);
  const auto with_key = [&](const std::string& bytes) {
    std::ofstream{folder / "key", std::ios::binary} << bytes;
    std::filesystem::permissions(folder / "key", std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return read_settings("version: 1\nbrokers: [{ id: t, api_url: https://a.b, user_hub_url: https://a.b, market_hub_url: https://a.b, user_name: u, api_key_file: key }]\n"
                         "accounts: [{ id: 1, broker: t, rules: { max_contracts: { limit: 1 } } }]\n", folder, nothing);
  };
  const auto marked = with_key("\xEF\xBB\xBFsk-one\r\n");
  REQUIRE(marked.value);
  CHECK(marked.value->brokers[0].api_key == "sk-one");
  for (const auto& bytes : {"\xFF\xFE" + widened("sk-one\r\n", 2, false), widened("sk-one\r\n", 2, false)}) {
    const auto out = with_key(bytes);
    CHECK_FALSE(out.value);
    REQUIRE(out.found.size() == 1);
    CHECK(format_problem("f", out.found[0]).starts_with("f:2: brokers[0].api_key_file: the file with the key: this file is saved as UTF-16: save it as UTF-8"));
  }
  std::filesystem::remove_all(folder);
}

TEST_SUITE_END();
