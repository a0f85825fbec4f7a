#include "tools/screen/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace rm {
namespace {

int wake_end = -1; // of the pipe, for the signal handler

void ring(int) {
  const int before = errno;
  [[maybe_unused]] const auto written = ::write(wake_end, "w", 1); // a full pipe wakes just as well
  errno = before;
}

} // namespace

bool on_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

std::size_t terminal_columns() {
  winsize found{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) == 0 && found.ws_col > 0 ? found.ws_col : 80;
}

struct terminal::parts {
  termios before{};
  int pipe[2] = {-1, -1};
  bool full_screen = false;
  std::string read;
};

terminal::terminal(bool full_screen) : parts_{std::make_unique<parts>()} {
  parts_->full_screen = full_screen;
  if (::tcgetattr(STDIN_FILENO, &parts_->before) != 0 || ::pipe(parts_->pipe) != 0)
    throw std::runtime_error{"this is no terminal"};
  for (const int end : parts_->pipe) {
    ::fcntl(end, F_SETFL, O_NONBLOCK);
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  wake_end = parts_->pipe[1];
  struct sigaction action {};
  action.sa_handler = &ring;
  ::sigaction(SIGWINCH, &action, nullptr);
  auto raw = parts_->before;
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  if (full_screen)
    write("\x1b[?1049h\x1b[?25l\x1b[2J");
}

terminal::~terminal() {
  if (parts_->full_screen)
    write("\x1b[?25h\x1b[?1049l");
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &parts_->before);
  ::signal(SIGWINCH, SIG_DFL);
  wake_end = -1;
  ::close(parts_->pipe[0]);
  ::close(parts_->pipe[1]);
}

terminal::extent terminal::size() const {
  winsize found{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0)
    return {};
  return {found.ws_col, found.ws_row};
}

void terminal::write(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto size = ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (size < 0 && errno == EAGAIN) {
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&ready, 1, 1000);
    } else if (size < 0 && errno != EINTR) {
      return; // nobody looks any more; the input's end says so
    } else if (size > 0) {
      done += static_cast<std::size_t>(size);
    }
  }
}

std::vector<key_press> terminal::wait(std::chrono::milliseconds longest) {
  pollfd what[2] = {{STDIN_FILENO, POLLIN, 0}, {parts_->pipe[0], POLLIN, 0}};
  if (::poll(what, 2, static_cast<int>(longest.count())) <= 0)
    return {};
  char part[4096];
  if (what[1].revents != 0)
    while (::read(parts_->pipe[0], part, sizeof part) > 0) {
    }
  if (what[0].revents == 0)
    return {};
  const auto size = ::read(STDIN_FILENO, part, sizeof part);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
    return {{key::end_of_input, ""}};
  if (size > 0)
    parts_->read.append(part, static_cast<std::size_t>(size));
  return take_keys(parts_->read);
}

void terminal::wake() { ring(0); }

} // namespace rm
