// The client over a named pipe.
#include "actors/admin/local_client.hpp"

#include "actors/admin/windows_users.hpp"

#include <aclapi.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace rm {
namespace {

using clock = std::chrono::steady_clock;

std::string words_for(DWORD error) { return std::system_category().message(static_cast<int>(error)); }

[[noreturn]] void unreachable(const std::string& path, const std::string& why, bool permission = false) {
  throw not_reachable{"the service is not reachable at " + path + ": " + why, permission};
}

/// Whoever put up the pipe before the service did would be told what is meant for the service, a new key among it.
void refuse_a_false_one(HANDLE pipe, const std::string& path) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD error = ::GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr, nullptr, &descriptor);
  const std::unique_ptr<void, local_freer> owned{descriptor};
  const std::string name = error == 0 ? name_of(owner) : std::string{};
  if (name.empty() || (name != local_system && name != administrators && name != own_user()))
    unreachable(path, "what listens there belongs to " + (name.empty() ? "nobody who can be told" : name) + ", not to the service: tell your administrator");
}

DWORD left_until(clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  return static_cast<DWORD>(std::clamp<int64_t>(left, 0, 60'000));
}

} // namespace

struct local_client::connection {
  explicit connection(HANDLE pipe_handle) : pipe{pipe_handle}, done{::CreateEventA(nullptr, TRUE, FALSE, nullptr)} {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    ::CloseHandle(pipe);
    ::CloseHandle(done);
  }

  /// Waits for a read or write that was begun. The size that was moved; 0 and WAIT_TIMEOUT when the time is over, else 0 and the error.
  std::pair<DWORD, DWORD> finish(BOOL begun, OVERLAPPED& work, clock::time_point until) {
    if (!begun && ::GetLastError() != ERROR_IO_PENDING)
      return {0, ::GetLastError()};
    bool late = false;
    if (::WaitForSingleObject(done, left_until(until)) != WAIT_OBJECT_0) {
      late = true;
      ::CancelIoEx(pipe, &work);
    }
    DWORD size = 0;
    // Waits for the cancelling too: the memory must not be written to once we have left.
    if (::GetOverlappedResult(pipe, &work, &size, TRUE))
      return {size, 0};
    return {0, late ? DWORD{WAIT_TIMEOUT} : ::GetLastError()};
  }

  OVERLAPPED fresh() {
    OVERLAPPED work{};
    work.hEvent = done;
    ::ResetEvent(done);
    return work;
  }

  HANDLE pipe;
  HANDLE done;
  std::string read; // what came beyond the last line
};

local_client::local_client(std::string path, std::chrono::milliseconds patience) : path_{std::move(path)}, patience_{patience} {
  // Not GENERIC_WRITE: that asks for the right to put up a pipe of that name, which a trader does not have. The service may learn
  // who we are, and nothing more; we ask who it is.
  constexpr DWORD access = FILE_READ_DATA | FILE_WRITE_DATA | FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;
  constexpr DWORD flags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
  const auto until = clock::now() + patience_;
  HANDLE pipe = INVALID_HANDLE_VALUE;
  while ((pipe = ::CreateFileA(path_.c_str(), access, 0, nullptr, OPEN_EXISTING, flags, nullptr)) == INVALID_HANDLE_VALUE) {
    const DWORD error = ::GetLastError();
    if (error != ERROR_PIPE_BUSY)
      unreachable(path_, words_for(error), error == ERROR_ACCESS_DENIED);
    if (clock::now() >= until)
      unreachable(path_, "it does not take the connection");
    ::WaitNamedPipeA(path_.c_str(), std::max<DWORD>(left_until(until), 1));
  }
  connection_ = std::make_unique<connection>(pipe);
  refuse_a_false_one(pipe, path_);
}

local_client::~local_client() = default;
local_client::local_client(local_client&&) noexcept = default;
local_client& local_client::operator=(local_client&&) noexcept = default;

namespace {

[[noreturn]] void explain(const std::string& path, DWORD error) {
  const bool hung_up = error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED || error == ERROR_NO_DATA;
  unreachable(path, hung_up ? "it hung up" : words_for(error));
}

} // namespace

void local_client::send(const std::string& line) {
  const auto until = clock::now() + patience_;
  const std::string request = line + "\n";
  for (std::size_t sent = 0; sent < request.size();) {
    OVERLAPPED work = connection_->fresh();
    const BOOL begun = ::WriteFile(connection_->pipe, request.data() + sent, static_cast<DWORD>(request.size() - sent), nullptr, &work);
    const auto [size, error] = connection_->finish(begun, work, until);
    if (error == WAIT_TIMEOUT)
      unreachable(path_, "it does not read what is sent");
    if (error != 0)
      explain(path_, error);
    sent += size;
  }
}

std::optional<std::string> local_client::read_line(std::chrono::milliseconds wait) {
  const auto until = clock::now() + wait;
  std::string& read = connection_->read;
  for (std::size_t searched = 0;;) {
    if (const auto end = read.find('\n', searched); end != std::string::npos) {
      std::string line = read.substr(0, end);
      read.erase(0, end + 1);
      return line;
    }
    searched = read.size();
    char part[65536];
    OVERLAPPED work = connection_->fresh();
    const BOOL begun = ::ReadFile(connection_->pipe, part, sizeof part, nullptr, &work);
    const auto [size, error] = connection_->finish(begun, work, until);
    if (error == WAIT_TIMEOUT)
      return std::nullopt;
    if (error != 0)
      explain(path_, error);
    read.append(part, size);
  }
}

std::string default_socket_path() {
  const char* chosen = std::getenv("RISK_MANAGER_SOCKET");
  return chosen != nullptr && *chosen != '\0' ? chosen : "\\\\.\\pipe\\risk-manager";
}

std::string how_to_look() { return "`sc query RiskManagerV34`"; }

} // namespace rm
