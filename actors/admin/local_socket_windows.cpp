// The local socket as a named pipe.
#include "actors/admin/local_socket.hpp"

#include "actors/admin/socket_sessions.hpp"
#include "actors/admin/windows_access.hpp"
#include "actors/admin/windows_users.hpp"

#include <boost/asio/windows/overlapped_ptr.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include <windows.h>

#include <sddl.h>

#include <stdexcept>

namespace rm {
namespace {

using pipe_stream = boost::asio::windows::stream_handle;

constexpr DWORD pipe_buffer = 64 * 1024;
constexpr auto pause_after_failed_accept = std::chrono::milliseconds{100};

boost::system::error_code last_error() { return {static_cast<int>(::GetLastError()), boost::system::system_category()}; }

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw std::runtime_error{"cannot listen on the pipe " + path + ": " + why};
}

/// An administrator here is elevated: in a token that User Account Control has filtered the group counts for nothing.
bool in_administrators(HANDLE token) {
  alignas(SID) std::array<std::byte, SECURITY_MAX_SID_SIZE> group{};
  auto size = static_cast<DWORD>(group.size());
  BOOL member = FALSE;
  return ::CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, group.data(), &size) && ::CheckTokenMembership(token, group.data(), &member) && member;
}

/// Who sent what was just read. Whoever cannot be told is no administrator.
client_identity identify(pipe_stream& pipe, const std::string& own) {
  client_identity who{false, "unknown"};
  if (!::ImpersonateNamedPipeClient(pipe.native_handle()))
    return who;
  HANDLE raw = nullptr;
  const BOOL opened = ::OpenThreadToken(::GetCurrentThread(), TOKEN_QUERY, TRUE, &raw);
  bool administrator = false;
  if (opened) {
    const unique_handle token{raw};
    who.user = user_of(token.get());
    administrator = in_administrators(token.get()) || (!own.empty() && who.user == own);
  }
  // A thread that cannot be itself again must not go on as somebody else.
  if (!::RevertToSelf())
    std::terminate();
  who.administrator = administrator;
  return who;
}

class pipe_server : public client_port, public std::enable_shared_from_this<pipe_server> {
public:
  pipe_server(boost::asio::io_context& io, const local_socket_settings& settings, socket_sink sink)
    : io_{io},
      path_{settings.path},
      own_{own_user()},
      sessions_{std::make_shared<socket_sessions<pipe_stream>>(io, settings.limits, std::move(sink), [own = own_](pipe_stream& p) { return identify(p, own); })},
      next_{io},
      again_{io} {
    if (!path_.starts_with("\\\\.\\pipe\\"))
      fail(path_, "its name must begin with \\\\.\\pipe\\");
    // Named outright, so that whoever connects can tell whose the pipe is.
    const std::string list = (own_.empty() ? std::string{} : "O:" + own_) + access::pipe + (own_.empty() ? std::string{} : "(A;;GA;;;" + own_ + ")");
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    if (!::ConvertStringSecurityDescriptorToSecurityDescriptorA(list.c_str(), SDDL_REVISION_1, &descriptor, nullptr))
      fail(path_, "its access list cannot be made: " + last_error().message());
    descriptor_.reset(descriptor);
  }

  void start() {
    const std::lock_guard hold{sessions_->guard()};
    // Wine knows no first instance: there, asking whether the name exists has to do.
    if (::WaitNamedPipeA(path_.c_str(), 1) || ::GetLastError() != ERROR_FILE_NOT_FOUND)
      fail(path_, "another service listens there");
    // The first one must be ours alone: whoever already has a pipe of that name is not us.
    if (const auto error = put_up(FILE_FLAG_FIRST_PIPE_INSTANCE))
      fail(path_, error.value() == ERROR_ACCESS_DENIED || error.value() == ERROR_PIPE_BUSY ? "another service listens there" : error.message());
    accept();
  }

  void answer(uint64_t connection, std::string line) override { sessions_->answer(connection, std::move(line)); }
  void push(uint64_t connection, std::string_view topic, std::string line) override { sessions_->push(connection, topic, std::move(line)); }

  void close() override {
    const std::lock_guard hold{sessions_->guard()};
    if (sessions_->closed())
      return;
    sessions_->close();
    boost::system::error_code ignored;
    next_.close(ignored);
    again_.cancel();
  }

private:
  /// Makes the instance that the next client will meet.
  boost::system::error_code put_up(DWORD more) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor_.get(), FALSE};
    const HANDLE pipe = ::CreateNamedPipeA(path_.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | more,
                                           PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, PIPE_UNLIMITED_INSTANCES, pipe_buffer,
                                           pipe_buffer, 0, &attributes);
    if (pipe == INVALID_HANDLE_VALUE)
      return last_error();
    boost::system::error_code error;
    next_.assign(pipe, error);
    if (error)
      ::CloseHandle(pipe);
    return error;
  }

  void accept() {
    boost::asio::windows::overlapped_ptr waiting{io_, [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                                                   const std::lock_guard hold{self->sessions_->guard()};
                                                   if (!self->sessions_->closed())
                                                     self->on_client(error);
                                                 }};
    const BOOL connected = ::ConnectNamedPipe(next_.native_handle(), waiting.get());
    const boost::system::error_code error = last_error();
    if (connected || error.value() == ERROR_IO_PENDING)
      waiting.release(); // its completion will be told
    else
      waiting.complete(error.value() == ERROR_PIPE_CONNECTED ? boost::system::error_code{} : error, 0);
  }

  void on_client(boost::system::error_code error) {
    if (error) {
      boost::system::error_code ignored;
      next_.close(ignored);
    } else {
      pipe_stream client = std::move(next_);
      next_ = pipe_stream{io_};
      sessions_->add(std::move(client), {false, "unknown"});
    }
    go_on();
  }

  void go_on() {
    if (!put_up(0))
      return accept();
    // Out of resources, most likely: without a pause this would spin.
    again_.expires_after(pause_after_failed_accept);
    again_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      const std::lock_guard hold{self->sessions_->guard()};
      if (!error && !self->sessions_->closed())
        self->go_on();
    });
  }

  boost::asio::io_context& io_;
  std::string path_;
  std::string own_;
  std::unique_ptr<void, local_freer> descriptor_;
  std::shared_ptr<socket_sessions<pipe_stream>> sessions_;
  pipe_stream next_; // waits for the next client
  boost::asio::steady_timer again_;
};

} // namespace

std::unique_ptr<client_port> open_local_socket(boost::asio::io_context& io, const local_socket_settings& settings, socket_sink sink) {
  auto pipe = std::make_shared<pipe_server>(io, settings, std::move(sink));
  pipe->start();
  return std::make_unique<owned_port>(std::move(pipe));
}

} // namespace rm
