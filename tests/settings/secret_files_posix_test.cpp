// Secrets in files: who may read them. The platform's permission bits, so for POSIX systems only.
#include "tools/risk-manager/settings.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <fstream>

using namespace rm;

TEST_SUITE_BEGIN("settings");

namespace {

using std::filesystem::perms;

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("rm-settings-" + std::to_string(::getpid()));
  folder() { std::filesystem::create_directories(path); }
  ~folder() { std::filesystem::remove_all(path); }

  std::filesystem::path write(const char* name, const std::string& text, perms mode) const {
    std::ofstream{path / name} << text;
    std::filesystem::permissions(path / name, mode);
    return path / name;
  }
};

std::string configuration(const char* key_line) {
  return "version: 1\ncalendar: { timezone: America/Chicago }\nbrokers:\n  - id: a\n    api_url: https://x.com\n    user_hub_url: https://x.com\n"
         "    market_hub_url: https://x.com\n    user_name: me\n    " + std::string{key_line} + "\naccounts: [{ id: 1, broker: a, rules: { max_contracts: {} } }]\n";
}

const environment nothing = [](const std::string&) { return std::optional<std::string>{}; };
constexpr perms owner = perms::owner_read | perms::owner_write;

} // namespace

TEST_CASE_FIXTURE(folder, "a key is read from a file beside the configuration that only its owner can read") {
  write("key", "sk-1 \r\nmore\n", owner); // also one that Windows has written
  const auto file = write("rm.yaml", configuration("api_key_file: key"), owner | perms::group_read | perms::others_read);
  const auto out = load_settings(file, nothing);
  REQUIRE(out.found.empty());
  CHECK(out.value->brokers[0].api_key == "sk-1");
}

TEST_CASE_FIXTURE(folder, "a ca_file without a certificate is a problem, found before anything is connected") {
  write("key", "sk-1\n", owner);
  for (auto& [text, good] : {std::pair<const char*, bool>{"hello\n", false}, {"", false}, {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", true}}) {
    write("ca.pem", text, owner);
    const auto out = load_settings(write("rm.yaml", configuration("api_key_file: key\n    ca_file: ca.pem"), owner), nothing);
    CHECK(out.found.empty() == good);
    if (!good)
      CHECK(out.found[0].text.find("holds no certificate") == 0);
  }
}

TEST_CASE_FIXTURE(folder, "a key file that others can read is a problem, and so is an empty one") {
  for (perms extra : {perms::group_read, perms::others_read, perms::group_write}) {
    write("key", "sk-1\n", owner | extra);
    const auto out = load_settings(write("rm.yaml", configuration("api_key_file: key"), owner), nothing);
    REQUIRE(out.found.size() == 1);
    CHECK(out.found[0].line == 9);
    CHECK(out.found[0].text == "the file with the key is open to others than its owner: chmod 600 it");
    std::filesystem::remove(path / "key");
  }
  write("key", " \n", owner);
  CHECK(load_settings(write("rm.yaml", configuration("api_key_file: key"), owner), nothing).found.size() == 1);
}

TEST_CASE_FIXTURE(folder, "a key that is written out asks for a private configuration file") {
  const auto file = write("rm.yaml", configuration("api_key: sk-1"), owner);
  CHECK(load_settings(file, nothing).value.has_value());
  std::filesystem::permissions(file, owner | perms::others_read);
  const auto out = load_settings(file, nothing);
  CHECK_FALSE(out.value.has_value());
  REQUIRE(out.found.size() == 1);
  CHECK(out.found[0].path == "brokers[0].api_key");
  CHECK(out.found[0].text.find("sk-1") == std::string::npos);
}

TEST_CASE_FIXTURE(folder, "relative paths start at the configuration's folder, and the socket lies beside the data by default") {
  const auto read = [&](const char* service) { return load_settings(write("rm.yaml", configuration("api_key: sk-1") + service, owner), nothing); };
  CHECK(read("service: { data_dir: data, socket: run/rm.sock }\n").value->service.socket == path / "run/rm.sock");
  CHECK(read("service: { data_dir: ./data }\n").value->service.socket == path / "data/risk-manager.sock");
  CHECK(read("service: { data_dir: /var/x }\n").value->service.data_dir == std::filesystem::path{"/var/x"});
}

TEST_CASE_FIXTURE(folder, "a socket's path can be too long for the system") {
  const std::string text = configuration("api_key: sk-1") + "service: { socket: /tmp/" + std::string(200, 'x') + " }\n";
  const auto out = load_settings(write("rm.yaml", text, owner), nothing);
  REQUIRE(out.found.size() == 1);
  CHECK(out.found[0].path == "service.socket");
}

TEST_SUITE_END();
