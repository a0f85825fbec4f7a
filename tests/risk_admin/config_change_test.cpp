#include "tools/risk-admin/config_change.hpp"

#include "actors/admin/frame.hpp"
#include "actors/admin/text_uploads.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

/// A service that takes what fits into a request.
struct service {
  text_uploads uploads;
  std::vector<std::string> checked;
  int parts = 0;

  service_call calls() {
    return [this](std::string_view method, const parameters& params) -> rpc_answer {
      const auto line = request_line(1, method, params);
      CHECK(line.size() <= longest_request);
      CHECK(std::holds_alternative<rpc_request>(parse_request(line))); // no character was cut
      const auto text = [&](const char* name) { return std::get<std::string>(params.at(name)); };
      if (method == "config_part") {
        ++parts;
        const auto why_not = uploads.add("ann", text("upload"), std::get<int64_t>(params.at("at")), text("text"), 0);
        return {!why_not, "{}", why_not ? -32005 : 0, why_not.value_or("")};
      }
      checked.push_back(params.contains("upload") ? uploads.take("ann", text("upload"), 0).value_or("?") : text("text"));
      return {true, R"({"ok":true,"problems":[],"warnings":[],"changes":[],"today":[]})", 0, {}};
    };
  }
};

std::string repeated(const std::string& line, std::size_t size) {
  std::string out;
  while (out.size() + line.size() <= size)
    out += line;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("risk_admin");

TEST_CASE("a configuration of any size up to 1 MiB reaches the service whole, whatever its characters need") {
  for (const auto& line : {std::string{"# a comment\n"}, std::string{"# \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\n"}, std::string(30, '\1'), std::string{"\"\\\t\n"}})
    for (const std::size_t size : {1'000u, 65'000u, 70'000u, 1'048'576u}) {
      service there;
      const auto text = repeated(line, size);
      const auto told = size % 2 == 0 ? check_config(there.calls(), text) : apply_config(there.calls(), text, "base", "why");
      REQUIRE(told.value);
      CHECK(told.value->ok);
      REQUIRE(there.checked.size() == 1);
      CHECK(there.checked.front() == text);
      CHECK((size > 1'000 || there.parts == 0));
    }
}

TEST_CASE("one that is too large even in parts is refused with what to do instead") {
  service there;
  const auto told = check_config(there.calls(), repeated("# a comment\n", 1'100'000));
  REQUIRE_FALSE(told.value);
  CHECK(told.refused.message.find("at most") != std::string::npos);
  CHECK(told.refused.message.find("risk-admin service restart") != std::string::npos);
}
