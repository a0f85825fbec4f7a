#include "tools/risk-manager/host_console.hpp"

#include "tools/risk-manager/host_files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <functional>

namespace rm {

/// A thread that only waits for signals: what they ask for is the main thread's work.
struct signal_host::waiting {
  explicit waiting(run_control& control) : control{control}, ends{io, SIGINT, SIGTERM} {
    ends.async_wait([this](const boost::system::error_code& failed, int) {
      if (!failed)
        this->control.stop();
    });
    if (const auto reread = reload_signal()) {
      reloads.add(*reread);
      await_reload();
    }
    thread = std::thread{[this] { io.run(); }};
  }
  ~waiting() {
    io.stop();
    thread.join();
  }

  void await_reload() {
    reloads.async_wait([this](const boost::system::error_code& failed, int) {
      if (failed)
        return;
      await_reload();
      control.reload();
    });
  }

  run_control& control;
  boost::asio::io_context io{1};
  boost::asio::signal_set ends, reloads{io};
  std::thread thread;
};

signal_host::signal_host() = default;
signal_host::~signal_host() = default;
void signal_host::attach(run_control& control) { waiting_ = std::make_unique<waiting>(control); }
void signal_host::detach() { waiting_.reset(); }

} // namespace rm
