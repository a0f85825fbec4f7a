#include "actors/admin/local_client.hpp"
#include "actors/admin/windows_users.hpp"

#include <doctest/doctest.h>
#include <sddl.h>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;

/// What the client says of a pipe with that owner.
std::string said_of(const std::string& owner) {
  const std::string path = "\\\\.\\pipe\\rm-test-false-" + std::to_string(::GetCurrentProcessId()) + owner;
  PSECURITY_DESCRIPTOR raw = nullptr;
  REQUIRE(::ConvertStringSecurityDescriptorToSecurityDescriptorA(("O:" + owner + "D:(A;;GA;;;WD)").c_str(), SDDL_REVISION_1, &raw, nullptr));
  const std::unique_ptr<void, local_freer> descriptor{raw};
  SECURITY_ATTRIBUTES attributes{sizeof attributes, raw, FALSE};
  const unique_handle pipe{::CreateNamedPipeA(path.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, &attributes)};
  REQUIRE(pipe.get() != INVALID_HANDLE_VALUE);
  try {
    local_client client{path, std::chrono::seconds{5}};
    return "connected";
  } catch (const not_reachable& why) {
    return why.what();
  }
}

} // namespace

TEST_CASE("nothing is said to a pipe that is not the service's") {
  CHECK(said_of("SY") == "connected");
  CHECK(said_of("BA") == "connected");
  CHECK(said_of(own_user()) == "connected"); // who runs the service by hand
  CHECK(said_of("BU").find("belongs to S-1-5-32-545, not to the service") != std::string::npos);
}

TEST_SUITE_END();
