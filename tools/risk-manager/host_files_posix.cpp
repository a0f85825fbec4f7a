#include "tools/risk-manager/host_files.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/file.h>
#include <system_error>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace rm {
namespace {

/// False, and errno, when not all of it could be written.
bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t size = ::write(fd, text.data() + done, text.size() - done);
    if (size > 0)
      done += static_cast<std::size_t>(size);
    else if (errno != EINTR)
      return false;
  }
  return true;
}

} // namespace

std::optional<std::string> exposure_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return "cannot be read";
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return "is open to others than its owner: chmod 600 it";
  return std::nullopt;
}

std::filesystem::path default_data_dir() { return "/var/lib/risk-manager"; }

// In the usual place the socket is where the programs look for it: the data folder itself is closed to everybody else.
std::filesystem::path default_socket(const std::filesystem::path& data_dir) {
  return data_dir == default_data_dir() ? "/run/risk-manager/risk-manager.sock" : data_dir / "risk-manager.sock";
}

std::optional<std::string> socket_problem(const std::filesystem::path& socket) {
  constexpr std::size_t most = sizeof(sockaddr_un{}.sun_path) - 1;
  if (socket.native().size() <= most)
    return std::nullopt;
  return "is longer than the " + std::to_string(most) + " characters that a socket's path may have: choose a shorter one";
}

std::optional<int> reload_signal() { return SIGHUP; }

void replace_file(const std::filesystem::path& given, const std::string& text) {
  const auto file = std::filesystem::canonical(given); // where it is a link, its target is what changes
  const std::string fresh = file.string() + ".new", kept = file.string() + ".old";
  const auto fail = [&](const std::string& what) {
    const auto why = std::generic_category().message(errno);
    ::unlink(fresh.c_str());
    throw std::runtime_error{what + ": " + why + "; nothing was changed"};
  };
  struct stat old {};
  if (::stat(file.c_str(), &old) != 0)
    fail(file.string() + " cannot be read");
  ::unlink(fresh.c_str());
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0)
    fail(fresh + " cannot be written");
  bool good = ::fchown(fd, old.st_uid, old.st_gid) == 0 || errno == EPERM;
  good = good && ::fchmod(fd, old.st_mode & 07777) == 0;
  good = good && write_all(fd, text) && ::fsync(fd) == 0;
  const int written = errno;
  ::close(fd);
  errno = written;
  if (!good)
    fail(fresh + " cannot be written");
  ::unlink(kept.c_str());
  if (::link(file.c_str(), kept.c_str()) != 0 && errno != EPERM)
    fail(kept + " cannot be made");
  if (::rename(fresh.c_str(), file.c_str()) != 0)
    fail(file.string() + " cannot be replaced");
  if (const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

void write_private(const std::filesystem::path& file, const std::string& text) {
  const auto fail = [&] { throw std::runtime_error{file.string() + " cannot be written: " + std::generic_category().message(errno)}; };
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0)
    fail();
  bool good = true;
  if (const passwd* service = ::geteuid() == 0 ? ::getpwnam("risk-manager") : nullptr)
    good = ::fchown(fd, service->pw_uid, service->pw_gid) == 0;
  good = good && write_all(fd, text) && ::fsync(fd) == 0;
  const int written = errno;
  ::close(fd);
  errno = written;
  if (!good) {
    ::unlink(file.c_str());
    fail();
  }
}

bool may_write_in(const std::filesystem::path& folder) { return ::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0; }

bool may_not_read(const std::filesystem::path& file) { return ::access(file.c_str(), R_OK) != 0 && errno == EACCES; }

std::string owner_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return "";
  passwd entry{};
  passwd* known = nullptr;
  std::array<char, 4096> room{};
  if (::getpwuid_r(found.st_uid, &entry, room.data(), room.size(), &known) == 0 && known != nullptr)
    return known->pw_name;
  return "user " + std::to_string(found.st_uid);
}

bool folder_claim::take(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0)
    throw std::runtime_error{file.string() + " cannot be opened: " + std::generic_category().message(errno)};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return false;
  }
  handle_ = fd;
  return true;
}

folder_claim::~folder_claim() { ::close(static_cast<int>(handle_)); }

void keep_new_files_private() { ::umask(S_IRWXG | S_IRWXO); }

std::filesystem::path shipped_data() { return "/usr/share/risk-manager"; }

int64_t process_number() { return ::getpid(); }

void end_process(int exit_code) { ::_exit(exit_code); }

} // namespace rm
